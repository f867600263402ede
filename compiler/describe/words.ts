// Names, values and stretches of time in plain English.

import type { Bound, Calendar, Count, CountOp, Duration, Unit, Value, Window } from "../../grammar/ast/expr.ts";
import { dateTime, number } from "../../grammar/print/flat.ts";
import { unreachable } from "../../grammar/unreachable.ts";

/** `decision_maker` as it is read aloud. */
export const spaced = (name: string): string => name.replaceAll("_", " ");

const units: Readonly<Record<Unit, string>> = {
  min: "minute",
  h: "hour",
  d: "day",
  w: "week",
  mo: "month",
  y: "year",
};

type Length = Pick<Duration, "amount" | "unit">;

export function lengthWords({ amount, unit }: Length): string {
  return `${amount.toLocaleString("en-US")} ${units[unit]}${amount === 1 ? "" : "s"}`;
}

function lastWords({ amount, unit }: Length): string {
  return amount === 1 ? `the last ${units[unit]}` : `the last ${lengthWords({ amount, unit })}`;
}

function calendarWords(calendar: Calendar): string {
  return "unit" in calendar ? `${calendar.kind} ${calendar.unit}` : calendar.kind;
}

const twoDigits = (value: number): string => String(value).padStart(2, "0");

export function valueWords(value: Value): string {
  switch (value.kind) {
    case "field value":
      return `their ${spaced(value.name.text)}`;
    case "relative":
      return `${lengthWords(value.duration)} ${value.direction}`;
    case "date":
      return value.value;
    case "datetime":
      return dateTime(value);
    case "number":
      return number(value);
    case "percent":
      return `${value.digits}%`;
    case "text":
      return `“${value.value}”`;
    case "name":
      return spaced(value.text);
    case "clock":
      return `${twoDigits(value.hour)}:${twoDigits(value.minute)}`;
    case "duration":
      return lengthWords(value);
    case "today":
    case "now":
    case "yes":
    case "no":
      return value.kind;
    default:
      return unreachable(value);
  }
}

/** `a`, `a or b`, `a, b or c`. */
export function listWords(parts: readonly string[], word: "and" | "or"): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} ${word} ${parts.at(-1)}`;
}

const boundWords = (bound: Bound): string =>
  bound.kind === "calendar" ? calendarWords(bound.calendar) : valueWords(bound);

export function beforeWords(bound: Bound): string {
  if (bound.kind === "relative" && bound.direction === "ago") return `more than ${lengthWords(bound.duration)} ago`;
  return `before ${boundWords(bound)}`;
}

export function afterWords(bound: Bound): string {
  if (bound.kind !== "relative") return `after ${boundWords(bound)}`;
  const length = lengthWords(bound.duration);
  return bound.direction === "ago" ? `less than ${length} ago` : `more than ${length} from now`;
}

/** Behind an event: `in the last 90 days`. Empty where there is no window. */
export function windowWords(window: Window | null): string {
  if (window === null) return "";
  switch (window.kind) {
    case "in duration":
      return `in ${lastWords(window.duration)}`;
    case "in calendar":
      return calendarWords(window.calendar.calendar);
    case "in parameter":
      return `in the last ‹${spaced(window.name.text)}›`;
    case "since":
      return `since ${window.date.value}`;
    case "since start":
      return "since they entered the program";
    case "ever":
      return "at any time";
    case "before":
      return beforeWords(window.bound);
    case "between":
      return `between ${valueWords(window.low)} and ${valueWords(window.high)}`;
    default:
      return unreachable(window);
  }
}

export const calendarCheckWords = (calendar: Calendar): string =>
  "unit" in calendar ? `in ${calendarWords(calendar)}` : calendar.kind;

/** `not (at least 3)` is `fewer than 3`; `exactly` has no opposite of its own. */
const opposites: Readonly<Record<CountOp, CountOp | null>> = {
  "at least": "fewer than",
  "fewer than": "at least",
  "at most": "more than",
  "more than": "at most",
  exactly: null,
};

export function opposite(count: Count): Count | null {
  const op = opposites[count.op];
  return op === null ? null : { ...count, op };
}

export function timesWords({ op, times }: Count): string {
  return `${op} ${times === 1 ? "once" : times === 2 ? "twice" : `${times.toLocaleString("en-US")} times`}`;
}
