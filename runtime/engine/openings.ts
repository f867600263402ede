// When mail may go out by the clock: quiet hours, hours and days to send in. What depends on a zone, a country and an
// instant alone is computed here, once, and joined as a small table.

import type { ZoneCalendar } from "../../compiler/calendar.ts";
import { weekendOf } from "../../compiler/countries.ts";
import type { PolicyRule } from "../../compiler/ir/policy.ts";
import type { Instant } from "../ports.ts";
import type { RuleOf } from "./restraints.ts";

export type HoursRule = RuleOf<"quiet hours" | "send only between">;
export type DaysRule = RuleOf<"send only on" | "no sending on holidays">;

/** A place as the rules see it. */
export interface Place {
  /** Of the person. */
  readonly local: ZoneCalendar;
  readonly project: ZoneCalendar;
  /** Two capital letters; null: unknown. */
  readonly country: string | null;
}

export interface Closed {
  /** The first instant at which all rules let mail out; null: none within a year or so. */
  readonly until: Instant | null;
  /** The rule that closes `now`. */
  readonly by: PolicyRule;
}

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
const longestMs = 400 * 86_400_000;

/** null where mail may go out now. Hours come before days: what is due on a quiet evening goes out the next allowed morning. */
export function closedAt(
  hours: readonly HoursRule[],
  days: readonly DaysRule[],
  place: Place,
  now: Instant,
): Closed | null {
  let by: PolicyRule | null = null;
  for (let at = now; at <= now + longestMs; ) {
    const closing = hours.find((rule) => !isOpen(rule, minutesAt(calendarOf(rule, place), at)));
    const dayOff = closing ? undefined : days.find((rule) => !isWorked(rule, place, calendarOf(rule, place).dayOf(at)));
    if (!closing && !dayOff) return by === null ? null : { until: at, by };
    by ??= closing ?? dayOff ?? null;
    if (closing) at = openingOf(closing, calendarOf(closing, place), at);
    else if (dayOff) at = nextWorked(dayOff, place, at);
  }
  return by === null ? null : { until: null, by };
}

const calendarOf = ({ isLocal }: { readonly isLocal: boolean }, { local, project }: Place): ZoneCalendar =>
  isLocal ? local : project;

/** Minutes since midnight, with their fractions. */
function minutesAt(calendar: ZoneCalendar, at: Instant): number {
  const [hour = 0, minute = 0, second = 0] = calendar.wallClockOf(at).slice(11).split(":").map(Number);
  return hour * 60 + minute + second / 60;
}

/** Whether the rule lets mail out at a clock time. Its first minute belongs to it, its end does not. */
function isOpen({ kind, from, to }: HoursRule, minutes: number): boolean {
  const isWithin = from < to ? from <= minutes && minutes < to : minutes >= from || minutes < to;
  return isWithin === (kind === "send only between");
}

/** The first instant behind a closed one at which the rule opens, by what clocks on the wall show. */
function openingOf(rule: HoursRule, calendar: ZoneCalendar, at: Instant): Instant {
  const opens = rule.kind === "quiet hours" ? rule.to : rule.from;
  const now = minutesAt(calendar, at);
  const day = calendar.dayOf(at);
  const on = now < opens ? day : calendar.shiftDay(day, { amount: 1, unit: "d" });
  const clock = calendar.instantOf(`${on}T${clockOf(opens)}`);
  // Where the hour comes twice, its clock was passed the first time already.
  let late = clock > at ? clock : at + Math.ceil(((opens - now + dayMinutes) % dayMinutes) * minuteMs);
  // Where the clock is skipped, the change itself opens.
  let early = at;
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (isOpen(rule, minutesAt(calendar, middle))) late = middle;
    else early = middle;
  }
  return late;
}

const clockOf = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");

function isWorked(rule: DaysRule, place: Place, day: string): boolean {
  if (rule.kind === "no sending on holidays") {
    return !rule.holidays.some((off) => off.day === day && (off.country === null || off.country === place.country));
  }
  const weekday = calendarOf(rule, place).weekdayOf(day);
  if (rule.days !== "weekdays") return rule.days.includes(weekday);
  return !weekendOf(rule.isLocal ? place.country : null).includes(weekday);
}

/** The same clock time of the next day that the rule allows. */
function nextWorked(rule: DaysRule, place: Place, at: Instant): Instant {
  const calendar = calendarOf(rule, place);
  const clock = calendar.wallClockOf(at).slice(11);
  for (let amount = 1; ; amount++) {
    const day = calendar.shiftDay(calendar.dayOf(at), { amount, unit: "d" });
    const moved = calendar.instantOf(`${day}T${clock}`);
    if (isWorked(rule, place, day) || moved > at + longestMs) return moved;
  }
}
