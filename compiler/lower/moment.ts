// Comparisons with places in time: whole days and periods become their first instants.

import { Bug } from "../../grammar/unreachable.ts";
import type { CheckedValue, CheckedWindow } from "../checked.ts";
import type { Behaviour, Compare, Condition, Length, Moment, Op, PlainTerm, Scope, Term } from "../ir/condition.ts";
import type { Type } from "../types.ts";

type Point = Extract<CheckedValue, { readonly kind: "point" }>;

/** `after` a day is `>`: from when the day is over; `<=` a day holds until then. */
export function comparePoint(left: Term, type: Type, op: Op, point: Point): Condition {
  const isDay = type.scalar.kind === "date";
  const compare = (op: Op, moment: Moment): Compare => {
    return { kind: "compare", op, left, right: momentTerm(moment, isDay), by: "plain" };
  };
  // A date and one day are both days, so they compare as they are.
  if (point.end === null || (isDay && isOneDay(point.start))) return compare(op, point.start);
  switch (op) {
    case "=":
      return { kind: "all", of: [compare(">=", point.start), compare("<", point.end)] };
    case "<":
    case ">=":
      return compare(op, point.start);
    case "<=":
      return compare("<", point.end);
    default:
      return compare(">=", point.end);
  }
}

function isOneDay(moment: Moment): boolean {
  return moment.kind === "day" || (moment.kind === "period" && !("unit" in moment.calendar));
}

function momentTerm(moment: Moment, isDay: boolean): PlainTerm {
  if (isDay && moment.kind === "day" && moment.edge === "start") {
    return { kind: "literal", literal: { kind: "day", value: moment.date } };
  }
  if (!isDay && moment.kind === "instant") {
    return { kind: "literal", literal: { kind: "instant", value: moment.utc } };
  }
  return { kind: "moment", moment, as: isDay ? "day" : "instant" };
}

/** `today` given to a field: a place in time where one value is needed. */
export function valueOfPoint(point: Point, isDay: boolean): PlainTerm {
  return momentTerm(point.start, isDay);
}

type Bounds = Pick<Behaviour, "from" | "until" | "scope">;

/** `bind` puts arguments in the place of parameters; `scope` is the one of events without a window. */
export function boundsOf(
  window: CheckedWindow | null,
  scope: Scope,
  bind: (value: CheckedValue) => CheckedValue,
): Bounds {
  const point = (value: CheckedValue): Point => {
    const bound = bind(value);
    if (bound.kind !== "point") throw new Bug("a window ends at a moment");
    return bound;
  };
  if (window === null) return { from: null, until: null, scope };
  switch (window.kind) {
    case "last": {
      const length = bind(window.length);
      if (length.kind !== "length") throw new Bug("a window has a length");
      return { from: { kind: "shift", by: backwards(length.length) }, until: null, scope: "all" };
    }
    case "since":
      return { from: window.start, until: null, scope: "all" };
    case "before":
      return { from: null, until: { moment: point(window.bound).start, isIncluded: false }, scope: "all" };
    case "between": {
      const { start, end } = point(window.high);
      const until = end ? { moment: end, isIncluded: false } : { moment: start, isIncluded: true };
      return { from: point(window.low).start, until, scope: "all" };
    }
    case "since start":
      return { from: null, until: null, scope: "enrollment" };
    default:
      return { from: null, until: null, scope: "all" };
  }
}

export function backwards({ amount, unit }: Length): Length {
  return { amount: amount === 0 ? 0 : -amount, unit };
}

const secondsOf = { min: 60, h: 3_600, d: 86_400, w: 604_800, mo: 2_592_000, y: 31_536_000 } as const;

export function seconds({ amount, unit }: Length): number {
  return amount * secondsOf[unit];
}
