// Numbers without their unit or their percent sign, and numbers as other countries write them.

import type { IToken } from "chevrotain";
import { diagnose } from "../diagnostics/table.ts";
import { plainReadings } from "../habits/numbers.ts";
import { stand } from "../slips.ts";
import * as t from "../tokens.ts";
import { currencies, unitOf } from "../words.ts";
import { rewritten } from "./phrase.ts";
import type { Case, Verdict } from "./place.ts";

const isNumber = (token: IToken | undefined): boolean => token?.tokenType === t.Num;
const isGlued = (before: IToken | undefined, token: IToken | undefined): boolean =>
  before !== undefined && token !== undefined && (before.endOffset ?? 0) + 1 === token.startOffset;

/** `1,000`, `1.000,50`, `9,99`, `2,5%` */
export function localNumber(place: Case): Verdict | null {
  const { tokens } = place.stop;
  if (place.found?.tokenType !== t.Comma) return null;
  let [start, end] = [place.index, place.index];
  while (
    tokens[start]?.tokenType === t.Comma &&
    isNumber(tokens[start - 1]) &&
    isGlued(tokens[start - 1], tokens[start])
  )
    start -= 2;
  start++;
  while (isComma(tokens, end) && isQuantity(tokens[end + 1]) && isGlued(tokens[end], tokens[end + 1])) end += 2;
  const run = tokens.slice(Math.max(start, 0), end);
  const [first, last] = [run[0], run.at(-1)];
  if (run.length < 3 || first === undefined || last === undefined || !isNumber(first)) return null;
  const sign = last.tokenType === t.Percent ? "%" : "";
  const instead = plainReadings(run.map(({ image }) => image).join("")).map((text) => text + sign);
  const [likely = "1"] = instead;
  const mended = place.rewrite(start, run.length, [stand(first, last.tokenType, likely)]);
  return mended && { diagnostic: rewritten(place, run, "E130", instead, "suggested"), mended };
}
const isComma = (tokens: readonly IToken[], index: number): boolean =>
  tokens[index]?.tokenType === t.Comma && isGlued(tokens[index - 1], tokens[index]);
const isQuantity = (token: IToken | undefined): boolean => isNumber(token) || token?.tokenType === t.Percent;

/** `90 d` */
export function unitApart(place: Case): Verdict | null {
  const at = isNumber(place.found ?? undefined) ? place.index : place.index - 1;
  const [number, unit] = [place.stop.tokens[at], place.stop.tokens[at + 1]];
  if (number === undefined || unit === undefined || !isNumber(number)) return null;
  const word = unit.image.toLowerCase();
  const units = word === "m" ? ["min", "mo"] : [/^(min|h|d|w|mo|y)$/.test(word) ? word : (unitOf(word) ?? "")];
  const instead = units.filter((name) => name !== "").map((name) => `${number.image}${name}`);
  const [first] = instead;
  if (first === undefined) return null;
  const mended = place.rewrite(at, 2, [stand(number, t.Duration, first)]);
  const kind = instead.length === 1 ? "safe" : "suggested";
  return mended && { diagnostic: rewritten(place, [number, unit], "E140", instead, kind), mended };
}

/** `wait 3` */
export function unitMissing(place: Case): Verdict | null {
  const number = place.found;
  if (number === null || !isNumber(number) || !place.expected.includes(t.Duration)) return null;
  const mended = place.rewrite(place.index, 1, [stand(number, t.Duration, `${number.image}d`)]);
  if (mended === null) return null;
  const fixes = ["h", "d", "w"].map((unit) => place.replaceFix("suggested", number, `${number.image}${unit}`));
  return { diagnostic: diagnose("E146", place.span, { found: number.image }, { fixes }), mended };
}

/** `hold out 10` */
export function percentMissing(place: Case): Verdict | null {
  const number = place.found;
  if (number === null || !isNumber(number) || !place.expected.includes(t.Percent)) return null;
  const share = `${number.image}%`;
  const mended = place.rewrite(place.index, 1, [stand(number, t.Percent, share)]);
  return mended && { diagnostic: rewritten(place, [number], "E141", [share], "safe"), mended };
}

/** `500 eur` */
export function smallCurrency(place: Case): Verdict | null {
  const [number, word] = [place.previous, place.found];
  const code = word?.image.toUpperCase() ?? "";
  if (word === null || !isNumber(number ?? undefined) || !currencies.includes(code) || code === word.image) return null;
  const mended = place.rewrite(place.index, 1, [stand(word, t.Currency, code)]);
  const extra = { fixes: [place.replaceFix("safe", word, code)] };
  return mended && { diagnostic: diagnose("E110", place.span, { found: word.image, instead: code }, extra), mended };
}
