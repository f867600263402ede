// Arguments as text, for the ids of segments: one text for each meaning.

import { Bug, unreachable } from "../../grammar/unreachable.ts";
import type { CheckedValue } from "../checked.ts";
import type { Calendar } from "../../grammar/ast/expr.ts";
import type { Literal, Moment } from "../ir/condition.ts";

/** `isText` false: a word, which needs no quotes. */
export function printValue(value: CheckedValue, isText: boolean): string {
  switch (value.kind) {
    case "literal":
      return value.literal.kind === "text" && !isText ? value.literal.value : printLiteral(value.literal);
    case "length":
      return `${value.length.amount}${value.length.unit}`;
    case "point":
      return printMoment(value.start);
    case "term":
      return value.term.kind === "field" ? `field ${value.term.name}` : value.term.kind;
    case "parameter":
      throw new Bug("an argument is a parameter");
    default:
      return unreachable(value);
  }
}

export function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case "text":
      return JSON.stringify(literal.value);
    case "boolean":
      return literal.value ? "yes" : "no";
    case "money":
    case "day":
    case "instant":
    case "number":
      return String(literal.value);
    default:
      return unreachable(literal);
  }
}

export function printMoment(moment: Moment): string {
  switch (moment.kind) {
    case "now":
      return "now";
    case "shift": {
      const { amount, unit } = moment.by;
      return amount > 0 ? `${amount}${unit} from now` : `${-amount}${unit} ago`;
    }
    case "instant":
      return moment.utc;
    case "day":
      return moment.edge === "start" ? moment.date : `end of ${moment.date}`;
    case "period":
      return `${moment.edge === "start" ? "" : "end of "}${printCalendar(moment.calendar)}`;
    default:
      return unreachable(moment);
  }
}

function printCalendar(calendar: Calendar): string {
  return "unit" in calendar ? `${calendar.kind} ${calendar.unit}` : calendar.kind;
}
