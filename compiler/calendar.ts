// Calendar time in one zone: moving instants by days and months, days of instants, first instants of days and periods.

import { DateTime, IANAZone } from "luxon";
import type { Calendar as Period, PeriodUnit } from "../grammar/ast/expr.ts";
import { Bug, unreachable } from "../grammar/unreachable.ts";
import type { Length, Moment } from "./ir/condition.ts";

/** Instants are epoch milliseconds, days are yyyy-mm-dd, wall clocks yyyy-mm-ddThh:mm[:ss[.sss]] in the calendar's zone. */
export interface ZoneCalendar {
  readonly zone: string;
  /** 1 is Monday. */
  readonly firstWeekday: number;
  /** Moves an instant: `min` and `h` exactly, days to years keep the wall clock. Ends at the first and last year, 1 and 9999. */
  shift(at: number, by: Length): number;
  /** Moves a day by days, weeks, months or years; a day that the month lacks is its last. */
  shiftDay(day: string, by: Length): string;
  /** The instant of a wall clock: one that is skipped moves forward, of one that comes twice it is the first. */
  instantOf(wallClock: string): number;
  wallClockOf(at: number): string;
  dayOf(at: number): string;
  /** First instant of a day. */
  startOfDay(day: string): number;
  /** 1 is Monday. */
  weekdayOf(day: string): number;
  resolveInstant(moment: Moment, now: number): number;
  resolveDay(moment: Moment, now: number): string;
}

const dayMs = 86_400_000;
// A day inside the years 1 and 9999, so that the wall clock of no zone leaves them.
const earliest = Date.parse("0001-01-02T00:00:00Z");
const latest = Date.parse("9999-12-30T23:59:59.999Z");
const exactMs = { min: 60_000, h: 3_600_000 } as const;
const longUnits = { d: "days", w: "weeks", mo: "months", y: "years" } as const;

/** Asking Intl takes about as long as reading a small file, and a project names the same few zones again and again. */
const zones = new Set<string>();

export function isZone(zone: string): boolean {
  if (!zones.has(zone) && IANAZone.isValidZone(zone)) zones.add(zone);
  return zones.has(zone);
}

/** What the clocks of a zone are ahead of UTC, from an instant on. */
export interface Offset {
  readonly from: number;
  readonly offsetS: number;
}

const offsets = new Map<string, readonly Offset[]>();
const firstOffset = Date.parse("1850-01-01T00:00:00Z");
const lastOffset = Date.parse("2101-01-01T00:00:00Z");
/** No zone changes its clock twice within this many days and back to the offset it had. */
const strideMs = 10 * dayMs;

/** Offsets from 1850 to 2100, each with the change that it begins with; the first holds for all before, the last for all behind. */
export function offsetsOf(zone: string): readonly Offset[] {
  const known = offsets.get(zone);
  if (known) return known;
  const iana = IANAZone.create(zone);
  const offset = (at: number) => Math.round(iana.offset(at) * 60);
  const found = [{ from: Number.NEGATIVE_INFINITY, offsetS: offset(firstOffset) }];
  for (let at = firstOffset; at < lastOffset; at += strideMs) {
    if (offset(at) === offset(at + strideMs)) continue;
    let [early, late] = [at, at + strideMs];
    while (late - early > 1) {
      const middle = Math.floor((early + late) / 2);
      if (offset(middle) === offset(at)) early = middle;
      else late = middle;
    }
    found.push({ from: late, offsetS: offset(late) });
  }
  offsets.set(zone, found);
  return found;
}

