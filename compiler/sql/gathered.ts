// Many behaviours over one event table at once, for contacts: few columns of few aggregates, from which each is told.

import type { EventTable } from "../ir/catalog.ts";
import type { Behaviour } from "../ir/condition.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { distinctColumn } from "./aggregates.ts";
import type { Builder } from "./builder.ts";
import type { Dialect } from "./dialect.ts";
import { occurredAt, rowFilters } from "./event-filters.ts";
import { clauses, nested, where } from "./layout.ts";
import { eventTable, quote } from "./tables.ts";

/** SELECT of `contact_id` and columns, for the contacts that have events which count, and what the columns say. */
export interface Gathered {
  /** FROM item without an alias. */
  readonly select: string;
  /** SQL over the row `g` that is never NULL, for the behaviours that it tells of, by their place. */
  readonly truths: ReadonlyMap<number, string>;
}

export interface Gathering {
  readonly event: EventTable;
  readonly behaviours: readonly Behaviour[];
  readonly builder: Builder;
  readonly dialect: Dialect;
  readonly zone: string;
  /** Table of the contacts that matter; null: all do. */
  readonly people: string | null;
}

/** One aggregate: its columns, and what all rows must pass that any of them counts. */
interface Aggregate {
  readonly columns: Map<string, string>;
  /** Earliest instants of the columns; null: one of them reaches back to the first event. */
  readonly starts: Set<string | null>;
  readonly truths: Map<number, string>;
}

/** An aggregate over occurrences that a column tells apart. */
interface Apart extends Aggregate {
  readonly key: string;
  readonly filters: readonly string[];
}

const emptyAggregate = (): Aggregate => ({ columns: new Map(), starts: new Set(), truths: new Map() });

interface Read {
  readonly behaviour: Behaviour;
  /** On properties; of the time it is said apart. */
  readonly filters: readonly string[];
  /** Those that not every behaviour of the gathering has. */
  readonly own: readonly string[];
  readonly from: string | null;
  readonly until: string | null;
}

/** Behaviours of scope `all` that do not look at any starting event. */
export function printGathered(gathering: Gathering): {
  /** What the selects read beside tables, for a WITH; null: nothing. */
  readonly relation: string | null;
  readonly found: readonly Gathered[];
} {
  const all = gathering.behaviours.map((behaviour) => readOf(behaviour, gathering));
  const shared = all[0]?.filters.filter((filter) => all.every(({ filters }) => filters.includes(filter))) ?? [];
  const main = emptyAggregate();
  const apart = new Map<string, Apart>();
  for (const [place, found] of all.entries()) {
    const read = { ...found, own: found.filters.filter((filter) => !shared.includes(filter)) };
    const { count, distinct } = read.behaviour;
    if (count === null) {
      main.truths.set(place, printSome(read, main, gathering));
      continue;
    }
    const isApart = distinct !== null && read.until === null;
    const aggregate = isApart ? apartOf(read, distinct, apart, gathering) : main;
    const newest = read.from === null ? [] : [`k.newest >= ${read.from}`];
    const sql = isApart ? counted("*", newest, gathering) : printCount(read, gathering);
    const times = gathering.builder.param({ kind: "integer", value: count.times });
    aggregate.truths.set(place, `${column(aggregate, read, sql)} ${count.op} ${times}`);
  }
  const aggregates = [...(main.truths.size > 0 ? [main] : []), ...apart.values()];
  const isShared = gathering.people !== null && aggregates.length > 1;
  const source: Source = isShared
    ? { from: `FROM ${quote(relationOf(gathering.event))} AS e`, shared }
    : { from: clauses(`FROM ${tableOf(gathering.event)}`, printPeople(gathering)), shared };
  const found = [
    ...(main.truths.size > 0 ? [{ select: printMain(main, source, gathering), truths: main.truths }] : []),
    ...[...apart.values()].map((one) => ({ select: printApart(one, source, gathering), truths: one.truths })),
  ];
  const relation = isShared
    ? printRelation(
        aggregates,
        found.map(({ select }) => select),
        gathering,
      )
    : null;
  return { relation, found };
}

const tableOf = (event: EventTable): string => `${quote(eventTable(event.name))} AS e`;
/** A name that no table has. */
const relationOf = (event: EventTable): string => `of ${event.name}`;

