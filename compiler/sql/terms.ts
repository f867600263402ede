// Values of conditions as SQL.

import { Bug, unreachable } from "../../grammar/unreachable.ts";
import type { Catalog, EventTable } from "../ir/catalog.ts";
import type { Aggregate, Condition, Literal, Term } from "../ir/condition.ts";
import type { Builder } from "./builder.ts";
import type { Dialect } from "./dialect.ts";
import { historyTable } from "./history.ts";
import type { Param } from "./sql.ts";
import { printDayOf } from "./local-day.ts";
import { columnOf, quote } from "./tables.ts";

export type StageTerm = Term & { readonly kind: "stage" };
export type StartProperty = Term & { readonly kind: "start property" };

/** Where a statement finds the columns that terms read; each gives back SQL such as `c."role"`. */
export interface Places {
  field(name: string): string;
  companyField(name: string): string;
  startProperty(term: StartProperty): string;
  property(name: string): string;
  score(name: string): string;
  stage(term: StageTerm): string;
  occurredAt(): string;
  aggregate(term: Aggregate): string;
  /** A boolean that is never NULL. */
  truth(condition: Condition): string;
}

/** What reads the values of one row. */
export interface Reader {
  readonly builder: Builder;
  readonly dialect: Dialect;
  readonly places: Places;
  /** The project's: days are days there. */
  readonly zone: string;
}

/** The value of a term; NULL where it is unknown. */
export function printTerm(term: Term, reader: Reader): string {
  const { places, builder } = reader;
  switch (term.kind) {
    case "field":
      return places.field(term.name);
    case "company field":
      return places.companyField(term.name);
    case "start property":
      return places.startProperty(term);
    case "property":
      return places.property(term.name);
    case "occurred at":
      return places.occurredAt();
    case "aggregate":
      return places.aggregate(term);
    case "first known":
      return `coalesce(${term.of.map((part) => printTerm(part, reader)).join(", ")})`;
    case "chosen": {
      const value = (literal: Literal) => builder.param(paramOf(literal));
      const arms = term.arms.map((arm) => `WHEN ${places.truth(arm.when)} THEN ${value(arm.value)}`);
      return `CASE ${arms.join(" ")} ELSE ${term.otherwise ? value(term.otherwise) : "NULL"} END`;
    }
    case "anniversary":
      return reader.dialect.comesRound(printDay(term.of, reader), printDay(term.from, reader));
    case "score":
      return places.score(term.name);
    case "stage":
      return places.stage(term);
    case "literal":
      return builder.param(paramOf(term.literal));
    case "moment":
      return builder.param({ kind: "moment", moment: term.moment, as: term.as });
    default:
      return unreachable(term);
  }
}

export function isDay(term: Term): boolean {
  if (term.kind === "literal") return term.literal.kind === "day";
  if (term.kind === "moment") return term.as === "day";
  return "type" in term && term.type.scalar.kind === "date";
}

/** The value as a day: that of an instant in the project's zone. */
export function printDay(term: Term, reader: Reader): string {
  const value = printTerm(term, reader);
  return isDay(term) ? value : dayOf(value, reader);
}

export function dayOf(instant: string, reader: Reader): string {
  return printDayOf(instant, reader.zone, reader);
}

export function paramOf(literal: Literal): Param {
  switch (literal.kind) {
    case "text":
    case "money":
    case "day":
      return { kind: literal.kind, value: literal.value };
    case "instant":
      return { kind: "instant", value: Date.parse(literal.value) };
    case "number":
      return { kind: "number", value: literal.value };
    case "boolean":
      return { kind: "boolean", value: literal.value };
    default:
      return unreachable(literal);
  }
}

export function contactColumn(catalog: Catalog, name: string): string {
  const field = catalog.contact.fields.find((candidate) => candidate.name === name);
  if (!field) throw new Bug(`no contact field ${name}`);
  return quote(columnOf(field, "contact"));
}

export function companyColumn(catalog: Catalog, name: string): string {
  const field = catalog.company?.fields.find((candidate) => candidate.name === name);
  if (!field) throw new Bug(`no company field ${name}`);
  return quote(columnOf(field, "company"));
}

export function eventColumn(event: EventTable, name: string): string {
  const field = event.fields.find((candidate) => candidate.name === name);
  if (!field) throw new Bug(`event ${event.name} has no property ${name}`);
  return quote(columnOf(field, "event"));
}

export function findEvent(catalog: Catalog, name: string): EventTable {
  const event = catalog.events.find((candidate) => candidate.name === name) ?? historyTable(catalog, name);
  if (!event) throw new Bug(`no event ${name}`);
  return event;
}
