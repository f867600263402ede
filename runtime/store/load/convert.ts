// From the text of a cell to a typed value, as SQL. NULL comes out where the text does not fit the type.

import { countries } from "../../../compiler/countries.ts";
import type { Type } from "../../../compiler/types.ts";
import { unreachable } from "../../../grammar/unreachable.ts";
import type { Binder } from "./binder.ts";
import { datePattern } from "./date-pattern.ts";
import { fromUtc, toUtc } from "./zone-spans.ts";

export interface How {
  /** `as`. */
  readonly format: string | null;
  /** Zone of a datetime without one, and whose days the dates are. */
  readonly zone: string;
}
export interface Conversion {
  readonly binder: Binder;
  readonly how: How;
  /** Zone names that may be kept; read only where a field is a zone. */
  readonly zones: readonly string[];
  /** False in a list's elements, where no subquery can stand. */
  readonly mayLookUp: boolean;
}

/** What a cell becomes, in two steps: `prepared` is computed once per row, and `value` may name it often. */
export interface Converted {
  readonly prepared: string | null;
  readonly value: (prepared: string) => string;
}

const name = '[^\\s@<>()",;:\\\\\\x00-\\x1f\\x7f]+';
const label = '[^\\s@<>()",;:\\\\.\\x00-\\x1f\\x7f]+';
const emailShape = `${name}@${label}(\\.${label})+`;
const urlShape = '(?i)(https?:/)?/[^\\s<>"\\x00-\\x1f\\x7f]*';
const zonedShape =
  "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?(Z|[+-][01][0-9](:?[0-5][0-9])?)";
const durationShape = "([0-9]{1,9}) ?(min|h|d|w|mo|y|minutes?|hours?|days?|weeks?|months?|years?)";
const secondsOf: Readonly<Record<string, number>> = {
  mi: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  mo: 2_592_000,
  y: 31_536_000,
};

/** The engine reads `1_000` and `inf` as numbers; a file that says so means something else. */
function plainNumber(input: string): string {
  return `CASE WHEN NOT contains(${input}, '_') AND isfinite(TRY_CAST(${input} AS DOUBLE)) THEN TRY_CAST(${input} AS DOUBLE) END`;
}

/** A year of fewer digits is one of two digits, or what stands for no date at all. */
const isDated = (value: string) => `${value} BETWEEN '1000-01-01' AND '9999-12-31 23:59:59.999999'`;
const startsWithDigit = (input: string) => `${input}[1] BETWEEN '0' AND '9'`;

function patterned(input: string, format: string, binder: Binder): string {
  const pattern = datePattern(format);
  const value = `try_strptime(${input}, ${binder.text(pattern.format)})`;
  const isLong = pattern.length === null ? "TRUE" : `length(${input}) = ${pattern.length}`;
  return `CASE WHEN ${isLong} AND year(${value}) >= ${pattern.hasFullYear ? 1000 : 1} THEN ${value} END`;
}

/** True where the text brings its own zone; the engine would read the time and drop the zone. */
function hasZone(input: string): string {
  const rest = `${input}[11:]`;
  return `(${input}[-1] NOT BETWEEN '0' AND '9' OR contains(${rest}, '+') OR contains(${rest}, '-'))`;
}

/** The wall clock that a datetime names, before any zone; NULL where it brings one. */
function wallClock(input: string, { binder, how }: Conversion): string {
  if (how.format !== null) return patterned(input, how.format, binder);
  const value = `TRY_CAST(${input} AS TIMESTAMP)`;
  return `CASE WHEN ${startsWithDigit(input)} AND NOT ${hasZone(input)} AND ${isDated(value)} THEN ${value} END`;
}

/** The instant in UTC of a text that brings its own zone. */
function zoned(input: string): string {
  const text = `upper(${input})`;
  // The engine wants seconds where a zone follows.
  const complete = `regexp_replace(${text}, '^([^ T]+[ T][0-9]{1,2}:[0-9]{2}) ?([Z+-])', '\\1:00\\2')`;
  const value = `TRY_CAST(${complete} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`;
  return `CASE WHEN ${hasZone(input)} AND regexp_full_match(${text}, '${zonedShape}') AND ${isDated(`(${value})`)} THEN ${value} END`;
}

/** The instant, out of the text and the wall clock in it. */
function instant(input: string, wall: string, { how }: Conversion): string {
  const inZone = toUtc(wall, how.zone);
  if (how.format !== null) return inZone;
  return `CASE WHEN ${wall} IS NOT NULL THEN ${inZone} ELSE ${zoned(input)} END`;
}

