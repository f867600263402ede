// What people type from habit: each such token gives one message with a fix, and the token that was meant.

import { createTokenInstance, type IToken, type TokenType } from "chevrotain";
import type { Diagnostic, Fix } from "./diagnostics/entry.ts";
import { diagnose } from "./diagnostics/table.ts";
import { inPlainLetters, nameFrom } from "./habits/names.ts";
import { plainReadings } from "./habits/numbers.ts";
import { foreignLetters, inLatinLetters } from "./look-alikes.ts";
import { markWords } from "./marks.ts";
import type { SourceFile, Span } from "./span.ts";
import * as t from "./tokens.ts";
import { currencies, unitOf } from "./words.ts";

export interface Slip {
  readonly diagnostic: Diagnostic;
  /** True where the intended token is certain, so that what follows can still be judged. */
  readonly isMended: boolean;
}

/** What was meant: no token at all, or tokens in the place of the one found. */
interface Correction {
  readonly diagnostic: Diagnostic | null;
  readonly tokens: readonly IToken[];
  readonly isMended: boolean;
}

/** Adds `token`, or what it should have been, to `tokens`. */
export function correct(token: IToken, source: SourceFile, tokens: IToken[], slips: Slip[]): void {
  const place: Place = {
    token,
    span: { file: source.path, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 },
    isNamed: names.has(tokens.at(-1)?.image ?? ""),
    isCompared: /^!?=$/.test(tokens.at(-1)?.image ?? ""),
  };
  const found = corrections.get(token.tokenType)?.(place) ?? null;
  if (found === null) {
    tokens.push(token);
    return;
  }
  tokens.push(...found.tokens);
  if (found.diagnostic !== null) slips.push({ diagnostic: found.diagnostic, isMended: found.isMended });
}

/** Words behind which a name stands, and never a number. */
const names = new Set(
  "segment event list team vocabulary topic policy score funnel email webhook program report experiment use send".split(
    " ",
  ),
);

interface Place {
  readonly token: IToken;
  readonly span: Span;
  /** Whether a name is due here. */
  readonly isNamed: boolean;
  /** Whether a value is due here. */
  readonly isCompared: boolean;
}

const safe = (place: Place, text: string, words = `write ${text}`): Fix => ({
  kind: "safe",
  text: words,
  edits: [{ span: place.span, text }],
});
const suggested = (place: Place, text: string, words = `write ${text}`): Fix => ({
  ...safe(place, text, words),
  kind: "suggested",
});

/** A token with another type and image in the place of `token`, so that spans stay true to the file. */
export function stand(token: IToken, type: TokenType, image: string): IToken {
  const end = token.endOffset ?? token.startOffset;
  return createTokenInstance(type, image, token.startOffset, end, Number.NaN, Number.NaN, Number.NaN, Number.NaN);
}

const mended = (place: Place, type: TokenType, image: string, diagnostic: Diagnostic): Correction => ({
  diagnostic,
  tokens: [stand(place.token, type, image)],
  isMended: true,
});
const skipped = (diagnostic: Diagnostic): Correction => ({ diagnostic, tokens: [], isMended: false });

const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

function escapes(place: Place): Correction | null {
  const image = place.token.image;
  if (!image.includes("\\")) return null;
  const wrong = [...image.matchAll(/\\(.)/gs)].filter((match) => match[1] !== '"' && match[1] !== "\\");
  const first = wrong[0];
  if (first === undefined) return null;
  const at = (index: number, length: number): Span => ({
    ...place.span,
    start: place.span.start + index,
    end: place.span.start + index + length,
  });
  const edits = wrong.map((match) => ({ span: at(match.index, 1), text: "\\\\" }));
  const fix: Fix = { kind: "suggested", text: "write \\\\ for a backslash", edits };
  const diagnostic = diagnose("E106", at(first.index, 2), { found: first[0] }, { fixes: [fix] });
  return { diagnostic, tokens: [place.token], isMended: true };
}

function openString(place: Place): Correction {
  const body = place.token.image.slice(1).trimEnd();
  const diagnostic = diagnose("E105", { ...place.span, end: place.span.start + 1 + body.length }, {});
  return { diagnostic, tokens: [stand(place.token, t.Str, `"${body.replace(/\\$/, "")}"`)], isMended: false };
}

