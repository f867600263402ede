// The window of time in which an event is asked for.

import type { Calendar, Value, Window } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { isGroup } from "../scope.ts";
import type { CheckedValue, CheckedWindow } from "../checked.ts";
import type { Context } from "../context.ts";
import { insert, suggested } from "../fixes.ts";
import { typeWords } from "../type-words.ts";
import type { Type } from "../types.ts";
import { checkDay, checkLength, isMoment, periodOf } from "./moment.ts";
import { missing } from "./operand.ts";
import { checkValue } from "./value.ts";

const datetime: Type = { scalar: { kind: "datetime" }, isList: false, isNullable: false };

/** `subject`: what the window stands behind. null where it is no window, which is reported. */
export function checkWindow(context: Context, subject: string, window: Window): CheckedWindow | null {
  const { report } = context;
  switch (window.kind) {
    case "in duration": {
      const length = checkLength(context, window.duration);
      return length && { kind: "last", length: { kind: "length", length } };
    }
    case "in parameter":
      return checkParameter(context, subject, window);
    case "in calendar": {
      if (isFuture(window.calendar.calendar)) {
        report(diagnose("E317", window.calendar.span, { found: context.scope.text(window.calendar.span) }));
        return null;
      }
      const period = periodOf(window.calendar);
      return { kind: "between", low: period, high: period };
    }
    case "since": {
      const day = checkDay(context, window.date);
      return day && { kind: "since", start: day.start };
    }
    case "since start":
      if (context.place.kind === "program") return { kind: "since start" };
      report(diagnose("E235", window.span, {}));
      return null;
    case "ever":
      return { kind: "ever" };
    case "before": {
      const bound = window.bound.kind === "calendar" ? periodOf(window.bound) : checkEnd(context, window.bound);
      return bound && { kind: "before", bound };
    }
    case "between": {
      const low = checkEnd(context, window.low);
      const high = checkEnd(context, window.high);
      return low && high && { kind: "between", low, high };
    }
    default:
      return unreachable(window);
  }
}

export function isFuture(calendar: Calendar): boolean {
  return calendar.kind === "next" || calendar.kind === "tomorrow";
}

function checkEnd(context: Context, value: Value): CheckedValue | null {
  if (isMoment(value) || value.kind === "name") {
    return checkValue(context, value, { type: datetime, subject: "the end of a window", declared: null });
  }
  context.report(diagnose("E264", value.span, { found: context.scope.text(value.span) }));
  return null;
}

function checkParameter(
  context: Context,
  subject: string,
  window: Extract<Window, { readonly kind: "in parameter" }>,
): CheckedWindow | null {
  const { name } = window;
  const { report } = context;
  const parameter = context.parameters.get(name.text);
  if (parameter) {
    if (parameter.type.scalar.kind === "duration")
      return { kind: "last", length: { kind: "parameter", name: name.text } };
    const otherIs = typeWords(parameter.type);
    const is = "a length of time such as `30d`";
    report(diagnose("E310", name.span, { subject: "The window behind `in`", is, other: name.text, otherIs }));
    return null;
  }
  if (isGroup(context.scope, name.text)) {
    const fixes = ["and", "or"].map((word) =>
      suggested(`Write \`${word}\` between them`, insert("before", window.span, `${word} `)),
    );
    report(diagnose("E226", window.span, { first: subject, second: name.text }, { fixes }));
    return null;
  }
  const near = [...context.parameters.keys()];
  return missing(context, name, { what: "parameter", starters: ["segment"] }, near);
}
