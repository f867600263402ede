// Aggregates as the language defines them, worked out event by event.

import type { AggregateFunction } from "../../grammar/ast/expr.ts";
import type { Scalar } from "../../compiler/types.ts";
import { fold } from "./text-reference.ts";
import type { EventRow, Value } from "./world.ts";

/** Events count once for each value of `distinct`; one that lacks it counts by itself. */
export function occurrences(rows: readonly EventRow[], distinct: string | null): number {
  const names = rows.map((row) => {
    const value = distinct === null ? null : (row.values[distinct] ?? null);
    return value === null ? `event ${row.eventId}` : `value ${value}`;
  });
  return new Set(names).size;
}

interface Valued {
  readonly at: number;
  readonly eventId: string;
  readonly value: Value;
}

interface Values {
  /** Whether letter case and outer space tell nothing apart. */
  readonly isFolded: boolean;
  readonly scalar: Scalar;
}

type Known = Exclude<Value, null>;

/** Of a property. Money goes in and comes out as text. */
export function aggregateOf(name: AggregateFunction, events: readonly Valued[], { isFolded, scalar }: Values): Value {
  const isMoney = scalar.kind === "money";
  const known = events.flatMap(({ value }): readonly Known[] => (value === null ? [] : [value]));
  const formOf = (value: Known) => (isFolded ? fold(String(value)) : isMoney ? Number(value) : value);
  const total = () => known.reduce<number>((sum, value) => sum + units(value), 0);
  const outward = (amount: number) => (isMoney ? String(amount) : amount);
  switch (name) {
    case "count of":
      return events.length;
    case "count of distinct":
      return new Set(known.map(formOf)).size;
    case "sum of":
      return outward(total() / 10_000);
    case "average of":
      return known.length === 0 ? null : outward(total() / (10_000 * known.length));
    case "lowest":
    case "highest": {
      const sign = name === "lowest" ? 1 : -1;
      const order = (one: Known, two: Known) => (one < two ? -sign : one > two ? sign : 0);
      return known.toSorted((one, two) => order(formOf(one), formOf(two)) || order(one, two))[0] ?? null;
    }
    case "first":
    case "last": {
      const inTime = events.toSorted((one, two) => one.at - two.at || (one.eventId < two.eventId ? -1 : 1));
      return inTime.at(name === "first" ? 0 : -1)?.value ?? null;
    }
  }
}

/** Ten-thousandths: sums of them are exact. */
const units = (value: Known): number => Math.round(Number(value) * 10_000);

/** A day and the same one of the hundred years behind it; 29 February is the 28th where there is none. */
export function daysOfYears(day: string): readonly string[] {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  return Array.from({ length: 100 }, (_, count) => {
    const hasLeapDay = new Date(Date.UTC(year + count, 1, 29)).getUTCMonth() === 1;
    const kept = month === 2 && date === 29 && !hasLeapDay ? 28 : date;
    return new Date(Date.UTC(year + count, month - 1, kept)).toISOString().slice(0, 10);
  });
}
