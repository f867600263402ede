// Names with a hyphen, a blank or quotes, and values that want parentheses.

import type { IToken } from "chevrotain";
import { diagnose } from "../diagnostics/table.ts";
import { nameFrom } from "../habits/names.ts";
import { textOf } from "../habits/pattern.ts";
import { stand } from "../slips.ts";
import * as t from "../tokens.ts";
import { whatIsNamed } from "../fault-words.ts";
import { rewritten } from "./phrase.ts";
import type { Case, Verdict } from "./place.ts";

const isName = (token: IToken | null | undefined): boolean => token != null && t.canBeName(token);
const isWord = (token: IToken | undefined): boolean => token !== undefined && /^[A-Za-z_]/.test(token.image);
const isGlued = (before: IToken | undefined, token: IToken | undefined): boolean =>
  before !== undefined && token !== undefined && (before.endOffset ?? 0) + 1 === token.startOffset;

/** `Big-Spenders` */
export function hyphenName(place: Case): Verdict | null {
  const { tokens } = place.stop;
  if (place.found?.image !== "-" || !isWord(tokens[place.index - 1])) return null;
  let end = place.index;
  while (tokens[end]?.image === "-" && isGlued(tokens[end - 1], tokens[end]) && isGlued(tokens[end], tokens[end + 1])) {
    if (!isWord(tokens[end + 1])) break;
    end += 2;
  }
  return asOneName(place, place.index - 1, end);
}

/** `segment Big Spenders where` */
export function blankName(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const keyword = tokens[place.index - 2];
  if (!isName(place.found) || !isName(tokens[place.index - 1])) return null;
  if (whatIsNamed(keyword?.image) === null) return null;
  let end = place.index;
  while (isName(tokens[end])) end++;
  return asOneName(place, place.index - 1, end, true);
}

/** `isGuess`: where the words may be others too, so that all must be well with the name. */
function asOneName(place: Case, start: number, end: number, isGuess = false): Verdict | null {
  const parts = place.stop.tokens.slice(start, end);
  const [first] = parts;
  if (first === undefined || parts.length < 2) return null;
  const name = parts
    .map(({ image }) => image)
    .filter((image) => image !== "-")
    .join("_");
  const whole = { ...first, endOffset: parts.at(-1)?.endOffset ?? 0 };
  const mended = place.rewrite(start, parts.length, [stand(whole, t.Id, name)]);
  if (mended === null || (isGuess && !place.isWhole(mended))) return null;
  return { diagnostic: rewritten(place, parts, "E137", [name], "suggested"), mended };
}

/** `segment "Big Spenders" where`, `one of ("small", "large")` */
export function quotedName(place: Case): Verdict | null {
  const { tokens } = place.stop;
  // Behind these a title stands, and the name was left out.
  if (place.found?.tokenType !== t.Str || /^(list|team|topic)$/.test(place.previous?.image ?? "")) return null;
  let end = place.index + 1;
  while (tokens[end]?.tokenType === t.Comma && tokens[end + 1]?.tokenType === t.Str) end += 2;
  const quoted = tokens.slice(place.index, end);
  const bare = quoted.flatMap((token) => {
    if (token.tokenType !== t.Str) return [token];
    const name = nameFrom(token.image);
    return name === null || t.wordType(name) !== t.Id ? [] : [stand(token, t.Id, name)];
  });
  if (bare.length < quoted.length) return null;
  const mended = place.rewrite(place.index, quoted.length, bare);
  if (mended === null) return null;
  const text = bare
    .map(({ image }) => image)
    .join("")
    .replaceAll(",", ", ");
  return { diagnostic: rewritten(place, quoted, "E136", [text], "safe"), mended };
}

/** `sender Ana from Acme` */
export function textWithoutQuotes(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const first = place.found;
  if (first?.tokenType !== t.Id || !place.expected.includes(t.Str) || place.expected.length > 2) return null;
  let end = place.index + 1;
  while (isName(tokens[end])) end++;
  for (; end > place.index; end--) {
    const words = tokens.slice(place.index, end);
    const text = `"${textOf(words)}"`;
    const mended = place.rewrite(place.index, words.length, [stand(first, t.Str, text)]);
    if (mended !== null) return { diagnostic: rewritten(place, words, "E148", [text], "safe"), mended };
  }
  return null;
}

const isValue = (token: IToken | undefined): boolean =>
  token !== undefined && (t.isLiteral(token.tokenType) || isName(token) || token.tokenType === t.Currency);

