// Rows of the tables of phrases: what people write, and what they mean.
//
// In `written`, words in capitals stand for a kind of token, `a|b` for one of several, `a?` for a word that may be
// missing. In `meant`, `$2` is what stood at the second place; `pattern.ts` says what the other marks make of it.

import type { PhraseCode } from "../diagnostics/habits.ts";

export interface Phrase {
  readonly code: PhraseCode;
  readonly written: string;
  /** Every one that could be meant; the first that the parser can read on from is what is read. */
  readonly meant: readonly string[];
  /** Whether the first of them is what was meant, or only probably so. */
  readonly isSure: boolean;
}

export type Row = readonly [written: string, ...meant: string[]];
export const rows = (code: PhraseCode, isSure: boolean, ...list: readonly Row[]): readonly Phrase[] =>
  list.map(([written, ...meant]) => ({ code, written, meant, isSure }));