function typographicQuotes(place: Place): Correction {
  const text = quoted(place.token.image.slice(1, -1));
  const found = place.token.image.at(0) ?? "";
  return mended(
    place,
    t.Str,
    text,
    diagnose("E104", place.span, { found, instead: '"' }, { fixes: [safe(place, text)] }),
  );
}

function apostrophes(place: Place): Correction {
  const text = quoted(place.token.image.slice(1, -1));
  return mended(place, t.Str, text, diagnose("E107", place.span, {}, { fixes: [safe(place, text)] }));
}

function wrongDate(place: Place): Correction {
  const parts = place.token.image.split(/[./-]/);
  const [first = "", second = "", third = ""] = parts;
  const year = first.length === 4 ? first : third;
  const pad = (part: string) => part.padStart(2, "0");
  const iso = (month: string, day: string) => `${year}-${pad(month)}-${pad(day)}`;
  const readings = first.length === 4 ? [iso(second, third)] : [iso(second, first), iso(first, second)];
  const fixes = year.length === 4 ? [...new Set(readings)].filter(isDay).map((text) => suggested(place, text)) : [];
  const diagnostic = diagnose("E120", place.span, { found: place.token.image }, { fixes });
  return mended(place, t.Date_, readings[0] ?? "2000-01-01", diagnostic);
}
const isDay = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text);

function clock(place: Place): Correction | null {
  const [hour = 0, minute = 0] = place.token.image.split(":").map(Number);
  if (hour < 24 && minute < 60) return null;
  return mended(place, t.Clock, "00:00", diagnose("E111", place.span, { found: place.token.image }));
}

/** `9:00`, `9am` or `9:30 pm` on a clock of 24 hours; null where there is no such time. */
function dayTime(text: string): string | null {
  const match = /^(\d{1,2})(?::(\d{2}))?(?::\d{2})? ?([ap]m)?$/.exec(text);
  const twelve = Number(match?.[1] ?? 0);
  const hour = match?.[3] === undefined ? twelve : (twelve % 12) + (match[3] === "pm" ? 12 : 0);
  const minute = match?.[2] ?? "00";
  return hour > 23 || Number(minute) > 59 ? null : `${String(hour).padStart(2, "0")}:${minute}`;
}

function wrongClock(place: Place): Correction {
  const found = place.token.image;
  const instead = dayTime(found);
  if (instead === null) return mended(place, t.Clock, "00:00", diagnose("E111", place.span, { found }));
  const extra = { fixes: [safe(place, instead)] };
  return mended(place, t.Clock, instead, diagnose("E110", place.span, { found, instead }, extra));
}

/** `2026-03-02 9:00`, `2026-03-02T09:00:00.000Z`, `2026-03-02 09:00 UTC` */
function wrongDateTime(place: Place): Correction {
  const found = place.token.image;
  const parts = /^(.{10})[T ] *([\d:]+)(?:\.\d+)?( ?[ap]m)? ?(.*)$/.exec(found) ?? [];
  const [, day = "", clock = "", half = "", zone = ""] = parts;
  const time = dayTime(clock + half);
  if (time === null)
    return mended(place, t.DateTime, `${day} 00:00`, diagnose("E111", place.span, { found: clock + half }));
  const seconds = /^\d+:\d+(:\d+)/.exec(clock)?.[1] ?? "";
  const offset = zone === "UTC" || zone === "GMT" ? "Z" : zone.replace(/^(.\d{2})(\d{2})$/, "$1:$2");
  const instead = `${day} ${time}${seconds}${offset}`;
  // Without parts of a second it is another moment.
  const extra = { fixes: [(found.includes(".") ? suggested : safe)(place, instead)] };
  return mended(place, t.DateTime, instead, diagnose("E110", place.span, { found, instead }, extra));
}

const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mins: "min",
    minute: "min",
    minutes: "min",
    hr: "h",
    hrs: "h",
    day: "d",
    wk: "w",
    wks: "w",
    mon: "mo",
    mos: "mo",
    mth: "mo",
    yr: "y",
    yrs: "y",
  }),
);

