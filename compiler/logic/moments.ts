// How far apart two places in time can be, over all instants at which a condition may be judged.

import { unreachable } from "../../grammar/unreachable.ts";
import type { Calendar, PeriodUnit } from "../../grammar/ast/expr.ts";
import type { ZoneCalendar } from "../calendar.ts";
import type { Moment } from "../ir/condition.ts";

/** Instants are told apart in milliseconds, days in days. */
export type Line = "instant" | "day";

const hour = 3_600_000;
const day = 24 * hour;
/** More than the clocks of a zone were changed by since they are told by standard time; a few crossed the date line. */
const slackOf = (zone: string): number => (/^(Pacific\/|Kwajalein|US\/Samoa)/.test(zone) ? 26 : 4) * hour;

/** The most that `left` can lie behind `right`; infinite where nothing is known. */
export function mostBehind(left: Moment, right: Moment, line: Line, calendar: ZoneCalendar): number {
  const [one, other] = [isAbsolute(left), isAbsolute(right)];
  if (one && other) return difference(left, right, line, calendar);
  if (one || other) return Infinity;
  const days = mostDays(left, right);
  if (line === "day") return days ?? daysOf(left).high - daysOf(right).low;
  const slack = slackOf(calendar.zone);
  if (days !== null) return days > 0 ? days * day + slack : Math.min(0, days === 0 ? 0 : days * day + slack);
  const [exact, otherExact] = [exactOf(left), exactOf(right)];
  if (exact !== null && otherExact !== null) return exact - otherExact;
  return rangeOf(left, slack).high - rangeOf(right, slack).low;
}

function isAbsolute(moment: Moment): boolean {
  return moment.kind === "instant" || moment.kind === "day";
}

function difference(left: Moment, right: Moment, line: Line, calendar: ZoneCalendar): number {
  if (line === "instant") return calendar.resolveInstant(left, 0) - calendar.resolveInstant(right, 0);
  const at = (moment: Moment) => Date.parse(`${calendar.resolveDay(moment, 0)}T00:00:00Z`) / day;
  return at(left) - at(right);
}

/** Places that keep the time of the day, or begin one, differ by days; null where they cannot be told apart so. */
function mostDays(left: Moment, right: Moment): number | null {
  const [days, otherDays] = [shiftIn(left, "d"), shiftIn(right, "d")];
  if (days !== null && otherDays !== null) return days - otherDays;
  const [months, otherMonths] = [shiftIn(left, "mo"), shiftIn(right, "mo")];
  if (months !== null && otherMonths !== null) return monthDays(months - otherMonths);
  if (left.kind !== "period" || right.kind !== "period") return null;
  return mostBetween(placeOf(left.calendar, left.edge), placeOf(right.calendar, right.edge));
}

/** The most days that so many months have, or the least for months backwards. */
function monthDays(months: number): number {
  return months > 0 ? Math.ceil(months * 30.6) : -Math.max(28 * -months, Math.floor(30.4 * -months) - 2);
}

/** A shift by days (with weeks) or months (with years); `now` is none of either. */
function shiftIn(moment: Moment, unit: "d" | "mo"): number | null {
  if (moment.kind === "now") return 0;
  if (moment.kind !== "shift") return null;
  const { amount } = moment.by;
  if (amount === 0) return 0;
  if (unit === "d") return moment.by.unit === "d" ? amount : moment.by.unit === "w" ? amount * 7 : null;
  return moment.by.unit === "mo" ? amount : moment.by.unit === "y" ? amount * 12 : null;
}

function exactOf(moment: Moment): number | null {
  if (moment.kind === "now") return 0;
  if (moment.kind !== "shift") return null;
  const { amount, unit } = moment.by;
  if (unit === "h") return amount * hour;
  if (unit === "min") return amount * (hour / 60);
  return amount === 0 ? 0 : null;
}

type Unit = PeriodUnit | "day";
interface Place {
  readonly unit: Unit;
  /** The period that begins there, counted from the present one. */
  readonly index: number;
}

function placeOf(calendar: Calendar, edge: "start" | "end"): Place {
  const behind = edge === "end" ? 1 : 0;
  if ("unit" in calendar) {
    return { unit: calendar.unit, index: { last: -1, this: 0, next: 1 }[calendar.kind] + behind };
  }
  return { unit: "day", index: { yesterday: -1, today: 0, tomorrow: 1 }[calendar.kind] + behind };
}

const lengths: Readonly<Record<Unit, { readonly short: number; readonly long: number }>> = {
  day: { short: 1, long: 1 },
  week: { short: 7, long: 7 },
  month: { short: 28, long: 31 },
  quarter: { short: 90, long: 92 },
  year: { short: 365, long: 366 },
};
/** Each lies inside the next. */
const nested: readonly Unit[] = ["month", "quarter", "year"];

function mostBetween(left: Place, right: Place): number {
  const [high, low] = [daysTo(left).high, daysTo(right).low];
  if (left.unit === right.unit) {
    const steps = left.index - right.index;
    return steps > 0 ? steps * lengths[left.unit].long : steps * lengths[left.unit].short;
  }
  const [rank, otherRank] = [nested.indexOf(left.unit), nested.indexOf(right.unit)];
  const isInside = rank >= 0 && otherRank >= 0;
  // The year begins before its months, and ends behind them.
  if (isInside && left.index === 0 && right.index === 0 && rank > otherRank) return 0;
  if (isInside && left.index === 1 && right.index === 1 && rank < otherRank) return 0;
  return high - low;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Days from today to the first day of a period. */
function daysTo({ unit, index }: Place): Range {
  const { short, long } = lengths[unit];
  return index >= 1
    ? { low: 1 + (index - 1) * short, high: index * long }
    : { low: 1 - long + index * long, high: index * short };
}

/** Days from today to the day in which a relative moment lies. */
function daysOf(moment: Moment): Range {
  switch (moment.kind) {
    case "now":
      return { low: 0, high: 0 };
    case "period":
      return daysTo(placeOf(moment.calendar, moment.edge));
    case "shift": {
      const days = shiftIn(moment, "d");
      if (days !== null) return { low: days, high: days };
      const months = shiftIn(moment, "mo");
      if (months !== null) return { low: -monthDays(-months), high: monthDays(months) };
      const exact = (exactOf(moment) ?? 0) / day;
      return { low: Math.floor(exact) - 2, high: Math.ceil(exact) + 2 };
    }
    case "instant":
    case "day":
      return { low: -Infinity, high: Infinity };
    default:
      return unreachable(moment);
  }
}

/** Milliseconds from now to a relative moment. */
function rangeOf(moment: Moment, slack: number): Range {
  const exact = exactOf(moment);
  if (exact !== null) return { low: exact, high: exact };
  const days = daysOf(moment);
  // The day of a period begins up to a day earlier than the time of the day that it is now.
  const early = moment.kind === "period" ? day : 0;
  return {
    low: days.low > 0 ? Math.max(1, days.low * day - early - slack) : days.low * day - early - slack,
    high: days.high > 0 ? days.high * day + slack : Math.min(0, days.high * day + slack),
  };
}
