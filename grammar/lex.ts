// Text to tokens: keywords told from names, comments kept, and habits from elsewhere turned into what was meant.

import { type IToken, Lexer } from "chevrotain";
import type { Comment } from "./ast/file.ts";
import type { SourceFile, Span } from "./span.ts";
import { correct, type Slip } from "./slips.ts";
import * as t from "./tokens.ts";

export interface Lexed {
  readonly tokens: readonly IToken[];
  readonly comments: readonly Comment[];
  readonly slips: readonly Slip[];
}

let lexer: Lexer | null = null;

/** The raw lexer, made once and only when it is needed. */
export function shapeLexer(): Lexer {
  lexer ??= new Lexer(t.shapes, { positionTracking: "onlyOffset", skipValidations: true });
  return lexer;
}

export function spanOf(token: IToken, file: string): Span {
  return { file, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}

export function lex(source: SourceFile): Lexed {
  const raw = shapeLexer().tokenize(source.text);
  const tokens: IToken[] = [];
  const slips: Slip[] = [];
  const all = raw.tokens;
  for (let index = 0; index < all.length; index++) {
    const token = all[index];
    if (token === undefined) break;
    // This way of tracking gives starts only, which is all that the shapes need.
    token.endOffset = token.startOffset + token.image.length - 1;
    if (t.isAnyWord(token)) {
      const joined = foreignWord(token, all[index + 1]);
      if (joined === null) {
        retype(token);
        tokens.push(token);
        continue;
      }
      index++;
      correct(joined, source, tokens, slips);
      continue;
    }
    correct(token, source, tokens, slips);
  }
  return { tokens, comments: commentsOf(raw.groups["comments"] ?? [], source), slips: onePerLine(slips, source) };
}

function retype(token: IToken): void {
  token.tokenType = t.wordType(token.image);
  token.tokenTypeIdx = token.tokenType.tokenTypeIdx ?? 0;
}

/** `größe` comes out of the shapes as `gr` and `öße`; here it is one word again. */
function foreignWord(token: IToken, next: IToken | undefined): IToken | null {
  if (next === undefined || next.tokenType !== t.wrong.word || next.startOffset !== (token.endOffset ?? 0) + 1)
    return null;
  return { ...next, image: token.image + next.image, startOffset: token.startOffset };
}

function commentsOf(tokens: readonly IToken[], source: SourceFile): readonly Comment[] {
  return tokens.map((token) => {
    const text = token.image.trimEnd();
    const span = { file: source.path, start: token.startOffset, end: token.startOffset + text.length };
    return { kind: text.startsWith("##") ? "doc" : "comment", text, span };
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