function wrongDuration(place: Place): Correction {
  const found = place.token.image;
  if (place.isNamed) return foreignWord(place);
  const [, amount = "", word = ""] = /^(-?\d[\d_]*(?:\.\d+)?)(.*)$/.exec(found) ?? [];
  if (currencies.includes(word)) return gluedCurrency(place, amount, word);
  const isWhole = /^\d+$/.test(amount);
  const lower = word.toLowerCase();
  if (isWhole && lower === "m") {
    const fixes = [
      suggested(place, `${amount}min`, `write ${amount}min for minutes`),
      suggested(place, `${amount}mo`, `write ${amount}mo for months`),
    ];
    return mended(place, t.Duration, `${amount}mo`, diagnose("E102", place.span, { found, amount }, { fixes }));
  }
  const unit = unitOf(lower) ?? aliases.get(lower) ?? (/^(min|h|d|w|mo|y)$/.test(lower) ? lower : null);
  if (unit !== null && isWhole) {
    const instead = `${amount}${unit}`;
    const extra = { fixes: [safe(place, instead)] };
    return mended(place, t.Duration, instead, diagnose("E110", place.span, { found, instead }, extra));
  }
  return mended(place, t.Duration, "1d", diagnose("E108", place.span, { found }));
}

function gluedCurrency(place: Place, amount: string, code: string): Correction {
  const instead = `${amount} ${code}`;
  const extra = { fixes: [safe(place, instead)] };
  const diagnostic = diagnose("E110", place.span, { found: place.token.image, instead }, extra);
  const middle = place.token.startOffset + amount.length;
  const number = { ...stand(place.token, t.Num, amount), endOffset: middle - 1 };
  const currency = { ...stand(place.token, t.Currency, code), startOffset: middle };
  return { diagnostic, tokens: [number, currency], isMended: true };
}

function wrongNumber(place: Place): Correction {
  const sign = /^[+-]*/.exec(place.token.image)?.[0] ?? "";
  const digits = place.token.image.slice(sign.length).replace(/^\./, "0.").replace(/\.+$/, "");
  const instead = (sign.includes("-") ? "-" : "") + digits;
  const extra = { fixes: [safe(place, instead)] };
  const diagnostic = diagnose("E110", place.span, { found: place.token.image, instead }, extra);
  return mended(place, t.Num, instead.replaceAll("_", ""), diagnostic);
}

/** `1.000`, which is one thousand to some and one to others. */
function grouped(place: Place): Correction {
  const found = place.token.image;
  const instead = plainReadings(found);
  const fixes = instead.map((text) => suggested(place, text));
  return mended(place, t.Num, instead[0] ?? "1", diagnose("E130", place.span, { found, instead }, { fixes }));
}

/** `10%%`, `10 %` */
function wrongPercent(place: Place): Correction {
  const found = place.token.image;
  const instead = found.replace(/\s*%+$/, "%");
  const extra = { fixes: [safe(place, instead)] };
  return mended(place, t.Percent, instead, diagnose("E110", place.span, { found, instead }, extra));
}

function nameInBackticks(place: Place): Correction {
  const found = place.token.image;
  const name = nameFrom(found.slice(1, -1));
  if (name === null) return skipped(diagnose("E101", { ...place.span, end: place.span.start + 1 }, { found: "`" }));
  const extra = { fixes: [safe(place, name)] };
  return mended(place, t.wordType(name), name, diagnose("E136", place.span, { found, instead: [name] }, extra));
}

/** `// …`, `/* … *\/`, `-- …`, `<!-- … -->` */
function foreignComment(place: Place): Correction {
  const body = place.token.image.replace(/^(\/\/|\/\*+|--|<!--)\s*|\s*(\*+\/|-->)$/g, "");
  const lines = body.split(/\r?\n/).map((line) => `# ${line.replace(/^\s*\*?\s*/, "")}`.trimEnd());
  const text = `${lines.join("\n")}${/(\*\/|-->)$/.test(place.token.image) ? "\n" : ""}`;
  const found = /^(\/\/|\/\*|--|<!--)/.exec(place.token.image)?.[0] ?? "";
  const extra = { fixes: [safe(place, text, "write #")] };
  return { diagnostic: diagnose("E129", place.span, { found, instead: ["#"] }, extra), tokens: [], isMended: true };
}

const plainNumbers = (text: string): readonly string[] =>
  /[.,]\d{3}(?!\d)|,/.test(text) ? plainReadings(text) : [text];

function price(place: Place): Correction {
  const [digits = "1"] = plainNumbers(place.token.image.replace(/[^\d.,_-]/g, "").replace(/[.,]+$/, ""));
  const amount = digits;
  const sign = /[$€£¥]/.exec(place.token.image)?.[0] ?? "";
  const code = { $: "USD", "€": "EUR", "£": "GBP" }[sign] ?? "JPY";
  const extra = { fixes: [suggested(place, `${amount} ${code}`)] };
  return mended(place, t.Num, amount, diagnose("E109", place.span, { found: place.token.image, amount }, extra));
}