/** `role in user, cmo`, `one of small, large` */
export function valuesWithoutParentheses(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const start = place.found?.tokenType === t.Comma ? place.index - 1 : place.index;
  const before = tokens[start - 1]?.image ?? "";
  if ((before !== "in" && before !== "of") || !isValue(tokens[start])) return null;
  let end = start + 1;
  while (tokens[end]?.tokenType === t.Comma && isValue(tokens[end + 1])) end += 2;
  const values = tokens.slice(start, end);
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return null;
  const mended = place.rewrite(start, values.length, [stand(first, t.Open, "("), ...values, stand(last, t.Close, ")")]);
  if (mended === null || !place.isWhole(mended)) return null;
  const text = `(${values
    .map(({ image }) => image)
    .join("")
    .replaceAll(",", ", ")})`;
  return { diagnostic: rewritten(place, values, "E142", [text], "safe"), mended };
}

/** `in (user, cmo)` without its field */
export function valuesWithoutField(place: Case): Verdict | null {
  if (place.previous?.image !== "in" || place.found?.tokenType !== t.Open) return null;
  const close = place.stop.tokens.findIndex((token, index) => index > place.index && token.tokenType === t.Close);
  if (close < 0) return null;
  const mended = place.rewrite(place.index, close - place.index + 1, [stand(place.found, t.Id, "Suppressed")]);
  const span = { ...place.spanOf(place.previous), end: place.spanOf(place.stop.tokens[close] ?? null).end };
  return { diagnostic: diagnose("E143", span, {}), mended };
}

/** `wait until opened welcome` */
export function waitWithoutLimit(place: Case): Verdict | null {
  const { tokens } = place.stop;
  for (let at = place.index; at > Math.max(0, place.index - 6); at--) {
    const [wait, until] = [tokens[at - 1], tokens[at]];
    if (wait?.image !== "wait" || until?.image !== "until") continue;
    const limit = [
      stand(until, t.wordType("up"), "up"),
      stand(until, t.wordType("to"), "to"),
      stand(until, t.Duration, "7d"),
    ];
    const mended = [...tokens.slice(0, at), ...limit, ...tokens.slice(at)];
    if (!place.accepts(mended, place.index + limit.length)) return null;
    const span = { ...place.spanOf(wait), end: place.spanOf(until).end };
    const edit = { span: { ...span, start: until.startOffset, end: until.startOffset }, text: "up to 7d " };
    const fix = { kind: "suggested", text: "add up to 7d", edits: [edit] } as const;
    return { diagnostic: diagnose("E139", span, {}, { fixes: [fix] }), mended };
  }
  return null;
}

const mostWordsInQuotes = 12;
/** `"Say "hello" now"`, `"{{ first_name | default: "you" }}"` */
export function innerQuotes(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const { previous, found, index } = place;
  if (previous?.tokenType !== t.Str || found === null || !isGlued(previous, found)) return null;
  const length = tokens
    .slice(index, index + mostWordsInQuotes)
    .findIndex((token, at) => token.tokenType === t.Str && isGlued(tokens[index + at - 1], token));
  const closer = tokens[index + length];
  if (length < 0 || closer === undefined) return null;
  const isInPlaceholder = /\{[{%][^}]*$/.test(previous.image);
  const quote = isInPlaceholder ? "'" : '\\"';
  const inside = textOf(tokens.slice(index, index + length));
  const text = `${previous.image.slice(0, -1)}${quote}${inside}${quote}${closer.image.slice(1)}`;
  const whole = { ...previous, endOffset: closer.endOffset ?? closer.startOffset };
  const mended = place.rewrite(index - 1, length + 2, [stand(whole, t.Str, text)]);
  if (mended === null) return null;
  const marks = [previous.endOffset ?? 0, closer.startOffset].map((start) => ({
    span: { file: place.stop.file, start, end: start + 1 },
    text: quote,
  }));
  const span = { file: place.stop.file, start: marks[0]?.span.start ?? 0, end: closer.startOffset + 1 };
  const fix = { kind: "safe", text: `write ${quote} inside the text`, edits: marks } as const;
  return { diagnostic: diagnose("E153", span, {}, { fixes: [fix] }), mended };
}

/** A second word of a value: a word of the language may be one too, such as `hand` in `first hand`. */
const isPart = (token: IToken | null): boolean =>
  token !== null && isWord(token) && !/^(and|or|not|then|in|is)$/.test(token.image);

/** `role = decision maker` */
export function blankValue(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const { index } = place;
  const before = tokens[index - 2];
  const isAfterSign = before !== undefined && /^(=|!=|is|not)$/.test(before.image);
  if (!isAfterSign || !isName(tokens[index - 1]) || !isPart(place.found)) return null;
  // `role = user purchased` is two conditions.
  if (/ed$/.test(place.found?.image ?? "")) return null;
  let end = index + 1;
  while (isName(tokens[end])) end++;
  return asOneName(place, index - 1, end, true);
}
