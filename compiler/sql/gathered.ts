// Many behaviours over one event table at once, for contacts: few columns of few aggregates, from which each is told.

import type { EventTable } from "../ir/catalog.ts";
import type { Behaviour } from "../ir/condition.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { distinctColumn } from "./aggregates.ts";
import type { Builder } from "./builder.ts";
import type { Dialect } from "./dialect.ts";
import { occurredAt, rowFilters } from "./event-filters.ts";
import { clauses, nested, where } from "./layout.ts";
import { holdsForNone } from "./simplify.ts";
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
  /** Conditions on a row, each of which has a bit that is set where some row meets it. */
  readonly marks: string[];
  /** Earliest instants of the columns; null: one of them reaches back to the first event. */
  readonly starts: Set<string | null>;
  readonly truths: Map<number, string>;
}

/** An aggregate over occurrences that a column tells apart. */
interface Apart extends Aggregate {
  readonly key: string;
  readonly filters: readonly string[];
  /**
   * SQL over the row `g` of the rows counted as they are: who may have rows of one occurrence, and so many rows that it
   * matters. Only for those the aggregate is worked out.
   */
  readonly doubts: string[];
}

const emptyAggregate = (): Aggregate => ({ columns: new Map(), marks: [], starts: new Set(), truths: new Map() });

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
    if (count === null) main.truths.set(place, printSome(read, main));
    else if (distinct !== null && read.until === null) {
      const aggregate = apartOf(read, distinct, apart, gathering);
      const newest = read.from === null ? [] : [`k.newest >= ${read.from}`];
      aggregate.truths.set(place, told(read, column(aggregate, read, counted("*", newest, gathering)), gathering));
      if (gathering.people === null) main.truths.set(place, printGuess(read, main, { aggregate, gathering }));
    } else main.truths.set(place, told(read, column(main, read, printCount(read, gathering)), gathering));
  }
  return gathering.people === null
    ? gatheredOfAll({ main, apart: [...apart.values()], shared }, gathering)
    : gatheredOfSome({ main, apart: [...apart.values()], shared }, gathering);
}

interface Aggregates {
  readonly main: Aggregate;
  readonly apart: readonly Apart[];
  /** Filters that all behaviours have. */
  readonly shared: readonly string[];
}

/** What tells occurrences apart is looked at only for who may have rows of one occurrence. */
function gatheredOfAll({ main, apart, shared }: Aggregates, gathering: Gathering): ReturnType<typeof printGathered> {
  const source: Source = { from: `FROM ${tableOf(gathering.event)}`, shared };
  const counts = printMain(main, source, gathering);
  if (apart.length === 0) return { relation: null, found: [{ select: counts, truths: main.truths }] };
  const relation = quote(`all of ${gathering.event.name}`);
  const found = apart.map((one) => {
    const doubtful = nested(
      clauses("SELECT g.contact_id", `FROM ${relation} AS g`, where([`(${one.doubts.join(" OR ")})`])),
    );
    const { semiJoin } = gathering.dialect;
    const from = clauses(source.from, `${semiJoin} ${doubtful} AS j ON j.contact_id = e.contact_id`);
    return { select: printApart(one, { from, shared }, gathering), truths: one.truths };
  });
  return {
    relation: `${relation} AS MATERIALIZED ${counts}`,
    found: [{ select: relation, truths: main.truths }, ...found],
  };
}

function gatheredOfSome({ main, apart, shared }: Aggregates, gathering: Gathering): ReturnType<typeof printGathered> {
  const aggregates = [...(main.truths.size > 0 ? [main] : []), ...apart];
  const isShared = aggregates.length > 1;
  const source: Source = isShared
    ? { from: `FROM ${quote(relationOf(gathering.event))} AS e`, shared }
    : { from: clauses(`FROM ${tableOf(gathering.event)}`, printPeople(gathering)), shared };
  const found = [
    ...(main.truths.size > 0 ? [{ select: printMain(main, source, gathering), truths: main.truths }] : []),
    ...apart.map((one) => ({ select: printApart(one, source, gathering), truths: one.truths })),
  ];
  const selects = found.map(({ select }) => select);
  return { relation: isShared ? printRelation(aggregates, selects, gathering) : null, found };
}