const operators: Readonly<Record<string, string>> = {
  "==": "=",
  "===": "=",
  "!==": "!=",
  "&": "and",
  "&&": "and",
  "|": "or",
  "||": "or",
  "=>": ">=",
  "=<": "<=",
  "≤": "<=",
  "≥": ">=",
  "≠": "!=",
  "!": "not",
};
const signs: Readonly<Record<string, TokenType>> = {
  "=": t.Eq,
  "!=": t.Ne,
  ">=": t.Ge,
  "<=": t.Le,
  "<": t.Lt,
  ">": t.Gt,
  "(": t.Open,
  ")": t.Close,
  ",": t.Comma,
  ";": t.Semicolon,
  "?": t.Maybe,
  ".": t.Dot,
};

function operator(place: Place): Correction {
  const found = place.token.image;
  const instead = operators[found] ?? "=";
  const text = /^[a-z]/.test(instead) ? ` ${instead} ` : instead;
  const extra = { fixes: [safe(place, text, `write ${instead}`)] };
  const type = signs[instead] ?? t.wordType(instead);
  return mended(place, type, instead, diagnose("E103", place.span, { found, instead }, extra));
}

function wide(place: Place): Correction {
  const found = place.token.image;
  const instead = String.fromCharCode(found.charCodeAt(0) - 0xfee0);
  const extra = { fixes: [safe(place, instead)] };
  return mended(place, signs[instead] ?? t.Comma, instead, diagnose("E104", place.span, { found, instead }, extra));
}

function dash(place: Place): Correction {
  const extra = { fixes: [suggested(place, "-")] };
  return skipped(diagnose("E104", place.span, { found: place.token.image, instead: "-" }, extra));
}

function foreignWord(place: Place): Correction {
  const found = place.token.image;
  const latin = inLatinLetters(found);
  if (latin !== null) {
    const extra = { fixes: [suggested(place, latin, `write ${latin} in Latin letters`)] };
    const diagnostic = diagnose("E151", place.span, { found, letters: foreignLetters(found) }, extra);
    return mended(place, t.wordType(latin), latin, diagnostic);
  }
  if (place.isCompared) return textWithoutQuotes(place);
  const plain = inPlainLetters(found);
  const fixes = plain === null ? [] : [suggested(place, plain)];
  return mended(place, t.Id, found, diagnose("E113", place.span, { found }, { fixes }));
}

/** `first_name = Jürgen` */
function textWithoutQuotes(place: Place): Correction {
  const found = place.token.image;
  const text = quoted(found);
  const extra = { fixes: [safe(place, text)] };
  return mended(place, t.Str, text, diagnose("E148", place.span, { found, instead: [text] }, extra));
}

function character(place: Place): Correction {
  const found = place.token.image;
  if (!/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(found)) {
    const extra = { fixes: [safe(place, "", "remove it")] };
    return skipped(diagnose("E114", place.span, { code: markWords(found) }, extra));
  }
  // What it was meant for shows where the parser stops at it.
  return { diagnostic: null, tokens: [stand(place.token, t.Odd, found)], isMended: true };
}

const corrections: ReadonlyMap<TokenType, (place: Place) => Correction | null> = new Map<
  TokenType,
  (place: Place) => Correction | null
>([
  [t.Str, escapes],
  [t.Clock, clock],
  [t.wrong.openString, openString],
  [t.wrong.quote, typographicQuotes],
  [t.wrong.apostrophe, apostrophes],
  [t.wrong.date, wrongDate],
  [t.wrong.clock, wrongClock],
  [t.wrong.dateTime, wrongDateTime],
  [t.wrong.duration, wrongDuration],
  [t.wrong.number, wrongNumber],
  [t.wrong.price, price],
  [t.wrong.grouped, grouped],
  [t.wrong.percent, wrongPercent],
  [t.wrong.name, nameInBackticks],
  [t.wrong.comment, foreignComment],
  [t.wrong.operator, operator],
  [t.wrong.bang, operator],
  [t.wrong.wide, wide],
  [t.wrong.dash, dash],
  [t.wrong.word, foreignWord],
  [t.wrong.character, character],
]);
