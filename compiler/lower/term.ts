// What is read, as the IR knows it.

import { unreachable } from "../../grammar/unreachable.ts";
import { machineEvents } from "../built-in.ts";
import type { Checked, CheckedAggregate, CheckedTerm, CheckedValue } from "../checked.ts";
import type { Aggregate, Anniversary, Comparison, Condition, Term } from "../ir/condition.ts";
import { isFolded, type Type } from "../types.ts";
import { boundsOf } from "./moment.ts";

/** What lowering a term needs of its place. */
export interface Reading {
  /** Arguments in the place of parameters. */
  readonly bind: (value: CheckedValue) => CheckedValue;
  readonly lower: (node: Checked) => Condition;
  readonly derived: (name: string) => Term;
}

export function lowerTerm(term: CheckedTerm, reading: Reading): Term {
  switch (term.kind) {
    case "aggregate":
      return lowerAggregate(term, reading);
    case "derived":
      return reading.derived(term.field.name);
    case "anniversary":
      return anniversaryFrom(lowerTerm(term.of, reading), today);
    case "field":
    case "company field":
    case "start property":
    case "property":
    case "occurred at":
    case "score":
    case "stage":
    case "literal":
    case "moment":
      return term;
    default:
      return unreachable(term);
  }
}

const today: Term = { kind: "moment", moment: { kind: "now" }, as: "day" };

export function anniversaryFrom(of: Term, from: Term): Anniversary {
  return { kind: "anniversary", of, from, type: { scalar: { kind: "date" }, isList: false, isNullable: true } };
}

/** Aggregates see everything, inside a program too, unless a window says otherwise. */
function lowerAggregate(term: CheckedAggregate, { bind, lower }: Reading): Aggregate {
  const { event, property } = term;
  const of = event.fields.find(({ name }) => name === property)?.type;
  return {
    kind: "aggregate",
    function: term.function,
    event: event.name,
    email: null,
    countsMachines: !machineEvents.has(event.name),
    property,
    where: term.where && lower(term.where),
    by: of ? comparison(of) : "plain",
    distinct: term.function === "count of" ? (event.isMail ? "message" : event.key) : null,
    type: term.type,
    ...boundsOf(term.window, "all", bind),
  };
}

/** How values of a type are compared with each other. */
export function comparison(type: Type): Comparison {
  if (isFolded(type)) return "text";
  return type.scalar.kind === "text" ? "exact" : "plain";
}
