// Tests to what a runner needs: conditions lowered, values as the database reads them.

import { Bug, unreachable } from "../../grammar/unreachable.ts";
import { calendarOf, type ZoneCalendar } from "../calendar.ts";
import type { CheckedClause, CheckedColumn, CheckedTest } from "../checked-test.ts";
import type { Literal, Term } from "../ir/condition.ts";
import type { FixedValue, Test, TestClause, TestColumn, TestValue } from "../ir/test.ts";
import type { Scope } from "../scope.ts";
import type { Type } from "../types.ts";
import { lowerCondition, type Room, writtenTerm } from "./condition.ts";
import type { Segments } from "./segments.ts";

export function lowerTest({ settings }: Scope, segments: Segments, test: CheckedTest): Test {
  const calendar = calendarOf(settings.zone, settings.firstWeekday);
  const room: Room = {
    bindings: new Map(),
    scope: "all",
    salt: test.title,
    segment: segments.require,
    derived: segments.derived,
  };
  const clauses = test.clauses.map((clause) => lowerClause(room, calendar, clause));
  return { title: test.title, span: test.span, start: test.start, clauses };
}

function lowerClause(room: Room, calendar: ZoneCalendar, clause: CheckedClause): TestClause {
  switch (clause.kind) {
    case "people":
    case "company":
    case "written":
      return { ...clause, row: clause.row.map((column) => lowerColumn(calendar, column, clause.at)) };
    case "happened":
      return { ...clause, row: clause.row.map((column) => lowerColumn(calendar, column, clause.occurredAt)) };
    case "expect members":
    case "expect condition":
      return { ...clause, when: lowerCondition(room, clause.when) };
    default:
      return clause;
  }
}

function lowerColumn(calendar: ZoneCalendar, { field, value }: CheckedColumn, at: number): TestColumn {
  return { field, value: lowerValue(calendar, value, field.type, at) };
}

const fixed = (value: FixedValue): TestValue => ({ kind: "fixed", value });

function lowerValue(calendar: ZoneCalendar, value: CheckedColumn["value"], type: Type, at: number): TestValue {
  const text = (term: Term) => textOf(calendar, term, at);
  switch (value.kind) {
    case "unknown":
      return fixed(null);
    case "given":
      return fixed(value.text);
    case "now":
      return fixed(type.scalar.kind === "date" ? calendar.dayOf(at) : stamp(at));
    case "name":
    case "address":
    case "occurrence":
      return { kind: value.kind };
    case "value":
      return fixed(text(writtenTerm(value.value, type)));
    case "list":
      // An empty list is unknown.
      return fixed(value.values.length === 0 ? null : value.values.map((item) => text(writtenTerm(item, type))));
    case "add":
    case "remove":
      throw new Bug("a test adds nothing to a field");
    default:
      return unreachable(value);
  }
}

function textOf(calendar: ZoneCalendar, term: Term, at: number): string {
  if (term.kind === "literal") return literalText(term.literal);
  if (term.kind !== "moment") throw new Bug("a test reads no field");
  return term.as === "day" ? calendar.resolveDay(term.moment, at) : stamp(calendar.resolveInstant(term.moment, at));
}

function literalText(literal: Literal): string {
  return literal.kind === "instant" ? stamp(Date.parse(literal.value)) : String(literal.value);
}

/** As a TIMESTAMP in UTC is read. */
const stamp = (at: number): string => new Date(at).toISOString().replace("T", " ").replace("Z", "");
