// What was found out once: the same literals are asked about again and again.

import type { Literal } from "./literal.ts";

/** The answer about these literals, in any order; asks `judge` where nobody has asked before. */
export type Remembered<T> = (what: string, literals: readonly Literal[], judge: () => T) => T;

export interface Memory {
  readonly clash: Remembered<boolean>;
  readonly kinds: Remembered<readonly number[]>;
}

export function memoryOf(): Memory {
  const numbers = new Map<string, number>();
  const numberOf = ({ about, holds }: Literal): number => {
    const known = numbers.get(about) ?? numbers.size + 1;
    numbers.set(about, known);
    return holds ? known : -known;
  };
  const store = <T>(): Remembered<T> => {
    const answers = new Map<string, T>();
    return (what, literals, judge) => {
      const key = `${what} ${literals.map(numberOf).toSorted((left, right) => left - right)}`;
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = judge();
      answers.set(key, answer);
      return answer;
    };
  };
  return { clash: store(), kinds: store() };
}
