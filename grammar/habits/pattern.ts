// Small patterns over tokens: `in the? last DURATION`, and templates for what was meant: `in $4`.

import type { IToken, TokenType } from "chevrotain";
import { scan } from "../scan.ts";
import * as t from "../tokens.ts";
import { nameFrom } from "./names.ts";

/** One way to read a pattern: per element the tests a token must pass, or null for an optional one left out. */
type Reading = readonly (Test | null)[];
type Test = (token: IToken, before: Match) => boolean;

const signs: readonly TokenType[] = [t.Eq, t.Ne, t.Lt, t.Le, t.Gt, t.Ge];
const orders: readonly TokenType[] = [t.Lt, t.Le, t.Gt, t.Ge];
const is =
  (...types: readonly TokenType[]): Test =>
  ({ tokenType }) =>
    types.includes(tokenType);

/** Events are past-tense verbs: what ends like one, or does not. */
const soundsLikeEvent = ({ image }: IToken): boolean => /^[a-z]\w*[dnt]$/.test(image);
const isEvent: Test = (token) => t.canBeName(token) && soundsLikeEvent(token);
const isValue: Test = (token) => t.isLiteral(token.tokenType) || t.canBeName(token) || token.tokenType === t.Currency;

/** Behind a type the next field begins, whose name may have been left out. */
const types = /^(text|number|money|percent|date|datetime|timezone|country|email|url|boolean|duration|exact|key)$/;

const classes: Readonly<Record<string, Test>> = {
  NAME: t.canBeName,
  PLAIN: is(t.Id),
  UNTYPED: (token) => t.canBeName(token) && !types.test(token.image),
  EVENT: isEvent,
  FIELD: (token) => t.canBeName(token) && !/ed$/.test(token.image),
  PLURAL: (token) => t.canBeName(token) && /s$/.test(token.image),
  NUM: is(t.Num),
  TEXT: is(t.Str),
  DURATION: is(t.Duration),
  PERCENT: is(t.Percent),
  SIGN: is(...signs),
  ORDER: is(...orders),
  WEEKDAY: is(t.Weekday),
  CLOCK: is(t.Clock),
  VALUE: isValue,
  OTHER: (token, before) => isValue(token, before) && !/ed$/.test(token.image),
};

function testOf(element: string): Test {
  const found = classes[element];
  if (found !== undefined) return found;
  if (/^=\d$/.test(element)) return ({ image }, before) => before[Number(element[1]) - 1]?.image === image;
  const words = element.split("|");
  const tests = words.flatMap((word) => classes[word] ?? []);
  return (token, before) => words.includes(token.image.toLowerCase()) || tests.some((test) => test(token, before));
}

/** All readings of a pattern, the longest first. */
export function readingsOf(pattern: string): readonly Reading[] {
  return pattern.split(" ").reduce<readonly Reading[]>(
    (readings, element) => {
      if (!element.endsWith("?")) return readings.map((reading) => [...reading, testOf(element)]);
      const test = testOf(element.slice(0, -1));
      return [...readings.map((reading) => [...reading, test]), ...readings.map((reading) => [...reading, null])];
    },
    [[]],
  );
}

/** Per element of the pattern its token, or null; null as a whole where the tokens at `start` are others. */
export type Match = readonly (IToken | null)[];

export function matchAt(reading: Reading, tokens: readonly IToken[], start: number): Match | null {
  let at = start;
  const match: (IToken | null)[] = [];
  for (const test of reading) {
    const token = tokens[at];
    if (test === null) match.push(null);
    else if (token !== undefined && test(token, match)) {
      match.push(token);
      at++;
    } else return null;
  }
  return match;
}

export const tokensOf = (match: Match): readonly IToken[] => match.filter((token) => token !== null);

/** Tokens as they stand in the file, with one blank for each gap. */
export function textOf(tokens: readonly IToken[]): string {
  return tokens
    .map((token, index) => {
      const before = tokens[index - 1];
      const isGlued = before === undefined || (before.endOffset ?? 0) + 1 >= token.startOffset;
      return isGlued ? token.image : ` ${token.image}`;
    })
    .join("");
}

/** `%ana%` of SQL as a condition. */
function likeness(image: string): string {
  const text = image.slice(1, -1);
  const inner = text.replace(/^%|%$/g, "");
  if (/[%_]/.test(inner)) return `matches "${text.replaceAll("%", "*").replaceAll("_", "?")}"`;
  const [opens, closes] = [text.startsWith("%"), text.endsWith("%")];
  const phrase = opens ? (closes ? "contains" : "ends with") : closes ? "starts with" : "=";
  return `${phrase} "${inner}"`;
}

const counts: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ">": "more than",
    ">=": "at least",
    "<": "fewer than",
    "<=": "at most",
    "=": "exactly",
  }),
);
const flipped: ReadonlyMap<string, string> = new Map(
  Object.entries({ ">": "<", ">=": "<=", "<": ">", "<=": ">=", "=": "=", "!=": "!=" }),
);

/** What a mark of a template makes of a token: `@` a name, `!` a date, `&` a duration, `*` a comparison of texts. */
const marks: Readonly<Record<string, (image: string) => string | null>> = {
  $: (image) => image,
  "@": nameFrom,
  "*": likeness,
  '"': (image) => `"${image}"`,
  "!": (image) => /^"(\d{4}-\d{2}-\d{2})"$/.exec(image)?.[1] ?? null,
  "~": (image) => (/e$/.test(image) ? `${image}d` : `${image}ed`),
  "&": (image) => {
    const [, amount, unit] = /^"(\d+) ?(minute|hour|day|week|month|year)s?"$/i.exec(image) ?? [];
    return amount && unit ? `${amount} ${unit.toLowerCase()}s` : null;
  },
  "#": (image) => counts.get(image) ?? null,
  "%": (image) => flipped.get(image) ?? null,
};

/** The text of a template filled in; null where one of its marks does not fit. */
export function fill(template: string, match: Match): string | null {
  const pieces: string[] = [];
  for (const piece of template.split(" ").filter((part) => part !== "")) {
    const filled = piece.replace(/[$@*"~#%!&]\d/g, (mark) => {
      const token = match[Number(mark[1]) - 1] ?? null;
      return token === null ? "" : (marks[mark[0] ?? ""]?.(token.image) ?? "\u0000");
    });
    if (filled.includes("\u0000")) return null;
    if (filled !== "") pieces.push(filled);
  }
  return pieces
    .join(" ")
    .replace(/\( /g, "(")
    .replace(/ ([),])/g, "$1");
}

/** The tokens of a text that is not in the file; all stand where `place` is, tokens of the match where they are. */
export function standIns(text: string, match: Match, stand: (type: TokenType, image: string) => IToken): IToken[] {
  const left = [...tokensOf(match)];
  return scan(text).tokens.map((token) => {
    const index = left.findIndex((one) => one.image === token.image && one.tokenType === token.tokenType);
    return left.splice(index, index < 0 ? 0 : 1)[0] ?? stand(token.tokenType, token.image);
  });
}
