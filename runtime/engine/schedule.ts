// The engine's calendar: what depends on a zone and an instant alone is computed here, once, and joined as a small table.

import { IANAZone } from "luxon";
import { calendarOf, isZone, type ZoneCalendar } from "../../compiler/calendar.ts";
import { zonesOfCountry } from "../../compiler/countries.ts";
import type { Length } from "../../compiler/ir/condition.ts";
import type { ClockTime, WaitUntil } from "../../compiler/ir/program.ts";
import type { Instant } from "../ports.ts";

/** One row of `tz_spans`; instants in epoch milliseconds, `untilLocal` a wall clock read as if it were UTC. */
export interface Span {
  readonly zone: string;
  readonly from: Instant;
  readonly until: Instant;
  readonly offsetS: number;
  readonly untilLocal: number;
}

const dayMs = 86_400_000;
/** No zone changes its clock twice within this many days and back to the offset it had. */
const strideMs = 10 * dayMs;
const farPast = Date.parse("0001-01-01T00:00:00Z");
const farFuture = Date.parse("9999-12-31T00:00:00Z");

type OffsetAt = (at: Instant) => number;

/** Offsets that were asked for at whole strides: asking Intl takes long, and engines ask for the same years again. */
const asked = new Map<string, Map<Instant, number>>();

function rememberedOffsets(zone: string, offset: OffsetAt): OffsetAt {
  const known = asked.get(zone) ?? new Map<Instant, number>();
  asked.set(zone, known);
  return (at) => {
    const found = known.get(at) ?? offset(at);
    known.set(at, found);
    return found;
  };
}

/** Offsets from `from` to `until`, to the second. The first and the last row hold for all that lies before and behind. */
export function spansOf(zone: string, from: Instant, until: Instant): readonly Span[] {
  const iana = IANAZone.create(zone);
  const offset = (at: Instant) => Math.round(iana.offset(at) * 60);
  const atStride = rememberedOffsets(zone, offset);
  const changes: Instant[] = [];
  for (let at = Math.floor(from / strideMs) * strideMs; at < until; at += strideMs) {
    if (atStride(at) === atStride(at + strideMs)) continue;
    const change = changeBetween(offset, at, at + strideMs);
    if (change > from) changes.push(change);
  }
  const starts = [farPast, ...changes];
  return starts.map((start, index) => {
    const offsetS = offset(index === 0 ? from : start);
    const end = starts[index + 1];
    if (end === undefined) return { zone, from: start, until, offsetS, untilLocal: farFuture };
    return { zone, from: start, until: end, offsetS, untilLocal: end + Math.max(offsetS, offset(end)) * 1000 };
  });
}

function changeBetween(offset: OffsetAt, before: Instant, after: Instant): Instant {
  const first = offset(before);
  let [early, late] = [before, after];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (offset(middle) === first) early = middle;
    else late = middle;
  }
  return late;
}

let single: ReadonlyMap<string, string> | null = null;

/** The zone of each country that has exactly one, by its two capital letters. */
export function zonesOfCountries(): ReadonlyMap<string, string> {
  single ??= findSingleZones();
  return single;
}

function findSingleZones(): ReadonlyMap<string, string> {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const countries = letters.flatMap((first) => letters.map((second) => `${first}${second}`));
  const found = new Map<string, string>();
  for (const country of countries) {
    const [zone, ...others] = zonesOfCountry(country);
    if (zone !== undefined && others.length === 0) found.set(country, zone);
  }
  return found;
}

/** The waits whose end depends on the clock of a zone alone. */
export type ClockWait = Extract<WaitUntil, { kind: "weekday" | "clock" | "moment" }>;

/** When such a wait that begins now ends, for a contact in `zone`; now itself is included. */
export function endOfClockWait(wait: ClockWait, calendar: ZoneCalendar, now: Instant): Instant {
  switch (wait.kind) {
    case "moment":
      return wait.at.kind === "utc" ? Date.parse(wait.at.value) : calendar.instantOf(wait.at.value);
    case "clock":
      return nextOf(calendar, now, wait.time, () => true);
    case "weekday":
      return nextOf(calendar, now, wait.time, (day) => calendar.weekdayOf(day) === wait.weekday);
  }
}

function nextOf(
  calendar: ZoneCalendar,
  now: Instant,
  { hour, minute }: ClockTime,
  isWanted: (day: string) => boolean,
): Instant {
  const clock = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
  let day = calendar.dayOf(now);
  for (;;) {
    const at = calendar.instantOf(`${day}T${clock}`);
    if (isWanted(day) && at >= now) return at;
    day = calendar.shiftDay(day, { amount: 1, unit: "d" });
  }
}

/** Calendars of zones, made once; a name that is no zone has the project's. */
export function calendarsOf(project: ZoneCalendar, firstWeekday: number): (zone: string) => ZoneCalendar {
  const known = new Map<string, ZoneCalendar>([[project.zone, project]]);
  return (zone) => {
    const found = known.get(zone) ?? (isZone(zone) ? calendarOf(zone, firstWeekday) : project);
    known.set(zone, found);
    return found;
  };
}

/**
 * The first instant of the grid that is not before `at`. The grid starts anew with each day of the project's zone, so
 * that it does not depend on when a run began: every 6 h means 00:00, 06:00, 12:00 and 18:00.
 */
export function gridFrom(calendar: ZoneCalendar, every: Length, at: Instant): Instant {
  const before = gridBefore(calendar, every, at);
  return before === at ? at : gridAfter(calendar, every, before);
}

/** The last instant of the grid that is not behind `at`. */
export function gridBefore(calendar: ZoneCalendar, every: Length, at: Instant): Instant {
  const strideMs = exactMs(every);
  const start = calendar.startOfDay(calendar.dayOf(at));
  if (strideMs !== null) return start + Math.floor((at - start) / strideMs) * strideMs;
  let count = Math.max(0, Math.floor((at - Date.parse(anchor)) / longestMs(every)) - 1);
  while (gridDay(calendar, every, count + 1) <= at) count++;
  return gridDay(calendar, every, count);
}

function gridAfter(calendar: ZoneCalendar, every: Length, before: Instant): Instant {
  const strideMs = exactMs(every);
  if (strideMs !== null) {
    const tomorrow = calendar.shiftDay(calendar.dayOf(before), { amount: 1, unit: "d" });
    return Math.min(before + strideMs, calendar.startOfDay(tomorrow));
  }
  let count = Math.max(0, Math.floor((before - Date.parse(anchor)) / longestMs(every)) - 1);
  while (gridDay(calendar, every, count) <= before) count++;
  return gridDay(calendar, every, count);
}

const exactMs = ({ amount, unit }: Length): number | null =>
  unit === "min" ? amount * 60_000 : unit === "h" ? amount * 3_600_000 : null;

// Longer strides are counted from a fixed Monday.
const anchor = "1900-01-01";
const longestDays = { d: 1, w: 7, mo: 31, y: 366 } as const;
const longestMs = ({ amount, unit }: Length): number =>
  amount * dayMs * longestDays[unit === "min" || unit === "h" ? "d" : unit];

const gridDay = (calendar: ZoneCalendar, every: Length, count: number): Instant =>
  calendar.startOfDay(calendar.shiftDay(anchor, { amount: count * every.amount, unit: every.unit }));
