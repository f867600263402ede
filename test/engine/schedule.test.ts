// Grids, offsets and zones of countries: tables of time.

import { IANAZone } from "luxon";
import { expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import type { Length } from "../../compiler/ir/condition.ts";
import { gridBefore, gridFrom, spansOf, zonesOfCountries } from "../../runtime/engine/schedule.ts";
import { at, clockOf } from "./world.ts";

const berlin = calendarOf("Europe/Berlin", 1);
const hours = (amount: number): Length => ({ amount, unit: "h" });

test.each([
  [{ amount: 1, unit: "min" }, "2026-03-02 09:00:30", "2026-03-02 09:01"],
  [{ amount: 1, unit: "min" }, "2026-03-02 09:01", "2026-03-02 09:01"],
  [hours(1), "2026-03-02 09:10", "2026-03-02 10:00"],
  // Midnight in Berlin is 23:00 UTC in winter and 22:00 in summer.
  [hours(6), "2026-03-02 09:10", "2026-03-02 11:00"],
  [hours(6), "2026-03-29 20:00", "2026-03-29 22:00"],
  [hours(7), "2026-03-02 21:00", "2026-03-02 23:00"],
  [{ amount: 1, unit: "d" }, "2026-03-28 23:00:01", "2026-03-29 22:00"],
  [{ amount: 1, unit: "mo" }, "2026-03-02 00:00", "2026-03-31 22:00"],
] as const)("every %j from %s comes to %s", (every, from, to) => {
  expect(clockOf(gridFrom(berlin, every, at(from)))).toBe(to);
});

test("the grid has no instant between the last one and the next", () => {
  for (const every of [hours(1), hours(6), hours(5), { amount: 2, unit: "d" }, { amount: 1, unit: "w" }] as const) {
    for (let instant = at("2026-03-27"); instant < at("2026-04-02"); instant += 47 * 60_000) {
      const before = gridBefore(berlin, every, instant);
      const next = gridFrom(berlin, every, instant + 1);
      expect(before).toBeLessThanOrEqual(instant);
      expect(next).toBeGreaterThan(instant);
      expect(gridFrom(berlin, every, before + 1)).toBe(next);
    }
  }
});

test.each([
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Africa/Casablanca",
])("offsets of %s agree with the zone at every hour of two years", (zone) => {
  const [from, until] = [at("2025-01-01"), at("2027-01-01")];
  const spans = spansOf(zone, from, until);
  const iana = IANAZone.create(zone);
  for (let instant = from; instant < until; instant += 3_600_000) {
    const span = spans.find((candidate) => candidate.from <= instant && instant < candidate.until);
    expect(span?.offsetS).toBe(iana.offset(instant) * 60);
  }
});

test.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])(
  "wall clocks of %s become the instants that the calendar gives, in gaps and in repeated hours too",
  (zone) => {
    const calendar = calendarOf(zone, 1);
    const spans = spansOf(zone, at("2025-01-01"), at("2027-01-01"));
    for (let local = at("2026-01-01"); local < at("2026-12-31"); local += 30 * 60_000) {
      const span = spans.find((candidate) => candidate.untilLocal > local);
      const wall = new Date(local).toISOString().slice(0, 16);
      expect(local - (span?.offsetS ?? 0) * 1000).toBe(calendar.instantOf(wall));
    }
  },
);

test("a country with several zones has none", () => {
  const zones = zonesOfCountries();
  expect(zones.get("JP")).toBe("Asia/Tokyo");
  expect(zones.get("FR")).toBe("Europe/Paris");
  for (const country of ["US", "RU", "AU", "BR", "XX"]) expect(zones.has(country)).toBe(false);
});