function told({ behaviour: { count } }: Read, value: string, { builder }: Gathering): string {
  if (count === null) throw new Bug("a behaviour without a count");
  return `${value} ${count.op} ${builder.param({ kind: "integer", value: count.times })}`;
}

interface Guess {
  readonly aggregate: Apart;
  readonly gathering: Gathering;
}

/**
 * Rows are counted as they are. Where all of them are occurrences of their own, and where they are too few even so, that
 * is what the leaf says; for all others it says what it says of nobody's events, and they are told of by `aggregate`.
 */
function printGuess(read: Read, main: Aggregate, { aggregate, gathering }: Guess): string {
  const { dialect, builder } = gathering;
  const { count } = read.behaviour;
  if (count === null) throw new Bug("a behaviour without a count");
  const own = read.own.length === 0 ? null : `WHERE ${read.own.join(" AND ")}`;
  const rows = column(main, read, counted("*", timed(read), gathering));
  const all = column(main, read, counted("*", read.own, gathering));
  const differing = column(main, read, dialect.differing(aggregate.key, own));
  const times = builder.param({ kind: "integer", value: count.times });
  const isMore = count.op === ">" || count.op === "<=";
  aggregate.doubts.push(`(${differing} < ${all} AND ${rows} ${isMore ? ">" : ">="} ${times})`);
  const truth = told(read, rows, gathering);
  return holdsForNone(read.behaviour) ? `(${truth} OR ${differing} < ${all})` : `(${truth} AND ${differing} = ${all})`;
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

interface Source extends Pick<Aggregates, "shared"> {
  readonly from: string;
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

/**
 * Windows that end now ask of one column, the newest event, whether it lies behind their start. All others have a bit each
 * of one number: many numbers for each contact would be slower to keep than one.
 */
function printSome(read: Read, main: Aggregate): string {
  if (read.until !== null || read.own.length > 0) return printMarked(timed(read).join(" AND "), read.from, main);
  const value = column(main, read, `max(${occurredAt})`);
  // Nothing lies before this; compared as it is, a missing column would have to be settled for each window again.
  return read.from === null ? `${value} IS NOT NULL` : `coalesce(${value}, TIMESTAMP '0001-01-01') >= ${read.from}`;
}

/** As many as fit into an INTEGER without its sign. */
const marksPerNumber = 30;

function printMarked(condition: string, from: string | null, { marks, starts }: Aggregate): string {
  if (!marks.includes(condition)) marks.push(condition);
  starts.add(from);
  const place = marks.indexOf(condition);
  return `(g.${markName(Math.floor(place / marksPerNumber))} & ${2 ** (place % marksPerNumber)}) <> 0`;
}

const markName = (number: number): string => `m${number + 1}`;

function printMarks(marks: readonly string[], { anyBits }: Dialect): readonly string[] {
  const numbers = Array.from({ length: Math.ceil(marks.length / marksPerNumber) }, (_, number) => number);
  return numbers.map((number) => {
    const own = marks.slice(number * marksPerNumber, (number + 1) * marksPerNumber);
    const bits = own.map((condition, index) => `CASE WHEN ${condition} THEN ${2 ** index} ELSE 0 END`);
    return `${anyBits(bits.join(" | "))} AS ${markName(number)}`;
  });
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
  const aggregate = apart.get(group) ?? { ...emptyAggregate(), key, filters: read.filters, doubts: [] };
  apart.set(group, aggregate);
  return aggregate;
}

function printColumns({ columns, marks }: Aggregate, dialect: Dialect): string {
  return [...[...columns].map(([sql, name]) => `${sql} AS ${name}`), ...printMarks(marks, dialect)].join(",\n  ");
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
      `SELECT e.contact_id,\n  ${printColumns(main, gathering.dialect)}`,
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
    clauses(
      `SELECT k.contact_id,\n  ${printColumns(aggregate, gathering.dialect)}`,
      `FROM ${nested(each)} AS k`,
      "GROUP BY k.contact_id",
    ),
  );
}
