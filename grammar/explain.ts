// The table of cases that turns the place where the parser stopped into one message with its fix.

import type { IToken, TokenType } from "chevrotain";
import type { Diagnostic, Fix } from "./diagnostics/entry.ts";
import { diagnose } from "./diagnostics/table.ts";
import { expectation, found as quote, kindOf, whatIsNamed } from "./fault-words.ts";
import { nearest } from "./near.ts";
import { maxNesting } from "./parser/core.ts";
import { type Run, runStrict } from "./run-parser.ts";
import { stand } from "./slips.ts";
import type { Span } from "./span.ts";
import * as t from "./tokens.ts";

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

class Case {
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
    const place = this.found === null ? this.spanOf(this.previous).end : this.span.start;
    const span = { file: this.stop.file, start: place, end: place };
    return { kind, text: `add ${text}`, edits: [{ span, text: this.found === null ? ` ${text}` : `${text} ` }] };
  }
}

/** One message for the fault, and the tokens to read on with where the mend is clear. */
export function explain(stop: Stop): Verdict {
  const place = new Case(stop);
  for (const each of cases) {
    const verdict = each(place);
    if (verdict !== null) return verdict;
  }
  const expected = expectation(place.expected);
  return { diagnostic: diagnose("E201", place.span, { found: place.words, expected }), mended: null };
}

function tooDeep(place: Case): Verdict | null {
  if (!place.stop.run.isTooDeep) return null;
  return { diagnostic: diagnose("E200", place.span, { limit: maxNesting }), mended: null };
}

/** `role <> cmo` */
function notEqual(place: Case): Verdict | null {
  const at = place.found?.tokenType === t.Gt ? place.index - 1 : place.index;
  const [less, greater] = [place.stop.tokens[at], place.stop.tokens[at + 1]];
  if (less?.tokenType !== t.Lt || greater?.tokenType !== t.Gt || less.endOffset !== greater.startOffset - 1)
    return null;
  const mended = place.mend(at, 2, [stand(less, t.Ne, "!=")]);
  if (mended === null) return null;
  const span = { ...place.spanOf(less), end: place.spanOf(greater).end };
  const fix: Fix = { kind: "safe", text: "write !=", edits: [{ span, text: "!=" }] };
  return { diagnostic: diagnose("E103", span, { found: "<>", instead: "!=" }, { fixes: [fix] }), mended };
}

function missingThen(place: Case): Verdict | null {
  if (place.found?.tokenType !== t.Lt) return null;
  const mended = place.insert(t.wordType("then"), "then");
  if (mended === null) return null;
  const extra = { fixes: [place.insertFix("safe", "then")] };
  return { diagnostic: diagnose("E202", place.span, { found: place.words }, extra), mended };
}

/** `Where`, `AND` */
function capitals(place: Case): Verdict | null {
  for (const at of [place.index, place.index - 1]) {
    const token = place.stop.tokens[at];
    const instead = token?.image.toLowerCase() ?? "";
    if (token === undefined || token.image === instead || t.wordType(instead) === t.Id) continue;
    const mended = place.mend(at, 1, [stand(token, t.wordType(instead), instead)]);
    if (mended === null) continue;
    const extra = { fixes: [place.replaceFix("safe", token, instead)] };
    return { diagnostic: diagnose("E117", place.spanOf(token), { found: token.image, instead }, extra), mended };
  }
  return null;
}

/** `wher`, `folowed by` */
function slipOfThePen(place: Case): Verdict | null {
  for (const at of [place.index, place.index - 1]) {
    const token = place.stop.tokens[at];
    if (token === undefined || !t.canBeName(token)) continue;
    for (const instead of nearest(token.image, t.keywordImages)) {
      const mended = place.mend(at, 1, [stand(token, t.wordType(instead), instead)]);
      if (mended === null) continue;
      const extra = { fixes: [place.replaceFix("safe", token, instead)] };
      return { diagnostic: diagnose("E118", place.spanOf(token), { found: token.image, instead }, extra), mended };
    }
  }
  return null;
}

const closers: Readonly<Record<string, string>> = { "<": ">", "(": ")" };
function neverClosed(place: Case): Verdict | null {
  const opener = place.openers.at(-1);
  if (opener === undefined) return null;
  const closer = closers[opener.image] ?? ">";
  const mended = place.found === null ? null : opener.image === "(" ? place.insert(t.Close, closer) : null;
  if (place.found !== null && mended === null) return null;
  const related = [{ span: place.spanOf(opener), text: "opened here" }];
  const fixes = mended === null ? [] : [place.insertFix("suggested", closer)];
  const params = { opener: opener.image, closer, found: place.words };
  return { diagnostic: diagnose("E203", place.span, params, { related, fixes }), mended };
}

