// Places in time as written, checked: dates that exist, lengths that can be computed.

import type { CalendarNode, DateTimeValue, DateValue, Duration, Value } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedValue } from "../checked.ts";
import type { Context } from "../context.ts";
import { calendarOf } from "../calendar.ts";
import type { Length, Moment } from "../ir/condition.ts";

export type Point = Extract<CheckedValue, { readonly kind: "point" }>;
export type MomentValue = Extract<Value, { readonly kind: "date" | "datetime" | "relative" | "today" | "now" }>;

const perYear = { min: 525_600, h: 8_760, d: 365, w: 52, mo: 12, y: 1 } as const;
const maxYears = 1000;

export function isMoment(value: Value): value is MomentValue {
  return ["date", "datetime", "relative", "today", "now"].includes(value.kind);
}

/** null where it is too long to reckon with, which is reported. */
export function checkLength(context: Pick<Context, "scope" | "report">, duration: Duration): Length | null {
  if (duration.amount <= maxYears * perYear[duration.unit]) {
    return { amount: duration.amount, unit: duration.unit };
  }
  context.report(diagnose("E316", duration.span, { found: context.scope.text(duration.span) }));
  return null;
}

/** A length above zero. */
export function checkWait(context: Pick<Context, "scope" | "report">, duration: Duration): Length | null {
  if (duration.amount > 0) return checkLength(context, duration);
  context.report(diagnose("E513", duration.span, { found: context.scope.text(duration.span) }));
  return null;
}

export function checkMoment(context: Context, value: MomentValue): Point | null {
  switch (value.kind) {
    case "date":
      return checkDay(context, value);
    case "datetime": {
      const utc = utcOf(value, context.scope.settings.zone);
      if (utc !== null) return exactly({ kind: "instant", utc });
      context.report(diagnose("E309", value.span, { found: context.scope.text(value.span) }));
      return null;
    }
    case "relative": {
      const by = checkLength(context, value.duration);
      const sign = value.direction === "ago" ? -1 : 1;
      return by && exactly({ kind: "shift", by: { ...by, amount: by.amount === 0 ? 0 : sign * by.amount } });
    }
    case "today":
      return periodOf({ kind: "calendar", calendar: { kind: "today" }, span: value.span });
    default:
      return exactly({ kind: "now" });
  }
}

export function checkDay(context: Context, value: DateValue): Point | null {
  if (isDay(value.value)) {
    const day = (edge: "start" | "end"): Moment => ({ kind: "day", date: value.value, edge });
    return { kind: "point", start: day("start"), end: day("end") };
  }
  context.report(diagnose("E309", value.span, { found: value.value }));
  return null;
}

export function periodOf({ calendar }: CalendarNode): Point {
  return {
    kind: "point",
    start: { kind: "period", calendar, edge: "start" },
    end: { kind: "period", calendar, edge: "end" },
  };
}

function exactly(start: Moment): Point {
  return { kind: "point", start, end: null };
}

export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The instant as ISO 8601 in UTC; null where there is no such day or time. */
function utcOf(value: DateTimeValue, zone: string): string | null {
  const [day = "", clock = ""] = value.value.split("T");
  if (!isDay(day) || !/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(clock)) return null;
  // The first weekday plays no part in it.
  if (value.offset === null) return new Date(calendarOf(zone, 1).instantOf(value.value)).toISOString();
  const time = Date.parse(`${value.value}${value.offset}`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