/** The events of the people, read once for several aggregates, with the columns that those name. */
function printRelation(aggregates: readonly Aggregate[], selects: readonly string[], gathering: Gathering): string {
  const { event, builder } = gathering;
  const named = selects.flatMap((select) =>
    [...select.matchAll(/\be\.("(?:[^"]|"")+"|[a-z_]+)/g)].map(([, name]) => name),
  );
  const starts = new Set(aggregates.flatMap((aggregate) => [...aggregate.starts]));
  const select = clauses(
    `SELECT ${[...new Set(named)].map((name) => `e.${name} AS ${name}`).join(", ")}`,
    `FROM ${tableOf(event)}`,
    printPeople(gathering),
    where([`${occurredAt} <= ${builder.now()}`, ...earliest({ starts })]),
  );
  return `${quote(relationOf(event))} AS MATERIALIZED ${nested(select)}`;
}

interface Source {
  readonly from: string;
  /** Filters that all behaviours have. */
  readonly shared: readonly string[];
}

function readOf(behaviour: Behaviour, { event, builder, dialect, zone }: Gathering): Omit<Read, "own"> {
  const instant = (moment: NonNullable<Behaviour["from"]>) => builder.param({ kind: "moment", moment, as: "instant" });
  const refuse = () => {
    throw new Bug("nobody of whom all events are gathered was started by one");
  };
  return {
    behaviour,
    filters: rowFilters(behaviour, event, { builder, dialect, zone }, refuse),
    from: behaviour.from && instant(behaviour.from),
    until:
      behaviour.until && `${occurredAt} ${behaviour.until.isIncluded ? "<=" : "<"} ${instant(behaviour.until.moment)}`,
  };
}

/** The name of the column with an aggregate; equal ones are one. */
function column({ columns, starts }: Aggregate, { from }: Read, sql: string): string {
  const name = columns.get(sql) ?? `n${columns.size + 1}`;
  columns.set(sql, name);
  starts.add(from);
  return `g.${name}`;
}

const timed = ({ from, until, own }: Read): readonly string[] => [
  ...(from === null ? [] : [`${occurredAt} >= ${from}`]),
  ...(until === null ? [] : [until]),
  ...own,
];

/** Windows that end now ask of one column, the newest event, whether it lies behind their start. */
function printSome(read: Read, main: Aggregate, { dialect }: Gathering): string {
  if (read.until !== null) {
    return dialect.isTrue(column(main, read, dialect.someRow(timed(read).join(" AND "))));
  }
  const newest = `max(${occurredAt})`;
  const sql = read.own.length === 0 ? newest : dialect.filtered(newest, `WHERE ${read.own.join(" AND ")}`);
  const value = column(main, read, sql);
  // Nothing lies before this; compared as it is, a missing column would have to be settled for each window again.
  return read.from === null ? `${value} IS NOT NULL` : `coalesce(${value}, TIMESTAMP '0001-01-01') >= ${read.from}`;
}

function counted(what: string, filters: readonly string[], { dialect }: Gathering): string {
  return filters.length === 0 ? `count(${what})` : dialect.filtered(`count(${what})`, `WHERE ${filters.join(" AND ")}`);
}

function printCount(read: Read, gathering: Gathering): string {
  const filters = timed(read);
  if (read.behaviour.distinct === null) return counted("*", filters, gathering);
  const key = `e.${distinctColumn(read.behaviour.distinct, gathering.event)}`;
  return `${counted(`DISTINCT ${key}`, filters, gathering)} + ${counted("*", [...filters, `${key} IS NULL`], gathering)}`;
}

/**
 * What tells occurrences apart comes first, with the newest of each: from that all windows are told. Rows that lack it
 * are one by themselves each.
 */
function apartOf(read: Read, distinct: string, apart: Map<string, Apart>, gathering: Gathering): Apart {
  const key = `e.${distinctColumn(distinct, gathering.event)}`;
  const group = JSON.stringify([key, read.filters]);
  const aggregate = apart.get(group) ?? { ...emptyAggregate(), key, filters: read.filters };
  apart.set(group, aggregate);
  return aggregate;
}

function printColumns({ columns }: Aggregate): string {
  return [...columns].map(([sql, name]) => `${sql} AS ${name}`).join(",\n  ");
}

/** What lies before all the windows need not be read. */
function earliest({ starts }: Pick<Aggregate, "starts">): readonly string[] {
  if (starts.has(null)) return [];
  const [only] = starts;
  return [`${occurredAt} >= ${starts.size === 1 ? only : `least(${[...starts].join(", ")})`}`];
}

function printPeople({ people, dialect }: Gathering): string | null {
  return people === null ? null : `${dialect.semiJoin} ${quote(people)} AS j ON j.contact_id = e.contact_id`;
}

function printMain(main: Aggregate, { from, shared }: Source, gathering: Gathering): string {
  return nested(
    clauses(
      `SELECT e.contact_id,\n  ${printColumns(main)}`,
      from,
      where([`${occurredAt} <= ${gathering.builder.now()}`, ...shared, ...earliest(main)]),
      "GROUP BY e.contact_id",
    ),
  );
}

function printApart(aggregate: Apart, { from }: Source, gathering: Gathering): string {
  const { key, filters } = aggregate;
  const each = clauses(
    `SELECT e.contact_id, max(${occurredAt}) AS newest`,
    from,
    where([`${occurredAt} <= ${gathering.builder.now()}`, ...filters, ...earliest(aggregate)]),
    `GROUP BY e.contact_id, ${key}, CASE WHEN ${key} IS NULL THEN e.rowid END`,
  );
  return nested(
    clauses(`SELECT k.contact_id,\n  ${printColumns(aggregate)}`, `FROM ${nested(each)} AS k`, "GROUP BY k.contact_id"),
  );
}
