// Instants of rows moved by lengths, and turned into wall clocks and back, by joins with `tz_spans`.

import type { Length } from "../ir/condition.ts";

/** A join, and the SQL value that it gives. */
export interface Joined {
  readonly join: string;
  readonly value: string;
}

/** The wall clock that an instant has in a zone. Both are SQL over the rows that the join follows. */
export function wallClockAt(zone: string, at: string, alias: string): Joined {
  return {
    join: `ASOF LEFT JOIN tz_spans AS ${alias} ON ${alias}."zone" = ${zone} AND ${alias}.from_utc <= ${at}`,
    value: `(${at} + to_seconds(${alias}.offset_s))`,
  };
}

/** The instant of a wall clock in a zone; one that is skipped moves forward, of one that comes twice it is the first. */
export function instantOf(zone: string, wallClock: string, alias: string): Joined {
  return {
    join: `ASOF LEFT JOIN tz_spans AS ${alias} ON ${alias}."zone" = ${zone} AND ${alias}.until_local > ${wallClock}`,
    value: `(${wallClock} - to_seconds(${alias}.offset_s))`,
  };
}

const intervals = { min: "MINUTE", h: "HOUR", d: "DAY", w: "WEEK", mo: "MONTH", y: "YEAR" } as const;

/** SQL of a length; the amount is a whole number of the plan, never a user's text. */
export function interval(length: Length): string {
  return `INTERVAL (${Math.trunc(length.amount)}) ${intervals[length.unit]}`;
}

export const isExact = (length: Length): boolean => length.unit === "min" || length.unit === "h";
