// Rules 4, 5 and 19: when mail may go out next, by quiet hours, hours and days.

import { describe, expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import { closedAt, type DaysRule, type HoursRule } from "../../runtime/engine/openings.ts";
import { at, clockOf } from "./world.ts";

const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const hours = (kind: HoursRule["kind"], from: string, to: string, isLocal = true): HoursRule => {
  return { kind, from: minutes(from), to: minutes(to), isLocal, title: `${kind} ${from} ${to}` };
};
const quiet = (from: string, to: string, isLocal = true) => hours("quiet hours", from, to, isLocal);
const between = (from: string, to: string) => hours("send only between", from, to);
type Days = readonly number[] | "weekdays";
const on = (days: Days, isLocal = true): DaysRule => ({
  kind: "send only on",
  days,
  isLocal,
  title: "days",
});

const isHours = (rule: HoursRule | DaysRule): rule is HoursRule => "from" in rule;
const isDays = (rule: HoursRule | DaysRule): rule is DaysRule => !("from" in rule);

interface Where {
  readonly zone?: string;
  readonly country?: string;
}

/** Wall clocks of the place, or UTC with a Z. */
function next(rules: readonly (HoursRule | DaysRule)[], now: string, { zone = "UTC", country }: Where = {}): string {
  const local = calendarOf(zone, 1);
  const instant = now.endsWith("Z") ? at(now.slice(0, -1)) : local.instantOf(now.replace(" ", "T"));
  const closed = closedAt(
    rules.filter(isHours),
    rules.filter(isDays),
    { local, project: calendarOf("UTC", 1), country: country ?? null },
    instant,
  );
  if (closed === null) return "open";
  if (closed.until === null) return "never";
  return now.endsWith("Z")
    ? `${clockOf(closed.until)}Z`
    : local.wallClockOf(closed.until).slice(0, 16).replace("T", " ");
}

describe("hours", () => {
  test.each([
    ["2026-03-02 19:59", "open"],
    ["2026-03-02 20:00", "2026-03-03 08:00"],
    ["2026-03-03 00:00", "2026-03-03 08:00"],
    ["2026-03-03 07:59", "2026-03-03 08:00"],
    ["2026-03-03 08:00", "open"],
  ])("quiet from 20:00 to 08:00, at %s", (now, then) => {
    for (const zone of ["UTC", "Asia/Kathmandu", "America/New_York"]) {
      expect(next([quiet("20:00", "08:00")], now, { zone })).toBe(then);
    }
  });
  test.each([
    ["2026-03-02 08:00", "open"],
    ["2026-03-02 17:59", "open"],
    ["2026-03-02 18:00", "2026-03-03 08:00"],
    ["2026-03-02 07:00", "2026-03-02 08:00"],
  ])("only between 08:00 and 18:00, which is not among them, at %s", (now, then) => {
    expect(next([between("08:00", "18:00")], now)).toBe(then);
  });
  test("between may run over midnight, and several rules hold together", () => {
    expect(next([between("22:00", "02:00")], "2026-03-02 12:00")).toBe("2026-03-02 22:00");
    expect(next([between("22:00", "02:00")], "2026-03-03 01:59")).toBe("open");
    expect(next([quiet("12:00", "14:00"), between("09:00", "17:00")], "2026-03-02 08:00")).toBe("2026-03-02 09:00");
    expect(next([quiet("08:00", "10:00"), between("09:00", "17:00")], "2026-03-02 08:30")).toBe("2026-03-02 10:00");
    expect(next([quiet("16:00", "18:00"), between("09:00", "17:00")], "2026-03-02 16:30")).toBe("2026-03-03 09:00");
  });
  test("without `local` the clock is the project's", () => {
    expect(next([quiet("20:00", "08:00", false)], "2026-03-02 21:00Z", { zone: "America/New_York" })).toBe(
      "2026-03-03 08:00Z",
    );
  });
  test("rules of two zones that leave no time open for good", () => {
    expect(next([quiet("00:00", "12:00", false), between("00:00", "12:00")], "2026-03-02 12:00")).toBe("never");
  });
});

describe("where clocks change", () => {
  // Berlin: 02:00 becomes 03:00 on 29 March, and 03:00 becomes 02:00 on 25 October 2026.
  test.each([
    ["a night that is an hour shorter", [quiet("20:00", "08:00")], "2026-03-28 20:00Z", "2026-03-29 06:00Z"],
    ["an end that is skipped", [quiet("20:00", "02:30")], "2026-03-29 00:30Z", "2026-03-29 01:00Z"],
    ["a night that is an hour longer", [quiet("20:00", "08:00")], "2026-10-24 20:00Z", "2026-10-25 07:00Z"],
    ["an end that comes twice, in the first hour", [quiet("20:00", "02:45")], "2026-10-25 00:30Z", "2026-10-25 00:45Z"],
    [
      "an end that comes twice, in the second hour",
      [quiet("20:00", "02:45")],
      "2026-10-25 01:30Z",
      "2026-10-25 01:45Z",
    ],
    ["a start that is skipped", [between("02:30", "05:00")], "2026-03-29 00:30Z", "2026-03-29 01:00Z"],
  ] as const)("%s", (_, rules, now, then) => {
    expect(next(rules, now, { zone: "Europe/Berlin" })).toBe(then);
  });
  test("half an hour at Lord Howe, and the day that Apia left out", () => {
    // 02:00 becomes 01:30 on 5 April 2026.
    expect(next([quiet("20:00", "01:45")], "2026-04-04 14:30Z", { zone: "Australia/Lord_Howe" })).toBe(
      "2026-04-04 14:45Z",
    );
    expect(next([quiet("20:00", "01:45")], "2026-04-04 15:10Z", { zone: "Australia/Lord_Howe" })).toBe(
      "2026-04-04 15:15Z",
    );
    // There was no 30 December 2011.
    expect(next([quiet("20:00", "08:00")], "2011-12-29 21:00", { zone: "Pacific/Apia" })).toBe("2011-12-31 08:00");
  });
});

describe("holidays", () => {
  const holidays: DaysRule = {
    kind: "no sending on holidays",
    isLocal: false,
    title: "no sending on holidays",
    holidays: [
      { day: "2026-12-24", country: null },
      { day: "2026-12-25", country: "DE" },
      { day: "2026-12-26", country: "DE" },
      { day: "2026-12-28", country: "GB" },
    ],
  };
  test.each([
    [undefined, "2026-12-25 10:00"],
    ["DE", "2026-12-27 10:00"],
    ["GB", "2026-12-25 10:00"],
  ])("of all, and of the people of %s", (country, then) => {
    expect(next([holidays], "2026-12-24 10:00", country ? { country } : {})).toBe(then);
  });
  test("beside weekdays and quiet hours", () => {
    const rules = [quiet("20:00", "08:00"), on("weekdays"), holidays];
    expect(next(rules, "2026-12-23 21:00", { country: "GB" })).toBe("2026-12-25 08:00");
    expect(next(rules, "2026-12-23 21:00", { country: "DE" })).toBe("2026-12-28 08:00");
    expect(next(rules, "2026-12-25 21:00", { country: "GB" })).toBe("2026-12-29 08:00");
  });
  test("by the day of the project's zone", () => {
    expect(next([holidays], "2026-12-25 00:30Z", { zone: "America/New_York" })).toBe("open");
    expect(next([holidays], "2026-12-24 23:30Z", { zone: "Asia/Tokyo" })).toBe("2026-12-25 23:30Z");
  });
});

describe("days", () => {
  test.each([
    ["2026-03-06 10:00", "open"],
    ["2026-03-07 10:00", "2026-03-09 10:00"],
    ["2026-03-08 23:59", "2026-03-09 23:59"],
  ])("weekdays, at %s", (now, then) => {
    expect(next([on("weekdays")], now)).toBe(then);
  });
  test.each([
    ["SA", "2026-03-06 10:00", "2026-03-08 10:00"],
    ["SA", "2026-03-08 10:00", "open"],
    ["IR", "2026-03-06 10:00", "2026-03-07 10:00"],
    ["IN", "2026-03-07 10:00", "open"],
    ["DE", "2026-03-06 10:00", "open"],
  ])("the weekend of %s, at %s", (country, now, then) => {
    expect(next([on("weekdays")], now, { country })).toBe(then);
    // By the project's clock nobody's country is asked.
    expect(next([on("weekdays", false)], "2026-03-06 10:00", { country })).toBe("open");
  });
  test("named days, in the zone of the person", () => {
    expect(next([on([2, 4])], "2026-03-03 20:00", { zone: "America/New_York" })).toBe("open");
    expect(next([on([2, 4])], "2026-03-04 01:00Z", { zone: "America/New_York" })).toBe("open");
    expect(next([on([2, 4], false)], "2026-03-04 01:00Z", { zone: "America/New_York" })).toBe("2026-03-05 01:00Z");
  });
  test("the clock is kept over days on which it is skipped", () => {
    // 29 March, a Sunday, has no 02:30 in Berlin.
    expect(next([on("weekdays")], "2026-03-28 02:30", { zone: "Europe/Berlin" })).toBe("2026-03-30 02:30");
  });
  test("with quiet hours: the next allowed morning", () => {
    const rules = [quiet("20:00", "08:00"), on("weekdays")];
    expect(next(rules, "2026-03-06 21:00")).toBe("2026-03-09 08:00");
    expect(next(rules, "2026-03-07 21:00")).toBe("2026-03-09 08:00");
    expect(next(rules, "2026-03-07 12:00")).toBe("2026-03-09 12:00");
    expect(next([quiet("20:00", "08:00"), on([2])], "2026-03-02 21:00")).toBe("2026-03-03 08:00");
  });
});
