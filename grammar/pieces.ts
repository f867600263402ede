// Where a file with a mistake can be cut, so that the declarations behind the mistake survive it.

import type { IToken } from "chevrotain";
import { runStrict } from "./run-parser.ts";
import * as t from "./tokens.ts";

/** How many tokens of the next declaration a broken one can swallow before it stops: `score Fit < opened adds`. */
const swallowed = 6;
/** Trial parses in one file; more than a person's file ever needs. */
const maxTrials = 100;
/** How far a trial reads: far enough for any declaration that people put on one line. */
const trialLength = 2000;

type Follows = (next: readonly (IToken | undefined)[]) => boolean;

const isName = (token: IToken | undefined): boolean => token !== undefined && t.canBeName(token);
const image = (token: IToken | undefined, ...images: readonly string[]): boolean =>
  token !== undefined && images.includes(token.image);
const namedThen =
  (...images: readonly string[]): Follows =>
  ([name, next]) =>
    isName(name) && image(next, ...images);

/** What stands behind the word that starts a declaration, if it is one. */
const shapes: ReadonlyMap<string, Follows> = new Map<string, Follows>(
  Object.entries({
    use: () => true,
    project: namedThen("<"),
    contact: ([next]) => image(next, "<"),
    company: ([next]) => image(next, "<"),
    event: namedThen("<"),
    derived: namedThen("="),
    load: namedThen("from"),
    list: ([name, next]) => name?.tokenType === t.Id && !image(next, ">"),
    team: ([name]) => name?.tokenType === t.Id,
    vocabulary: namedThen("<"),
    topic: ([name, title]) => isName(name) && title?.tokenType === t.Str,
    policy: namedThen("<", "for"),
    segment: namedThen("where", "("),
    score: namedThen("<"),
    funnel: namedThen("<"),
    email: namedThen("<"),
    webhook: ([name, url]) => isName(name) && url?.tokenType === t.Str,
    program: namedThen("<", "for"),
    report: namedThen("<"),
    test: ([title]) => title?.tokenType === t.Str,
    renamed: ([what]) => image(what, "program", "segment", "email", "experiment", "step"),
    removed: ([what]) => image(what, "step"),
  }),
);

/** Words that look the same inside a declaration, as in `and score Fit < 3`, and what stands in front of them then. */
const ambiguous = new Set(["contact", "company", "score", "list", "team"]);
const connectors = new Set([
  ...["and", "or", "not", "if", "when", "until", "where", "in", "is", "(", ",", "=", "to", "from"],
]);

export interface Cutter {
  /** The index of the next declaration behind `start`, whose declaration fails at `fault`. */
  readonly next: (start: number, fault: number) => number;
  /** Whether the token at `index` is the first on its line and stands as far left as declarations do. */
  readonly startsLine: (index: number) => boolean;
  /** Whether a declaration seems to start at `index`, told by its line and its first words. */
  readonly isStart: (index: number) => boolean;
}

export function cutter(tokens: readonly IToken[], text: string): Cutter {
  const columns = lineStarts(tokens, text);
  const margin = Math.min(
    ...[...columns].filter(([index]) => isShaped(tokens, index)).map(([, column]) => column),
    Infinity,
  );
  let trials = 0;

  const isTried = (index: number): boolean => {
    if (trials >= maxTrials) return false;
    trials++;
    return runStrict(tokens.slice(index, index + trialLength)).complete.length > 0;
  };
  const isUnindented = (index: number): boolean => columns.has(index) && (columns.get(index) ?? 0) <= margin;
  const next = (start: number, fault: number): number => {
    let depth = depthOf(tokens[start]);
    for (let index = start + 1; index < tokens.length; index++) {
      const token = tokens[index];
      depth += depthOf(token);
      if (token === undefined || index < fault - swallowed) continue;
      if (!shapes.has(token.image)) {
        if (index >= fault && depth <= 0 && isUnindented(index) && isMisspelt(tokens, index)) return index;
        continue;
      }
      const isInside = ambiguous.has(token.image) && connectors.has(tokens[index - 1]?.image ?? "");
      const isShapedHere = isShaped(tokens, index) && !isInside;
      // Where the parser itself stops at such a word and a name, they belong to nothing before them.
      const isRefused = index === fault && tokens[index + 1]?.tokenType === t.Id;
      if (isUnindented(index) && (isShapedHere || depth <= 0 || isRefused)) return index;
      if (!isUnindented(index) && isShapedHere && isTried(index)) return index;
    }
    return tokens.length;
  };
  return { next, startsLine: isUnindented, isStart: (index) => isUnindented(index) && isShaped(tokens, index) };
}

function isShaped(tokens: readonly IToken[], index: number): boolean {
  const word = tokens[index]?.image ?? "";
  return shapes.get(word)?.([tokens[index + 1], tokens[index + 2]]) === true;
}

/** `segmnt Loyal where`: a line that has the shape of a declaration, and a word of no language or another one. */
function isMisspelt(tokens: readonly IToken[], index: number): boolean {
  const [word, name, next] = [tokens[index], tokens[index + 1], tokens[index + 2]];
  const isOpened = next?.tokenType === t.Str || image(next, "where", "<", "for", "from", "FROM");
  return isName(word) && isName(name) && isOpened && !connectors.has(tokens[index - 1]?.image ?? "");
}

const depthOf = (token: IToken | undefined): number =>
  token?.tokenType === t.Lt ? 1 : token?.tokenType === t.Gt ? -1 : 0;

/** The column, from 0, of each token that is the first on its line. */
function lineStarts(tokens: readonly IToken[], text: string): ReadonlyMap<number, number> {
  const columns = new Map<number, number>();
  let end = 0;
  tokens.forEach((token, index) => {
    const gap = text.slice(end, token.startOffset);
    const line = gap.lastIndexOf("\n");
    if (index === 0 || line >= 0) columns.set(index, gap.length - line - 1);
    end = (token.endOffset ?? token.startOffset) + 1;
  });
  return columns;
}
