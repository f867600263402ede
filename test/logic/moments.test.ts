// How far apart two places in time can be is never more than what is said of them, whatever the instant and the zone.

import fc from "fast-check";
import { expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import type { Moment } from "../../compiler/ir/condition.ts";
import { type Line, mostBehind } from "../../compiler/logic/moments.ts";
import type { Calendar } from "../../grammar/ast/expr.ts";

const calendar: fc.Arbitrary<Calendar> = fc.oneof(
  fc.record({ kind: fc.constantFrom("today" as const, "yesterday" as const, "tomorrow" as const) }),
  fc.record({
    kind: fc.constantFrom("this" as const, "last" as const, "next" as const),
    unit: fc.constantFrom("week" as const, "month" as const, "quarter" as const, "year" as const),
  }),
);
const unit = fc.constantFrom("min" as const, "h" as const, "d" as const, "w" as const, "mo" as const, "y" as const);
const moment: fc.Arbitrary<Moment> = fc.oneof(
  fc.constant({ kind: "now" } as const),
  fc.record({
    kind: fc.constant("shift" as const),
    by: fc.record({ amount: fc.integer({ min: -40, max: 40 }), unit }),
  }),
  fc.record({
    kind: fc.constant("period" as const),
    calendar,
    edge: fc.constantFrom("start" as const, "end" as const),
  }),
  fc.record({
    kind: fc.constant("day" as const),
    date: fc.constantFrom("2026-03-29", "2026-03-30", "2024-02-29"),
    edge: fc.constantFrom("start" as const, "end" as const),
  }),
  fc.constant({ kind: "instant", utc: "2026-03-29T01:30:00Z" } as const),
);

const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"];
const day = 86_400_000;
/** Around changes of clocks, the ends of months, and the day that Apia left out. */
const now = fc.oneof(
  fc.integer({ min: Date.parse("2024-01-01"), max: Date.parse("2028-01-01") }),
  fc
    .tuple(
      fc.constantFrom("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2024-02-29", "2026-12-31", "2011-12-30"),
      fc.integer({ min: -2 * day, max: 2 * day }),
    )
    .map(([date, by]) => Date.parse(date) + by),
);

test.each(["instant", "day"] as const)("bounds between places on the line of %ss", (line: Line) => {
  const calendars = zones.map((zone) => calendarOf(zone, 1));
  let finite = 0;
  fc.assert(
    fc.property(moment, moment, now, fc.constantFrom(...calendars), (left, right, at, zone) => {
      const most = mostBehind(left, right, line, zone);
      if (most < Infinity) finite++;
      const place = (one: Moment) =>
        line === "instant" ? zone.resolveInstant(one, at) : Date.parse(zone.resolveDay(one, at)) / day;
      expect(place(left) - place(right)).toBeLessThanOrEqual(most);
    }),
    { numRuns: 20_000 },
  );
  expect(finite).toBeGreaterThan(5_000);
});

test("what is nearer is nearer", () => {
  const zone = calendarOf("Europe/Berlin", 1);
  const ago = (amount: number, unit: "h" | "d" | "w" | "mo" | "y"): Moment => {
    return { kind: "shift", by: { amount: -amount, unit } };
  };
  const isBefore = (left: Moment, right: Moment) => mostBehind(left, right, "instant", zone) < 0;
  expect(isBefore(ago(90, "d"), ago(30, "d"))).toBe(true);
  expect(isBefore(ago(2, "d"), ago(1, "d"))).toBe(true);
  expect(isBefore(ago(5, "w"), ago(30, "d"))).toBe(true);
  expect(isBefore(ago(13, "mo"), ago(1, "y"))).toBe(true);
  expect(isBefore(ago(40, "d"), ago(1, "mo"))).toBe(true);
  expect(isBefore(ago(48, "h"), ago(1, "d"))).toBe(true);
  expect(isBefore(ago(24, "h"), ago(1, "d"))).toBe(false);
  expect(isBefore(ago(1, "d"), ago(24, "h"))).toBe(false);
  expect(mostBehind(ago(12, "mo"), ago(1, "y"), "instant", zone)).toBe(0);
});