/** The day: the one that is written, or where a zone is written too, the one that it was then in ours. */
function day(input: string, conversion: Conversion): Converted {
  const wall = wallClock(input, conversion);
  if (conversion.how.format !== null) return { prepared: wall, value: (found) => `CAST(${found} AS DATE)` };
  return {
    prepared: `struct_pack(wall := ${wall}, utc := ${zoned(input)})`,
    value: (found) => `CAST(coalesce(${found}.wall, ${fromUtc(`${found}.utc`, conversion.how.zone)}) AS DATE)`,
  };
}

function duration(input: string): string {
  const unit = `regexp_extract(lower(${input}), '^${durationShape}$', 2)`;
  const seconds = `CASE ${["mi", "mo", "h", "d", "w", "y"].map((start) => `WHEN starts_with(${unit}, '${start}') THEN ${secondsOf[start]}`).join(" ")} END`;
  return `TRY_CAST(regexp_extract(lower(${input}), '^${durationShape}$', 1) AS BIGINT) * ${seconds}`;
}

/** One of a fixed list of words, in its own spelling. */
function oneOf(input: string, words: readonly string[], { binder, mayLookUp }: Conversion): string {
  const known = binder.texts(words);
  const lowered = binder.texts(words.map((word) => word.toLowerCase()));
  const anySpelling = `${known}[list_position(${lowered}, lower(${input}))]`;
  if (!mayLookUp) return anySpelling;
  // Nearly all are written as they should be, and a set is faster to look into than a list.
  return `CASE WHEN ${input} IN (SELECT unnest(${known})) THEN ${input} ELSE ${anySpelling} END`;
}

function choice(input: string, values: readonly string[], binder: Binder): string {
  const branches = values.map((value) => `WHEN ${binder.text(value.toLowerCase())} THEN ${binder.text(value)}`);
  return `CASE lower(${input}) ${branches.join(" ")} END`;
}

function text(input: string, { binder, how }: Conversion): string {
  if (how.format === null) return input;
  const parts = how.format.split("*").map((part) => (part === "" ? "''" : binder.text(part)));
  return parts.join(` || ${input} || `);
}

const once = (sql: string): Converted => ({ prepared: null, value: () => sql });

/** A cell's text as a value of the type; of a list, one element. */
export function converted(input: string, { scalar: of }: Type, conversion: Conversion): Converted {
  switch (of.kind) {
    case "text":
      return once(text(input, conversion));
    case "enum":
      return once(choice(input, of.values, conversion.binder));
    case "number":
      return once(plainNumber(input));
    case "percent":
      return once(plainNumber(`rtrim(rtrim(${input}, '%'))`));
    case "money":
      return once(`CASE WHEN NOT contains(${input}, '_') THEN TRY_CAST(${input} AS DECIMAL(18,4)) END`);
    case "date":
      return day(input, conversion);
    case "datetime":
      return { prepared: wallClock(input, conversion), value: (wall) => instant(input, wall, conversion) };
    case "timezone":
      return once(oneOf(input, conversion.zones, conversion));
    case "country":
      return once(oneOf(input, countries, conversion));
    case "email": {
      const address = text(input, conversion);
      return once(
        `CASE WHEN length(${address}) <= 254 AND regexp_full_match(${address}, '${emailShape}') THEN ${address} END`,
      );
    }
    case "url":
      return once(`CASE WHEN regexp_full_match(${input}, '${urlShape}') THEN ${input} END`);
    case "boolean":
      return once(
        `CASE WHEN lower(${input}) IN ('yes', 'true', '1', 'y') THEN TRUE WHEN lower(${input}) IN ('no', 'false', '0', 'n') THEN FALSE END`,
      );
    case "duration":
      return once(duration(input));
    default:
      return unreachable(of);
  }
}

/** The elements of a list's text: a JSON array, else what `;` or `|` keep apart; outer space, empty and unknown ones dropped. */
export function elements(input: string, blanks: string, unknown: readonly string[]): string {
  const json = `CAST(TRY_CAST(${input} AS JSON) AS VARCHAR[])`;
  const parts = `CASE WHEN ${input}[1] = '[' THEN ${json} ELSE string_split_regex(${input}, '[;|]') END`;
  const dropped = ["''", ...unknown].join(", ");
  return `list_filter(list_transform(${parts}, lambda part: trim(part, ${blanks})), lambda part: lower(part) NOT IN (${dropped}))`;
}
