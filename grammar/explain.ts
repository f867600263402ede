// The table of cases that turns the place where the parser stopped into one message with its fix.

import type { TokenType } from "chevrotain";
import type { Fix } from "./diagnostics/entry.ts";
import { diagnose } from "./diagnostics/table.ts";
import { Case, type Stop, type Verdict } from "./explain/place.ts";
import { otherBrackets } from "./explain/brackets.ts";
import { group, loop, shares } from "./explain/blocks.ts";
import { functionCall, sum } from "./explain/calls.ts";
import { choiceByCase } from "./explain/choices.ts";
import { copyOfMail, misplaced, otherChannel, tagStep } from "./explain/misplaced.ts";
import {
  blankName,
  blankValue,
  hyphenName,
  innerQuotes,
  quotedName,
  textWithoutQuotes,
  valuesWithoutField,
  valuesWithoutParentheses,
  waitWithoutLimit,
} from "./explain/naming.ts";
import { localNumber, percentMissing, smallCurrency, unitApart, unitMissing } from "./explain/quantities.ts";
import { habitual } from "./explain/phrase.ts";
import { expectation, kindOf, whatIsNamed } from "./fault-words.ts";
import { nearest } from "./near.ts";
import { maxNesting } from "./parser/core.ts";
import { stand } from "./slips.ts";
import * as t from "./tokens.ts";

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

/** `SELECT email FROM contact` */
function query(place: Case): Verdict | null {
  const word = place.found;
  if (word === null || place.openers.length > 0 || !/^(select|insert|update|delete)$/i.test(word.image)) return null;
  const mended = place.stop.tokens.slice(0, place.index);
  return { diagnostic: diagnose("E145", place.span, { found: word.image }), mended };
}

/** Characters that mean nothing here; several side by side are one mistake. */
function odd(place: Case): Verdict | null {
  if (place.found?.tokenType !== t.Odd) return null;
  let count = 1;
  while (place.stop.tokens[place.index + count]?.tokenType === t.Odd) count++;
  const mended = place.rewrite(place.index, count, []);
  return { diagnostic: diagnose("E101", place.span, { found: place.found.image }), mended };
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
  const without = [...place.stop.tokens.slice(0, place.index), ...place.stop.tokens.slice(place.index + 1)];
  const mended = isOutside ? without : place.mend(place.index, 1, []);
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
  const mended = name !== null && t.isWord(name) ? place.mend(place.index, 1, [stand(name, t.Id, name.image)]) : null;
  if (name !== null && mended !== null) {
    const params = { name: name.image, what: what ?? "anything that is declared" };
    return { diagnostic: diagnose("E112", place.span, params), mended };
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
  // A sample is no fix, nor is a bracket whose end is missing too.
  const isNoFix = (type: TokenType) => samples.has(type) || type === t.Lt || type === t.Open;
  const fixes = fitting.flatMap(({ type, image }) => (isNoFix(type) ? [] : [place.insertFix("suggested", image)]));
  const expected = expectation(fitting.map(({ type }) => type));
  const diagnostic = diagnose("E207", place.span, { expected, found: place.words }, { fixes });
  return { diagnostic, mended: isSample || fitting.length > 1 ? null : first.mended };
}
/** One token too many. */
function tooMuch(place: Case): Verdict | null {
  const token = place.found;
  if (token === null || token.image !== place.previous?.image || token.tokenType === t.Close) return null;
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
  group,
  choiceByCase,
  loop,
  shares,
  missingThen,
  localNumber,
  unitApart,
  unitMissing,
  percentMissing,
  smallCurrency,
  hyphenName,
  valuesWithoutField,
  valuesWithoutParentheses,
  waitWithoutLimit,
  query,
  capitals,
  innerQuotes,
  tagStep,
  copyOfMail,
  otherChannel,
  habitual,
  functionCall,
  sum,
  misplaced,
  otherBrackets,
  odd,
  blankValue,
  blankName,
  quotedName,
  textWithoutQuotes,
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
