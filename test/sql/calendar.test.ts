import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calendarOf, type ZoneCalendar } from "../../compiler/calendar.ts";
import type { Length, Moment } from "../../compiler/ir/condition.ts";

const utc = (iso: string) => Date.parse(iso.length === 10 ? `${iso}T00:00:00Z` : `${iso}Z`);
const iso = (at: number) => new Date(at).toISOString().slice(0, 16);
const length = (written: string): Length => {
  const [, amount, unit] = /^(-?[\d.]+)(min|h|d|w|mo|y)$/.exec(written) ?? [];
  return { amount: Number(amount), unit: unit as Length["unit"] };
};
const zones = new Map<string, ZoneCalendar>();
const zone = (name: string) => {
  const known = zones.get(name) ?? calendarOf(name, 1);
  zones.set(name, known);
  return known;
};

describe("moving an instant", () => {
  test.each([
    // zone, wall clock, by, wall clock after, instant after in UTC
    ["Europe/Berlin", "2026-03-28T09:00", "1d", "2026-03-29T09:00", "2026-03-29T07:00"],
    ["Europe/Berlin", "2026-03-28T09:00", "24h", "2026-03-29T10:00", "2026-03-29T08:00"],
    ["Europe/Berlin", "2026-03-28T02:30", "1d", "2026-03-29T03:30", "2026-03-29T01:30"],
    ["Europe/Berlin", "2026-03-30T02:30", "-1d", "2026-03-29T03:30", "2026-03-29T01:30"],
    ["Europe/Berlin", "2026-10-24T02:30", "1d", "2026-10-25T02:30", "2026-10-25T00:30"],
    ["Europe/Berlin", "2026-10-26T02:30", "-1d", "2026-10-25T02:30", "2026-10-25T00:30"],
    ["America/New_York", "2026-03-07T02:30", "1d", "2026-03-08T03:30", "2026-03-08T07:30"],
    ["America/New_York", "2026-11-02T01:30", "-1d", "2026-11-01T01:30", "2026-11-01T05:30"],
    ["America/New_York", "2026-10-25T01:30", "1w", "2026-11-01T01:30", "2026-11-01T05:30"],
    ["Australia/Lord_Howe", "2026-10-03T02:15", "1d", "2026-10-04T02:45", "2026-10-03T15:45"],
    ["Australia/Lord_Howe", "2026-04-06T01:45", "-1d", "2026-04-05T01:45", "2026-04-04T14:45"],
    ["Pacific/Apia", "2011-12-29T09:00", "1d", "2011-12-31T09:00", "2011-12-30T19:00"],
    ["Pacific/Apia", "2011-12-29T09:00", "2d", "2011-12-31T09:00", "2011-12-30T19:00"],
    ["Pacific/Apia", "2012-01-01T00:00", "-2d", "2011-12-31T00:00", "2011-12-30T10:00"],
    ["Pacific/Kiritimati", "1994-12-30T12:00", "1d", "1995-01-01T12:00", "1994-12-31T22:00"],
    ["Pacific/Kiritimati", "2026-01-31T23:30", "1mo", "2026-02-28T23:30", "2026-02-28T09:30"],
    ["Europe/Berlin", "2026-01-31T10:00", "1mo", "2026-02-28T10:00", "2026-02-28T09:00"],
    ["Europe/Berlin", "2028-01-31T10:00", "1mo", "2028-02-29T10:00", "2028-02-29T09:00"],
    ["Europe/Berlin", "2026-03-31T10:00", "-1mo", "2026-02-28T10:00", "2026-02-28T09:00"],
    ["Europe/Berlin", "2028-02-29T10:00", "1y", "2029-02-28T10:00", "2029-02-28T09:00"],
    ["Europe/Berlin", "2026-05-31T10:00", "90min", "2026-05-31T11:30", "2026-05-31T09:30"],
    ["Europe/Berlin", "1880-06-01T12:00", "1d", "1880-06-02T12:00", "1880-06-02T11:06"],
    ["America/New_York", "2150-07-03T12:00", "1d", "2150-07-04T12:00", "2150-07-04T16:00"],
  ])("%s %s + %s", (name, from, by, wallClock, instant) => {
    const calendar = zone(name);
    const moved = calendar.shift(calendar.instantOf(from), length(by));
    expect([calendar.wallClockOf(moved).slice(0, 16), iso(moved)]).toEqual([wallClock, instant]);
  });

  test("a repeated wall clock that is already the second one stays for no days", () => {
    const second = utc("2026-10-25T01:30");
    expect(zone("Europe/Berlin").shift(second, length("0d"))).toBe(second);
  });

  test("ends at the first and the last year instead of leaving them", () => {
    const calendar = zone("Europe/Berlin");
    expect(iso(calendar.shift(utc("2026-01-01"), length("-9000y"))).slice(0, 10)).toBe("0001-01-02");
    expect(iso(calendar.shift(utc("2026-01-01"), length("99999999999d"))).slice(0, 10)).toBe("9999-12-30");
    expect(calendar.resolveDay({ kind: "shift", by: length("-9000y") }, utc("2026-01-01"))).toBe("0001-01-02");
  });

  test("the wall clock of an instant gives it back, or its first twin", () => {
    const anyZone = fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia");
    fc.assert(
      fc.property(anyZone, fc.integer({ min: utc("1990-01-01"), max: utc("2035-01-01") }), (name, at) => {
        const calendar = zone(name);
        const back = calendar.instantOf(calendar.wallClockOf(at));
        expect(calendar.wallClockOf(back)).toBe(calendar.wallClockOf(at));
        expect(back === at || (back < at && at - back <= 3_600_000)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("first instants", () => {
  test.each([
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00"],
    ["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00"], // midnight was skipped
    ["America/Havana", "2026-11-01", "2026-11-01T04:00"], // midnight comes twice
    ["Pacific/Apia", "2011-12-30", "2011-12-30T10:00"], // the whole day was skipped
    ["Pacific/Apia", "2011-12-31", "2011-12-30T10:00"],
    ["America/Toronto", "1919-03-31", "1919-03-31T04:30"], // half past eleven became half past midnight
    ["Pacific/Kiritimati", "2026-05-01", "2026-04-30T10:00"],
  ])("%s %s", (name, day, instant) => {
    expect(iso(zone(name).startOfDay(day))).toBe(instant);
  });

  test("no instant of a day comes before its first", () => {
    const names = fc.constantFrom(
      "America/Sao_Paulo",
      "Africa/Cairo",
      "Asia/Beirut",
      "America/Havana",
      "Europe/Berlin",
    );
    fc.assert(
      fc.property(names, fc.integer({ min: utc("1975-01-01"), max: utc("2030-01-01") }), (name, at) => {
        const calendar = zone(name);
        const start = calendar.startOfDay(calendar.dayOf(at));
        expect(start).toBeLessThanOrEqual(at);
        expect(calendar.dayOf(start - 1) < calendar.dayOf(at)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("moments", () => {
  const now = utc("2026-03-29T12:00"); // a Sunday, 14:00 in Berlin, the day its clocks changed
  const period = (written: string, edge: "start" | "end"): Moment => {
    const [kind, unit] = written.split(" ");
    return { kind: "period", calendar: (unit === undefined ? { kind } : { kind, unit }) as never, edge };
  };
  test.each([
    ["today", 1, "2026-03-29", "2026-03-30"],
    ["yesterday", 1, "2026-03-28", "2026-03-29"],
    ["tomorrow", 1, "2026-03-30", "2026-03-31"],
    ["this week", 1, "2026-03-23", "2026-03-30"],
    ["this week", 7, "2026-03-29", "2026-04-05"],
    ["last week", 6, "2026-03-21", "2026-03-28"],
    ["next week", 1, "2026-03-30", "2026-04-06"],
    ["this month", 1, "2026-03-01", "2026-04-01"],
    ["last month", 1, "2026-02-01", "2026-03-01"],
    ["next month", 1, "2026-04-01", "2026-05-01"],
    ["this quarter", 1, "2026-01-01", "2026-04-01"],
    ["last quarter", 1, "2025-10-01", "2026-01-01"],
    ["next quarter", 1, "2026-04-01", "2026-07-01"],
    ["this year", 1, "2026-01-01", "2027-01-01"],
    ["last year", 1, "2025-01-01", "2026-01-01"],
    ["next year", 1, "2027-01-01", "2028-01-01"],
  ])("%s, weeks from day %i", (written, firstWeekday, start, end) => {
    const calendar = calendarOf("Europe/Berlin", firstWeekday);
    expect(calendar.resolveDay(period(written, "start"), now)).toBe(start);
    expect(calendar.resolveDay(period(written, "end"), now)).toBe(end);
    expect(calendar.resolveInstant(period(written, "start"), now)).toBe(calendar.startOfDay(start));
    expect(calendar.resolveInstant(period(written, "end"), now)).toBe(calendar.startOfDay(end));
  });

  test("a day, its end, an instant and a shift", () => {
    const berlin = zone("Europe/Berlin");
    const day = (edge: "start" | "end"): Moment => ({ kind: "day", date: "2026-03-29", edge });
    expect(iso(berlin.resolveInstant(day("start"), 0))).toBe("2026-03-28T23:00");
    expect(iso(berlin.resolveInstant(day("end"), 0))).toBe("2026-03-29T22:00");
    expect(berlin.resolveDay(day("end"), 0)).toBe("2026-03-30");
    expect(berlin.resolveDay({ kind: "instant", utc: "2026-03-28T23:30:00Z" }, 0)).toBe("2026-03-29");
    expect(berlin.resolveDay({ kind: "now" }, now)).toBe("2026-03-29");
    expect(berlin.resolveDay({ kind: "shift", by: length("10h") }, now)).toBe("2026-03-30");
    expect(berlin.resolveDay({ kind: "shift", by: length("-1mo") }, now)).toBe("2026-02-28");
    expect(iso(berlin.resolveInstant({ kind: "shift", by: length("-1d") }, now))).toBe("2026-03-28T13:00");
    expect(berlin.shiftDay("2028-02-29", length("1y"))).toBe("2029-02-28");
    expect(berlin.weekdayOf("2026-03-29")).toBe(7);
  });
});
