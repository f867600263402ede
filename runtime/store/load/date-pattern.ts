// Date formats as people write them (`yyyymmdd`, `d.M.yyyy HH:mm`), turned into the engine's.

import { Failed, failure } from "../../failures/failures.ts";

export interface DatePattern {
  /** For the engine's strptime. */
  readonly format: string;
  /** Number of characters, where nothing but the length keeps the parts apart; null where separators do. */
  readonly length: number | null;
  /** True for `yyyy`: a year of fewer digits does not fit. */
  readonly hasFullYear: boolean;
}

type Part = "year" | "month" | "day" | "hour" | "minute" | "second" | "fraction" | "half" | "weekday";
interface Code {
  readonly part: Part;
  readonly format: string;
}

const code = (part: Part, format: string): Code => ({ part, format });

/** By run of letters. Small `m` is looked up apart: it is a minute only behind an hour. */
const codes: Readonly<Record<string, Code>> = {
  yyyy: code("year", "%Y"),
  YYYY: code("year", "%Y"),
  yy: code("year", "%y"),
  YY: code("year", "%y"),
  MMMM: code("month", "%B"),
  MMM: code("month", "%b"),
  MM: code("month", "%m"),
  M: code("month", "%m"),
  dd: code("day", "%d"),
  d: code("day", "%d"),
  DD: code("day", "%d"),
  D: code("day", "%d"),
  HH: code("hour", "%H"),
  H: code("hour", "%H"),
  hh: code("hour", "%H"),
  h: code("hour", "%H"),
  ss: code("second", "%S"),
  s: code("second", "%S"),
  SSS: code("fraction", "%g"),
  a: code("half", "%p"),
  EEEE: code("weekday", "%A"),
  EEE: code("weekday", "%a"),
};

const isWordy = (format: string) => ["%B", "%b", "%p", "%A", "%a"].includes(format);

function codeOf(run: string, seen: ReadonlySet<Part>): Code | undefined {
  if (!/^m+$/.test(run)) return codes[run];
  if (run.length <= 2 && seen.has("hour") && !seen.has("minute")) return code("minute", "%M");
  return codes[run.toUpperCase()];
}

/** Throws F147 where a letter means nothing, a part comes twice, or there is no year. */
export function datePattern(pattern: string): DatePattern {
  const wrong = () => new Failed(failure("F147", { pattern }));
  const seen = new Set<Part>();
  const parts = pattern.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']/g) ?? [];
  if (parts.join("") !== pattern) throw wrong();
  let separators = 0;
  const formats = parts.map((run) => {
    if (run.startsWith("'") || run === "T" || !/[A-Za-z]/.test(run)) {
      separators += 1;
      return run.replaceAll("'", "").replaceAll("%", "%%");
    }
    const found = codeOf(run, seen);
    if (!found || seen.has(found.part)) throw wrong();
    seen.add(found.part);
    return found.format;
  });
  if (!seen.has("year")) throw wrong();
  // `hh` counts to twelve only where the half of the day is written too.
  const format = formats.map((part) => (part === "%H" && seen.has("half") ? "%I" : part));
  const isPacked = separators === 0 && !format.some(isWordy);
  return { format: format.join(""), length: isPacked ? pattern.length : null, hasFullYear: format.includes("%Y") };
}
