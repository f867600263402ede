// Text to raw tokens. Chevrotain's own lexer analyses every pattern when it is made, which costs more than reading a file.

import type { IToken, TokenType } from "chevrotain";
import * as t from "./tokens.ts";

export interface Scanned {
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
}

const word = /[A-Za-z_]\w*/y;
const comment = /#[^\r\n]*/y;
const blank = /\s+/y;

let sticky: readonly { readonly type: TokenType; readonly pattern: RegExp }[] | null = null;
function patterns() {
  sticky ??= t.shapes.flatMap((type) =>
    type.PATTERN instanceof RegExp ? [{ type, pattern: new RegExp(type.PATTERN.source, "y") }] : [],
  );
  return sticky;
}

/** Every character that is not blank ends up in a token or a comment. */
export function scan(text: string): Scanned {
  const tokens: IToken[] = [];
  const comments: IToken[] = [];
  let at = 0;
  while (at < text.length) {
    const end = match(blank, text, at) || match(comment, text, at);
    if (end > at) {
      if (text[at] === "#") comments.push(token(t.wrong.character, text.slice(at, end), at));
      at = end;
      continue;
    }
    const next = tokenAt(text, at);
    tokens.push(next);
    at += next.image.length;
  }
  return { tokens, comments };
}

function tokenAt(text: string, at: number): IToken {
  const end = match(word, text, at);
  if (end > at) {
    const image = text.slice(at, end);
    return token(t.wordType(image), image, at);
  }
  for (const { type, pattern } of patterns()) {
    const behind = match(pattern, text, at);
    if (behind > at) return token(type, text.slice(at, behind), at);
  }
  return token(t.wrong.character, text.charAt(at), at);
}

/** The end of what `pattern` matches at `at`; 0 if it does not. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : 0;
}

const nowhere = Number.NaN;
function token(type: TokenType, image: string, startOffset: number): IToken {
  return {
    image,
    startOffset,
    endOffset: startOffset + image.length - 1,
    startLine: nowhere,
    endLine: nowhere,
    startColumn: nowhere,
    endColumn: nowhere,
    tokenTypeIdx: type.tokenTypeIdx ?? 0,
    tokenType: type,
  };
}
