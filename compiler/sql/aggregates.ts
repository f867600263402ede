// Behaviours and aggregates as SQL aggregates over the rows of one event table, and what their values say.

import { unreachable } from "../../grammar/unreachable.ts";
import type { EventTable } from "../ir/catalog.ts";
import { type Aggregate, type Behaviour, childrenOf, type Condition, termsOf } from "../ir/condition.ts";
import { occurredAt } from "./event-filters.ts";
import type { Query } from "./query.ts";
import { quote } from "./tables.ts";
import { eventColumn, findEvent } from "./terms.ts";

/** What is gathered from events: whether some came, how many, or one value out of them. */
export type Gathered = Behaviour | Aggregate;

/** All that a condition gathers from events. */
export function gatheredIn(condition: Condition): readonly Gathered[] {
  if (condition.kind === "behaviour") return [condition];
  // Events of chains are read apart from all others.
  if (condition.kind === "chain") return [];
  const aggregates = termsOf(condition).filter((term) => term.kind === "aggregate");
  return [...aggregates, ...childrenOf(condition).flatMap(gatheredIn)];
}

/** The SQL aggregate: for a behaviour without a count a boolean, else its number or value. */
export function aggregateOf(gathered: Gathered, filters: readonly string[], query: Query): string {
  const { filtered, someRow } = query.dialect;
  if (gathered.kind === "behaviour" && gathered.count === null) {
    return filters.length > 0 ? someRow(filters.join(" AND ")) : "true";
  }
  const over = (sql: string, extra: readonly string[] = []) => {
    const all = [...filters, ...extra];
    return all.length > 0 ? filtered(sql, `WHERE ${all.join(" AND ")}`) : sql;
  };
  if (gathered.kind === "aggregate" && gathered.function !== "count of") return over(printValue(gathered, query));
  if (gathered.distinct === null) return over("count(*)");
  const column = `e.${distinctColumn(gathered.distinct, findEvent(query.plan.catalog, gathered.event))}`;
  // A row that lacks what tells occurrences apart is one by itself.
  return `${over(`count(DISTINCT ${column})`)} + ${over("count(*)", [`${column} IS NULL`])}`;
}

function printValue(aggregate: Aggregate, query: Query): string {
  const { dialect } = query;
  const isTime = aggregate.property === null || aggregate.property === "at";
  const column = isTime
    ? occurredAt
    : `e.${eventColumn(findEvent(query.plan.catalog, aggregate.event), aggregate.property ?? "")}`;
  const form = aggregate.by === "text" ? dialect.fold(column) : column;
  switch (aggregate.function) {
    case "count of":
      return "count(*)";
    case "count of distinct":
      return `count(DISTINCT ${form})`;
    case "sum of":
      return `sum(${column})`;
    case "average of":
      return `avg(${column})`;
    case "lowest":
      return aggregate.by === "text" ? dialect.extreme("first", column, [form, column]) : `min(${column})`;
    case "highest":
      return aggregate.by === "text" ? dialect.extreme("last", column, [form, column]) : `max(${column})`;
    case "first":
      return isTime ? `min(${column})` : dialect.atEnd("first", column, [occurredAt, "e.event_id"]);
    case "last":
      return isTime ? `max(${column})` : dialect.atEnd("last", column, [occurredAt, "e.event_id"]);
    default:
      return unreachable(aggregate.function);
  }
}

/** Whether a behaviour holds, from the value of its aggregate; NULL where there were no rows at all. */
export function holds(behaviour: Behaviour, value: string, query: Query): string {
  if (behaviour.count === null) return query.dialect.isTrue(value);
  const times = query.builder.param({ kind: "integer", value: behaviour.count.times });
  return `${value} ${behaviour.count.op} ${times}`;
}

const countsNothing: ReadonlySet<Aggregate["function"]> = new Set(["count of", "count of distinct", "sum of"]);

/** Of no events at all the value is 0, not unknown. */
export function isZeroOfNone(aggregate: Aggregate): boolean {
  return countsNothing.has(aggregate.function);
}

export function distinctColumn(name: string, event: EventTable): string {
  return event.fields.some((field) => field.name === name) ? eventColumn(event, name) : quote(name);
}