function nothingOpen(place: Case): Verdict | null {
  const token = place.found;
  if (token === null || (token.tokenType !== t.Gt && token.tokenType !== t.Close)) return null;
  const isOutside = place.openers.length === 0;
  const mended = place.mend(place.index, 1, []);
  if (!isOutside && (mended === null || place.openers.at(-1)?.image === (token.image === ">" ? "<" : "("))) return null;
  const extra = { fixes: [place.replaceFix("suggested", token, "")] };
  return { diagnostic: diagnose("E204", place.span, { found: token.image }, extra), mended };
}

/** Two conditions behind each other. */
function missingAnd(place: Case): Verdict | null {
  if (place.found === null) return null;
  // Behind `purchased not`, which could go on with `followed by`, the word is missing before `not`.
  const before = place.previous?.image === "not" ? place.before() : place;
  const mended = before.insert(t.wordType("and"), "and");
  if (mended === null) return null;
  const extra = { fixes: [before.insertFix("suggested", "and"), before.insertFix("suggested", "or")] };
  return { diagnostic: diagnose("E206", before.span, { found: before.words }, extra), mended };
}

const comparisons: readonly TokenType[] = [t.Eq, t.Ne, t.Lt, t.Le, t.Gt, t.Ge];
function missingValue(place: Case): Verdict | null {
  const { previous } = place;
  if (previous === null || !comparisons.includes(previous.tokenType)) return null;
  if (!place.expected.includes(t.Percent)) return null;
  const params = { after: previous.image, found: place.words };
  return { diagnostic: diagnose("E208", place.span, params), mended: null };
}

const namelike: readonly TokenType[] = [t.Id, t.Name, t.Word];
function missingName(place: Case): Verdict | null {
  if (place.expected.length > 4 || !place.expected.some((type) => namelike.includes(type))) return null;
  const what = whatIsNamed(place.previous?.image);
  const name = place.found;
  if (name !== null && t.isWord(name) && place.mend(place.index, 1, [stand(name, t.Id, name.image)]) !== null) {
    return {
      diagnostic: diagnose("E112", place.span, { name: name.image, what: what ?? "anything that is declared" }),
      mended: null,
    };
  }
  return { diagnostic: diagnose("E209", place.span, { what, found: place.words }), mended: null };
}

const samples: ReadonlyMap<TokenType, string> = new Map([
  [t.Str, '""'],
  [t.Num, "1"],
  [t.Duration, "1d"],
  [t.Percent, "1%"],
  [t.Clock, "09:00"],
  [t.DateTime, "2026-01-01 09:00"],
]);
const maxLeftOut = 8;
/** One token left out, where the rule knows which. */
function leftOut(place: Case): Verdict | null {
  if (place.expected.length > maxLeftOut) return null;
  // Behind an item of a list only the end of what is around it is known to be expected.
  const isList = place.expected.some((type) => type === t.Gt || type === t.Close);
  const candidates = isList ? [...place.expected, t.Comma] : place.expected;
  const fitting = candidates.flatMap((type) => {
    const image = samples.get(type) ?? kindOf(type).replaceAll("`", "");
    // A block that seems to end here usually goes on.
    const mended = type === t.Gt ? null : place.insert(type, image);
    return mended === null ? [] : [{ type, image, mended }];
  });
  const [first] = fitting;
  if (first === undefined) return null;
  const isSample = samples.has(first.type);
  const fixes = fitting.flatMap(({ type, image }) => (samples.has(type) ? [] : [place.insertFix("suggested", image)]));
  const expected = expectation(fitting.map(({ type }) => type));
  const diagnostic = diagnose("E207", place.span, { expected, found: place.words }, { fixes });
  return { diagnostic, mended: isSample || fitting.length > 1 ? null : first.mended };
}
/** One token too many. */
function tooMuch(place: Case): Verdict | null {
  const token = place.found;
  if (token === null || token.image !== place.previous?.image) return null;
  const mended = place.mend(place.index, 1, []);
  if (mended === null) return null;
  const extra = { fixes: [place.replaceFix("suggested", token, "")] };
  return { diagnostic: diagnose("E121", place.span, { found: place.words }, extra), mended };
}

function noDeclaration(place: Case): Verdict | null {
  if (place.openers.length > 0 || place.expected.length > 0 || place.found === null) return null;
  return { diagnostic: diagnose("E205", place.span, { found: place.words }), mended: null };
}

const cases: readonly ((place: Case) => Verdict | null)[] = [
  tooDeep,
  notEqual,
  missingThen,
  capitals,
  tooMuch,
  slipOfThePen,
  neverClosed,
  nothingOpen,
  missingValue,
  missingName,
  missingAnd,
  leftOut,
  noDeclaration,
];