/** `firstWeekday`: 1 is Monday. */
export function calendarOf(zone: string, firstWeekday: number): ZoneCalendar {
  const local = localTime(zone);
  const dayOf = (at: number) => printDay(local.of(at));
  const startOfDay = (day: string) => within(local.firstOf(parseDay(day)));
  const calendar: ZoneCalendar = {
    zone,
    firstWeekday,
    shift(at, by) {
      if (by.unit === "min" || by.unit === "h") return within(at + by.amount * exactMs[by.unit]);
      if (by.amount === 0) return at;
      return within(local.instantOf(moveLocal(local.of(at), by)));
    },
    shiftDay: (day, by) => printDay(moveLocal(parseDay(day), by)),
    instantOf: (wallClock) => within(local.instantOf(parseLocal(wallClock))),
    wallClockOf: (at) => new Date(local.of(at)).toISOString().slice(0, -1),
    dayOf,
    startOfDay,
    weekdayOf: (day) => weekday(parseDay(day)),
    resolveInstant(moment, now) {
      switch (moment.kind) {
        case "now":
          return now;
        case "shift":
          return calendar.shift(now, moment.by);
        case "instant":
          return within(Date.parse(moment.utc));
        case "day":
        case "period":
          return startOfDay(calendar.resolveDay(moment, now));
        default:
          return unreachable(moment);
      }
    },
    resolveDay(moment, now) {
      switch (moment.kind) {
        case "now":
        case "instant":
          return dayOf(calendar.resolveInstant(moment, now));
        case "shift":
          if (moment.by.unit === "min" || moment.by.unit === "h") return dayOf(calendar.shift(now, moment.by));
          return printDay(moveLocal(parseDay(dayOf(now)), moment.by));
        case "day":
          return printDay(parseDay(moment.date) + (moment.edge === "end" ? dayMs : 0));
        case "period":
          return printDay(edgeOf(parseDay(dayOf(now)), moment, firstWeekday));
        default:
          return unreachable(moment);
      }
    },
  };
  return calendar;
}

// A "local" number is a wall clock read as if it were UTC, in milliseconds.
function localTime(zone: string) {
  if (!isZone(zone)) throw new Bug(`no zone ${zone}`);
  const iana = IANAZone.create(zone);
  const offset = (at: number) => Math.round(iana.offset(at) * 60_000);
  // Zones lie within a day of UTC, so one of these two offsets holds on either side of any change near `local`.
  const sides = (local: number) => ({ before: offset(local - dayMs), after: offset(local + dayMs) });
  const matching = (local: number) => {
    const { before, after } = sides(local);
    const found = [local - before, local - after].filter((at) => at + offset(at) === local);
    return found.length > 0 ? Math.min(...found) : null;
  };
  return {
    of: (at: number) => at + offset(at),
    instantOf: (local: number) => matching(local) ?? local - sides(local).before,
    /** The first instant whose wall clock is not before `local`. */
    firstOf(local: number): number {
      const found = matching(local);
      if (found !== null) return found;
      const { before, after } = sides(local);
      let [early, late] = [local - after - 1, local - before];
      while (late - early > 1) {
        const middle = Math.floor((early + late) / 2);
        if (middle + offset(middle) >= local) late = middle;
        else early = middle;
      }
      return late;
    },
  };
}

function moveLocal(local: number, by: Length): number {
  if (by.unit === "min" || by.unit === "h") throw new Bug("a day moves by days");
  const moved = DateTime.fromMillis(local, { zone: "utc" }).plus({ [longUnits[by.unit]]: by.amount });
  if (moved.isValid) return within(moved.toMillis());
  return by.amount < 0 ? earliest : latest;
}

function edgeOf(day: number, moment: Moment & { kind: "period" }, firstWeekday: number): number {
  const period: Period = moment.calendar;
  const isEnd = moment.edge === "end" ? 1 : 0;
  if (!("unit" in period)) {
    return day + ({ yesterday: -1, today: 0, tomorrow: 1 }[period.kind] + isEnd) * dayMs;
  }
  const steps = { last: -1, this: 0, next: 1 }[period.kind] + isEnd;
  if (period.unit === "week") {
    const sinceFirst = (weekday(day) - firstWeekday + 7) % 7;
    return day + (steps * 7 - sinceFirst) * dayMs;
  }
  return firstOfPeriod(day, period.unit, steps);
}

function firstOfPeriod(day: number, unit: Exclude<PeriodUnit, "week">, steps: number): number {
  const start = DateTime.fromMillis(day, { zone: "utc" }).startOf(unit);
  return start.plus({ [`${unit}s`]: steps }).toMillis();
}

function weekday(local: number): number {
  return ((((Math.floor(local / dayMs) + 3) % 7) + 7) % 7) + 1;
}

function parseLocal(wallClock: string): number {
  const local = DateTime.fromISO(wallClock, { zone: "utc" });
  if (!local.isValid) throw new Bug(`no wall clock: ${wallClock}`);
  return local.toMillis();
}

function parseDay(day: string): number {
  return parseLocal(`${day}T00:00`);
}

function printDay(local: number): string {
  return new Date(within(local)).toISOString().slice(0, 10);
}

function within(at: number): number {
  return Math.min(Math.max(at, earliest), latest);
}
