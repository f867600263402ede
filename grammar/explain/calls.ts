// What is computed elsewhere and not here: functions of SQL and of spreadsheets, and sums.

import type { IToken } from "chevrotain";
import { diagnose } from "../diagnostics/table.ts";
import { textOf } from "../habits/pattern.ts";
import { stand } from "../slips.ts";
import * as t from "../tokens.ts";
import type { Case, Verdict } from "./place.ts";

const functions = new Set(
  (
    "if iif ifs ifnull iferror nullif coalesce nvl case switch and or xor countif countifs sumif sumifs averageif " +
    "vlookup xlookup lookup index match search find datediff dateadd date_add date_sub date_trunc datepart extract " +
    "date month day weekday hour edate eomonth len length left right mid substr substring round abs floor ceil mod " +
    "concat cast convert to_date to_char isnumber istext regexp_matches regexp_like json_value greatest least exists"
  ).split(" "),
);

/** `COUNTIF(seats, 3) > 2`, `AND(seats > 3, vip is yes)` */
export function functionCall(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const start = place.index - 1;
  const name = tokens[start];
  if (place.found?.tokenType !== t.Open || name === undefined) return null;
  if (!functions.has(name.image.toLowerCase())) return null;
  const end = closing(tokens, place.index);
  // What is compared with the result belongs to the call.
  for (const behind of [end + 1, end + 3]) {
    const mended = place.rewrite(start, behind - start, [stand(name, t.wordType("everyone"), "everyone")]);
    if (mended !== null) return { diagnostic: diagnose("E155", place.spanOf(name), { found: name.image }), mended };
  }
  return null;
}

/** The index of the parenthesis that closes the one at `start`, or of the last token. */
function closing(tokens: readonly IToken[], start: number): number {
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    const type = tokens[index]?.tokenType;
    depth += type === t.Open ? 1 : type === t.Close ? -1 : 0;
    if (depth === 0) return index;
  }
  return tokens.length - 1;
}

const isOperand = (token: IToken | undefined): boolean =>
  token !== undefined && (t.canBeName(token) || t.isLiteral(token.tokenType));

/** `seats + 3 > 5` */
export function sum(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const { found, index } = place;
  const [left, right] = [tokens[index - 1], tokens[index + 1]];
  if (found?.tokenType !== t.Odd || !/^[-+*/^]$/.test(found.image) || !isOperand(left) || !isOperand(right))
    return null;
  let end = index + 2;
  while (/^[-+*/^]$/.test(tokens[end]?.image ?? "") && isOperand(tokens[end + 1])) end += 2;
  const whole = tokens.slice(index - 1, end);
  const mended = place.rewrite(index, end - index, []);
  if (mended === null) return null;
  const span = { ...place.spanOf(left ?? null), end: place.spanOf(whole.at(-1) ?? null).end };
  return { diagnostic: diagnose("E158", span, { found: textOf(whole) }), mended };
}
