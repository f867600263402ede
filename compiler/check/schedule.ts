// When something is due, as heads, waits and reports write it: clocks, recurrences, moments, and dates in fields.

import type { DateTimeValue } from "../../grammar/ast/expr.ts";
import type { DateField, Offset, Recurrence, Time } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedDate } from "../checked-program.ts";
import type { Context } from "../context.ts";
import type { ClockTime, PointInTime, Recurrence as RecurrenceIR } from "../ir/program.ts";
import { weekdayNumber } from "../settings.ts";
import { typeWords } from "../type-words.ts";
import { checkMoment, checkWait } from "./moment.ts";
import { fieldNamed } from "./operand.ts";
import { isDate } from "./value.ts";

/** What a recurrence or a date without a clock means. */
const nineOClock: ClockTime = { hour: 9, minute: 0, isLocal: false };

export function clockTime({ clock, local }: Time): ClockTime {
  return { hour: clock.hour, minute: clock.minute, isLocal: local };
}

export function recurrenceOf({ every, time }: Recurrence): RecurrenceIR {
  const due = time ? clockTime(time) : nineOClock;
  const { text } = every;
  if (text === "day" || text === "month" || text === "quarter") return { every: text, time: due };
  return { every: "week", weekday: weekdayNumber(text), time: due };
}

/** null where there is no such moment, which is reported. */
export function checkPointInTime(context: Context, at: DateTimeValue, isLocal: boolean): PointInTime | null {
  const point = checkMoment(context, at);
  if (point?.start.kind !== "instant") return null;
  if (!isLocal) return { kind: "utc", value: point.start.utc };
  const { value, offset } = at;
  if (offset === null) return { kind: "local", value: value.length < 19 ? `${value}:00` : value };
  context.report(diagnose("E514", at.span, { found: context.scope.text(at.span) }));
  return null;
}

/** `notADate`: the code of what is reported where the field holds no date. */
export function checkDateField(
  context: Context,
  { date, offset }: { readonly date: DateField; readonly offset: Offset | null },
  notADate: "E509" | "E520",
): CheckedDate | null {
  const operand = fieldNamed(context, date.name);
  const length = offset && checkWait(context, offset.duration);
  if (!operand || (offset && !length)) return null;
  if (!isDate(operand.type.scalar) || operand.type.isList) {
    context.report(diagnose(notADate, date.name.span, { name: operand.name, is: typeWords(operand.type) }));
    return null;
  }
  const sign = offset?.direction === "before" ? -1 : 1;
  // A date with a time brings its own.
  const usual = operand.type.scalar.kind === "date" ? nineOClock : null;
  return {
    operand,
    isAnniversary: date.anniversary,
    offset: length && { ...length, amount: sign * length.amount },
    time: date.time ? clockTime(date.time) : usual,
    span: date.name.span,
  };
}
