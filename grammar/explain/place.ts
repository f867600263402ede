// The place where the parser stopped, as the cases of the explanation see it.

import type { IToken, TokenType } from "chevrotain";
import type { Diagnostic, Fix } from "../diagnostics/entry.ts";
import { found as quote } from "../fault-words.ts";
import { type Run, runStrict } from "../run-parser.ts";
import { stand } from "../slips.ts";
import type { Span } from "../span.ts";
import * as t from "../tokens.ts";

/** A piece of a file, and where its parse stopped. */
export interface Stop {
  readonly file: string;
  readonly tokens: readonly IToken[];
  readonly run: Run;
  /** The first token behind the piece; null at the end of the file. */
  readonly next: IToken | null;
}
export interface Verdict {
  readonly diagnostic: Diagnostic;
  /** The tokens as they were probably meant, to read on from there. */
  readonly mended: readonly IToken[] | null;
}

/** How far behind the fault a trial reads to see whether a mend helps. */
const trialLength = 24;
/** Tokens that all trials of one fault may read together, so that a huge piece cannot take long. */
const trialBudget = 60_000;

export class Case {
  readonly stop: Stop;
  readonly index: number;
  readonly found: IToken | null;
  readonly previous: IToken | null;
  readonly expected: readonly TokenType[];
  private budget = trialBudget;

  constructor(stop: Stop) {
    this.stop = stop;
    this.index = stop.run.index;
    this.found = stop.tokens[this.index] ?? null;
    this.previous = stop.tokens[this.index - 1] ?? null;
    this.expected = stop.run.fault?.expected ?? [];
  }

  /** The same fault, seen from one token earlier. */
  before(): Case {
    return new Case({ ...this.stop, run: { ...this.stop.run, index: this.index - 1 } });
  }

  get openers(): readonly IToken[] {
    return this.stop.run.fault?.openers ?? [];
  }

  /** The fault's place: the token found, else the first one behind the piece, else the last one in it. */
  get span(): Span {
    return this.spanOf(this.found ?? this.stop.next ?? this.previous);
  }
  spanOf(token: IToken | null): Span {
    const start = token?.startOffset ?? 0;
    return { file: this.stop.file, start, end: (token?.endOffset ?? start - 1) + 1 };
  }
  get words(): string {
    const token = this.found ?? this.stop.next;
    if (token === null) return "the end of the file";
    return this.found === null ? `the next declaration (\`${token.image}\`)` : quote(token);
  }

  /** The tokens with `count` of them at `index` replaced, if the parser then gets past the fault. */
  mend(index: number, count: number, replacement: readonly IToken[]): readonly IToken[] | null {
    const { tokens } = this.stop;
    const mended = [...tokens.slice(0, index), ...replacement, ...tokens.slice(index + count)];
    const past = this.index + replacement.length - count;
    const window = mended.slice(0, past + trialLength);
    this.budget -= window.length;
    if (this.budget < 0) return null;
    const run = runStrict(window);
    const isPast =
      run.fault === null || (!run.isTooDeep && run.index > past + 1) || this.reachesCut(run, window, mended);
    return isPast ? mended : null;
  }
  /** The tokens with a phrase in the place of `count` at `index`, if the parser then reads all of it and goes on. */
  rewrite(index: number, count: number, phrase: readonly IToken[]): readonly IToken[] | null {
    const { tokens } = this.stop;
    const mended = [...tokens.slice(0, index), ...phrase, ...tokens.slice(index + count)];
    return this.accepts(mended, index + phrase.length) ? mended : null;
  }
  /** Whether the parser gets past the token at `past`, the first behind what was changed. */
  accepts(mended: readonly IToken[], past: number): boolean {
    const window = mended.slice(0, past + trialLength);
    this.budget -= window.length;
    if (this.budget < 0) return false;
    const run = runStrict(window);
    return run.fault === null || (!run.isTooDeep && run.index > past) || this.reachesCut(run, window, mended);
  }
  /** How many tokens of the piece are left behind the next fault, as a number below zero. */
  reach(mended: readonly IToken[]): number {
    this.budget -= mended.length;
    return this.budget < 0 ? -mended.length : runStrict(mended).index - mended.length;
  }
  /** Whether the whole piece is read without a fault. */
  isFaultless(mended: readonly IToken[]): boolean {
    this.budget -= mended.length;
    return this.budget >= 0 && runStrict(mended).fault === null;
  }
  /** Whether the whole piece is read without a fault, or up to what cannot belong to a declaration any more. */
  isWhole(mended: readonly IToken[]): boolean {
    this.budget -= mended.length;
    if (this.budget < 0) return false;
    const { fault, index, isTooDeep } = runStrict(mended);
    if (fault === null) return true;
    const isBehind = index > mended.length - (this.stop.tokens.length - this.index);
    const isCloser = fault.token?.tokenType === t.Gt || fault.token?.tokenType === t.Close;
    return isBehind && !isTooDeep && !isCloser && fault.expected.length === 0 && fault.openers.length === 0;
  }
  /** A window that ends in the middle of the piece stops there, which says nothing against the mend. */
  private reachesCut(run: Run, window: readonly IToken[], mended: readonly IToken[]): boolean {
    return window.length < mended.length && run.index >= window.length;
  }
  insert(type: TokenType, image: string): readonly IToken[] | null {
    return this.mend(this.index, 0, [this.standIn(type, image)]);
  }
  /** A token that is not in the file, at the place of the fault. */
  standIn(type: TokenType, image: string): IToken {
    const near = this.found ?? this.previous;
    return near === null ? stand({ startOffset: 0, image } as IToken, type, image) : stand(near, type, image);
  }

  replaceFix(kind: Fix["kind"], token: IToken, text: string): Fix {
    const words = text === "" ? `remove ${token.image}` : `write ${text}`;
    return { kind, text: words, edits: [{ span: this.spanOf(token), text }] };
  }
  insertFix(kind: Fix["kind"], text: string): Fix {
    // Behind the token before it: where the next one stands says nothing about the blanks between them.
    const before = this.previous;
    const place = before === null ? this.span.start : this.spanOf(before).end;
    const span = { file: this.stop.file, start: place, end: place };
    const written = before === null ? `${text} ` : /^[,)]$/.test(text) ? text : ` ${text}`;
    return { kind, text: `add ${text}`, edits: [{ span, text: written }] };
  }
}
