// Look-ahead that is worked out when a rule first needs it: most of the grammar stays untouched in any one file.

import { getLookaheadPaths, type ILookaheadStrategy, LLkLookaheadStrategy, type TokenType } from "chevrotain";

type Build<K extends "buildLookaheadForAlternation" | "buildLookaheadForOptional"> = ILookaheadStrategy[K];

export type Paths = readonly (readonly TokenType[])[];

/** A parser that is told where no alternative fits, and throws. */
export interface Refusing {
  refuse(paths: () => Paths): never;
}
const isRefusing = (parser: unknown): parser is Refusing =>
  typeof parser === "object" && parser !== null && "refuse" in parser;

/**
 * Chevrotain's own look-ahead, each function made at its first call. Where no alternative fits Chevrotain would work out
 * anew, at each fault, which there are; here that is done once.
 */
export function lazyLookahead(maxLookahead: number): ILookaheadStrategy {
  const own = new LLkLookaheadStrategy({ maxLookahead });
  const alternation: Build<"buildLookaheadForAlternation"> = (options) => {
    let made: ReturnType<Build<"buildLookaheadForAlternation">> | null = null;
    let paths: Paths | null = null;
    const { prodOccurrence: occurrence, rule } = options;
    const allPaths = (): Paths => {
      paths ??= getLookaheadPaths({ occurrence, rule, prodType: "Alternation", maxLookahead }).flat();
      return paths;
    };
    return function (this: unknown, alternatives) {
      made ??= own.buildLookaheadForAlternation(options);
      const chosen = Reflect.apply(made, this, [alternatives]);
      if (chosen === undefined && isRefusing(this)) this.refuse(allPaths);
      return chosen;
    };
  };
  const optional: Build<"buildLookaheadForOptional"> = (options) => {
    let made: ReturnType<Build<"buildLookaheadForOptional">> | null = null;
    return function (this: unknown) {
      made ??= own.buildLookaheadForOptional(options);
      return Reflect.apply(made, this, []);
    };
  };
  return {
    validate: (options) => own.validate(options),
    buildLookaheadForAlternation: alternation,
    buildLookaheadForOptional: optional,
  };
}
