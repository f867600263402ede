// Texts that stand for all others beside patterns: whatever text there is, one of these fits the same of them.

import type { Comparison } from "../ir/condition.ts";

/** The form in which texts are compared. */
export function formOf(text: string, by: Comparison): string {
  return by === "text" ? text.replace(/^ +| +$/g, "").toLowerCase() : text;
}

/** Of the texts that are compared with each other. */
export interface TextPool {
  readonly constants: readonly (string | number | boolean)[];
  readonly starts: readonly string[];
  readonly ends: readonly string[];
  readonly pieces: readonly string[];
  readonly globs: readonly string[];
  /** How they are compared, all of them. */
  readonly letters: "text" | "exact" | "mixed";
  /** Whether some come before others, which the beginnings do not stand for. */
  readonly isOrdered: boolean;
  readonly count: number;
  /** Stands in new texts, so that those of several people differ. */
  readonly fresh: string;
}

/** A letter, `any one` of them, or `any many`. */
type Token = { readonly kind: "letter"; readonly letter: string } | { readonly kind: "any one" | "any many" };
export type Shape = readonly Token[];

const many: Token = { kind: "any many" };
const lettersOf = (text: string): Shape => [...text].map((letter) => ({ kind: "letter", letter }));

export const shapes = {
  equal: lettersOf,
  start: (text: string): Shape => [...lettersOf(text), many],
  end: (text: string): Shape => [many, ...lettersOf(text)],
  piece: (text: string): Shape => [many, ...lettersOf(text), many],
  /** Of `matches`: `*` any letters, `?` one of them. */
  glob: (pattern: string): Shape =>
    lettersOf(pattern).map((token): Token => {
      if (token.kind === "letter" && token.letter === "*") return many;
      return token.kind === "letter" && token.letter === "?" ? { kind: "any one" } : token;
    }),
};

/** Whether the whole text has the shape. */
export function fits(text: string, shape: Shape): boolean {
  const ends = [...text].reduce((places, letter) => step(shape, places, letter), opened(shape, [0]));
  return ends.includes(shape.length);
}

/** Places in a shape that are reached without reading a letter, too. */
function opened(shape: Shape, places: readonly number[]): readonly number[] {
  const all = new Set(places);
  for (const place of all) if (shape[place]?.kind === "any many") all.add(place + 1);
  return [...all].toSorted((left, right) => left - right);
}

function step(shape: Shape, places: readonly number[], letter: string): readonly number[] {
  const next = places.flatMap((place): readonly number[] => {
    const token = shape[place];
    if (token?.kind === "any many") return [place];
    return token?.kind === "any one" || (token?.kind === "letter" && token.letter === letter) ? [place + 1] : [];
  });
  return opened(shape, next);
}

interface State {
  readonly text: string;
  readonly places: readonly (readonly number[])[];
}

const mostStates = 3_000;

/**
 * For each set of shapes that some text fits and no others, the shortest text that does; null where there are too many to
 * look at. `other`: a letter that no shape names. `isTrimmed`: blanks at the ends are no part of a text.
 */
export function textsOf(all: readonly Shape[], other: string, isTrimmed: boolean): readonly string[] | null {
  const named = all.flatMap((shape) => shape.flatMap((token) => (token.kind === "letter" ? [token.letter] : [])));
  const letters = [...new Set([other, ...named])];
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const queue: State[] = [{ text: "", places: all.map((shape) => opened(shape, [0])) }];
  for (const { text, places } of queue) {
    const key = `${JSON.stringify(places)} ${isTrimmed && text.endsWith(" ")} ${text === ""}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > mostStates) return null;
    if (!isTrimmed || !text.endsWith(" ")) {
      const fitting = places.map((some, index) => (some.includes(all[index]?.length ?? 0) ? "1" : "0")).join("");
      if (!found.has(fitting)) found.set(fitting, text);
    }
    for (const letter of letters) {
      if (isTrimmed && text === "" && letter === " ") continue;
      queue.push({ text: text + letter, places: places.map((some, index) => step(all[index] ?? [], some, letter)) });
    }
  }
  return [...found.values()];
}

/**
 * Beside the constants, each beginning with each ending, some of the pieces between them and something around each that
 * occurs in none of them: whatever text there is, one of these begins, ends, contains and equals just as it does.
 */
export function textsAround(pool: TextPool): readonly string[] | null {
  const { starts, ends, pieces, globs, isOrdered, count, fresh, letters } = pool;
  const own = pool.constants.filter((value) => typeof value === "string");
  const letter = unusedLetter([...own, ...starts, ...ends, ...pieces, ...globs].join(""));
  if (globs.length > 0) {
    // Of several that are compared with each other, one of each kind is too few.
    if (count > 1 || letters === "mixed") return null;
    const form = (text: string) => formOf(text, letters);
    const all = [
      ...own.map((text) => shapes.equal(form(text))),
      ...starts.map((text) => shapes.start(form(text))),
      ...ends.map((text) => shapes.end(form(text))),
      ...pieces.map((text) => shapes.piece(form(text))),
      ...globs.map((text) => shapes.glob(form(text))),
    ];
    const found = textsOf(all, letter, letters === "text");
    return found && [...found, ...(isOrdered ? besideIn(own, letter) : [])];
  }
  const fillers = Array.from({ length: count }, (_, index) => {
    const filler = letter.repeat(index + 1);
    return fresh === "" ? filler : `${filler}${fresh}${filler}`;
  });
  const made = ["", ...starts].flatMap((start) =>
    ["", ...ends].flatMap((end) =>
      subsetsOf(pieces).flatMap((inner) => fillers.map((filler) => [start, ...inner, end].join(filler))),
    ),
  );
  return [...own, ...made, ...(isOrdered ? besideIn(own, letter) : [])];
}

/** Before, behind and between. */
const besideIn = (own: readonly string[], letter: string): readonly string[] => [
  "!",
  ...own.map((text) => `${text}${letter}`),
  "zz",
];

export function subsetsOf(pieces: readonly string[]): readonly (readonly string[])[] {
  const [first, ...rest] = pieces;
  if (first === undefined) return [[]];
  const others = subsetsOf(rest);
  return [...others, ...others.map((some) => [first, ...some])];
}

/** The first letter that does not occur; far more letters have a lower case than one file can hold texts of. */
function unusedLetter(text: string): string {
  const used = new Set(text.toLowerCase());
  for (let code = "a".charCodeAt(0); ; code++) {
    const letter = String.fromCharCode(code);
    if (/\p{Ll}/u.test(letter) && !used.has(letter)) return letter;
  }
}
