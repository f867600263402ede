// Text to tokens: keywords told from names, comments kept, and habits from elsewhere turned into what was meant.

import type { IToken } from "chevrotain";
import type { Comment } from "./ast/file.ts";
import type { SourceFile } from "./span.ts";
import { scan } from "./scan.ts";
import { correct, type Slip } from "./slips.ts";
import * as t from "./tokens.ts";

export interface Lexed {
  readonly tokens: readonly IToken[];
  readonly comments: readonly Comment[];
  readonly slips: readonly Slip[];
}

export function lex(source: SourceFile): Lexed {
  const scanned = scan(source.text);
  const tokens: IToken[] = [];
  const slips: Slip[] = [];
  for (let index = 0; index < scanned.tokens.length; index++) {
    const token = scanned.tokens[index];
    if (token === undefined) break;
    const joined = foreignWord(token, scanned.tokens[index + 1]);
    if (joined !== null) index++;
    correct(joined ?? token, source, tokens, slips);
  }
  return { tokens, comments: commentsOf(scanned.comments, source), slips: onePerLine(onePerRun(slips), source) };
}

/** `größe` comes out of the shapes as `gr` and `öße`; here it is one word again. */
function foreignWord(token: IToken, next: IToken | undefined): IToken | null {
  const isNext = next?.tokenType === t.wrong.word && next.startOffset === (token.endOffset ?? 0) + 1;
  if (!isNext || !/^\w/.test(token.image)) return null;
  return { ...next, image: token.image + next.image, startOffset: token.startOffset };
}

function commentsOf(tokens: readonly IToken[], source: SourceFile): readonly Comment[] {
  return tokens.map((token) => {
    const text = token.image.trimEnd();
    const span = { file: source.path, start: token.startOffset, end: token.startOffset + text.length };
    return { kind: text.startsWith("##") ? "doc" : "comment", text, span };
  });
}

/** Several odd characters side by side are one mistake. */
function onePerRun(slips: readonly Slip[]): readonly Slip[] {
  return slips.filter((slip, index) => {
    const before = slips[index - 1];
    const isOdd = !slip.isMended && slip.diagnostic.code === before?.diagnostic.code;
    return !isOdd || before?.diagnostic.span.end !== slip.diagnostic.span.start;
  });
}

/** A text without its end leaves odd pieces behind it on the line; they are no mistakes of their own. */
function onePerLine(slips: readonly Slip[], source: SourceFile): readonly Slip[] {
  const open = slips.filter((slip) => slip.diagnostic.code === "E105").map((slip) => slip.diagnostic.span.start);
  if (open.length === 0) return slips;
  const lineOf = (offset: number) => source.text.lastIndexOf("\n", offset - 1);
  const lines = new Set(open.map(lineOf));
  return slips.filter(({ diagnostic }) => diagnostic.code === "E105" || !lines.has(lineOf(diagnostic.span.start)));
}
