// What differs between databases, as small functions from SQL to SQL. Everything else in this folder is plain SQL.

export interface Dialect {
  readonly name: string;
  /** The form in which texts are compared: without outer space and letter case. */
  fold(text: string): string;
  startsWith(text: string, prefix: string): string;
  endsWith(text: string, suffix: string): string;
  holdsText(text: string, piece: string): string;
  holdsItem(list: string, item: string): string;
  /** A list of what `change` makes of each item. */
  mapped(list: string, change: (item: string) => string): string;
  /** Without outer space. */
  trim(text: string): string;
  /** `pattern` is one of LIKE, in which a backslash stands before what means itself. */
  isLike(text: string, pattern: string): string;
  /** Whether an expression of RE2 is found in a text. */
  finds(text: string, pattern: string, letters: "any case" | "as written"): string;
  /** Two-valued: NULL counts as false. */
  isTrue(condition: string): string;
  isNotTrue(condition: string): string;
  /** The day of an instant by `seconds` ahead of UTC, of which the next holds from each of the instants `starts` on; both with commas between. */
  localDay(instant: string, starts: string, seconds: string): string;
  /** The first day on or behind `from` that is `date` or a whole number of years later; 29 February is the 28th then. */
  comesRound(date: string, from: string): string;
  /** 32 lower-case hexadecimal digits, the same for the same salt and key on every database and run. */
  draw(salt: string, key: string): string;
  /** Aggregate: whether a condition holds for some row; NULL counts as false. */
  someRow(condition: string): string;
  /** Aggregate: all bits that are set in some row. */
  anyBits(whole: string): string;
  /** Aggregate: the value of the first or last row by several keys, known or not. */
  atEnd(end: "first" | "last", value: string, keys: readonly string[]): string;
  /** Aggregate: the known value that comes first or last by several keys, all of them known where it is. */
  extreme(end: "first" | "last", value: string, keys: readonly string[]): string;
  /** An aggregate over the rows for which a condition holds. */
  filtered(aggregate: string, condition: string): string;
  /** Aggregate: a number that is not above that of different values, and mostly the same where those are few. */
  differing(value: string, filter: string | null): string;
  /** A whole number: the same for the same values, and hardly ever for others. */
  mark(values: readonly string[]): string;
  /** The number of the stretch of time that an instant lies in, where each has 2 to the power of `exponent` microseconds. */
  stretch(instant: string, exponent: number): string;
  /** Whole microseconds from one instant to another. */
  microseconds(from: string, until: string): string;
  /** How often a whole number goes into another. */
  quotient(whole: string, by: string): string;
  /** 2 to the power of a whole number from 0 to 62, as a DOUBLE. */
  powerOfTwo(exponent: string): string;
  /** A whole number of which sums and products do not overflow. */
  wide(whole: string): string;
  /** Joins that keep the left row, once, if there is a match or if there is none. */
  readonly semiJoin: string;
  readonly antiJoin: string;
  /** Joins each left row with the one right row that comes nearest by an order among those that an equality admits; the second keeps left rows without one. */
  readonly nearestJoin: string;
  readonly nearestLeftJoin: string;
}

export const duckdb: Dialect = {
  name: "duckdb",
  fold: (text) => `lower(trim(${text}))`,
  startsWith: (text, prefix) => `starts_with(${text}, ${prefix})`,
  endsWith: (text, suffix) => `ends_with(${text}, ${suffix})`,
  holdsText: (text, piece) => `contains(${text}, ${piece})`,
  holdsItem: (list, item) => `list_contains(${list}, ${item})`,
  mapped: (list, change) => `list_transform(${list}, lambda item: ${change("item")})`,
  trim: (text) => `trim(${text})`,
  isLike: (text, pattern) => `${text} LIKE ${pattern} ESCAPE '\\'`,
  finds: (text, pattern, letters) => `regexp_matches(${text}, ${pattern}${letters === "any case" ? ", 'i'" : ""})`,
  isTrue: (condition) => `(${condition}) IS TRUE`,
  isNotTrue: (condition) => `(${condition}) IS NOT TRUE`,
  localDay: (instant, starts, seconds) => {
    const list = (text: string, type: string) => `CAST(string_split(${text}, ',') AS ${type}[])`;
    const passed = `list_filter(${list(starts, "TIMESTAMP")}, lambda start: start <= ${instant})`;
    return `CAST(${instant} + to_seconds(list_extract(${list(seconds, "INTEGER")}, len(${passed}) + 1)) AS DATE)`;
  },
  comesRound: (date, from) => {
    const years = `greatest(year(${from}) - year(${date}), 0)`;
    const after = (count: string) => `CAST(${date} + to_years(CAST(${count} AS INTEGER)) AS DATE)`;
    return `CASE WHEN ${date} IS NULL OR ${from} IS NULL THEN NULL WHEN ${after(years)} >= ${from} THEN ${after(years)} ELSE ${after(`${years} + 1`)} END`;
  },
  draw: (salt, key) => `md5(concat(${salt}, ':', ${key}))`,
  someRow: (condition) => `bool_or(${condition})`,
  anyBits: (whole) => `bit_or(${whole})`,
  atEnd: (end, value, keys) =>
    `${end === "first" ? "arg_min_null" : "arg_max_null"}(${value}, row(${keys.join(", ")}))`,
  extreme: (end, value, keys) => `${end === "first" ? "arg_min" : "arg_max"}(${value}, row(${keys.join(", ")}))`,
  filtered: (aggregate, condition) => `${aggregate} FILTER (${condition})`,
  // Each value sets one of 64 bits.
  differing: (value, filter) =>
    `bit_count(bit_or(CAST(1 AS UBIGINT) << (hash(${value}) & 63))${filter === null ? "" : ` FILTER (${filter})`})`,
  mark: (values) => `hash(${values.join(", ")})`,
  stretch: (instant, exponent) => `(epoch_us(${instant}) >> ${exponent})`,
  microseconds: (from, until) => `(epoch_us(${until}) - epoch_us(${from}))`,
  quotient: (whole, by) => `(${whole} // ${by})`,
  powerOfTwo: (exponent) => `CAST(CAST(1 AS BIGINT) << ${exponent} AS DOUBLE)`,
  wide: (whole) => `CAST(${whole} AS HUGEINT)`,
  semiJoin: "SEMI JOIN",
  antiJoin: "ANTI JOIN",
  nearestJoin: "ASOF JOIN",
  nearestLeftJoin: "ASOF LEFT JOIN",
};

const drawDigits = 13;

/** The draws of `share` percent of all keys sort below this text. */
export function drawLimit(share: number): string {
  const all = 16 ** drawDigits;
  const limit = Math.round((share / 100) * all);
  // Behind every digit: nothing is drawn above 100%.
  return limit >= all ? "g" : Math.max(limit, 0).toString(16).padStart(drawDigits, "0");
}
