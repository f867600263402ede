// The next instant at which anything can change, so that a clock that may jump need not stop where nothing happens.

import {
  childrenOf,
  type Condition,
  type Length,
  type Moment,
  type Term,
  termsOf,
} from "../../compiler/ir/condition.ts";
import type { Field } from "../../compiler/ir/catalog.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { columnOf, eventTable, quote } from "../../compiler/sql/tables.ts";
import type { Instant } from "../ports.ts";
import { type Engine, instant, run } from "./engine.ts";
import { conditionsOfPlan } from "./reads.ts";

/**
 * The earliest instant behind `now` at which a tick could find something new: a fact whose time comes, somebody who is
 * due, a mail that is to be tried again, or a window's edge that passes a fact. null: nothing will ever change by itself.
 *
 * It may name an instant at which nothing happens after all, but never skips one at which something does.
 */
export async function nextMoment(engine: Engine, now: Instant): Promise<Instant | null> {
  const { plan, calendar } = engine;
  const reading = readingOf(plan);
  if (reading.isUnclear) return now + 1;
  const turn = { engine, session: engine.database, now };
  const shifts = reading.lengths.map((by) => ({ by, edge: calendar.shift(now, by) }));
  const rows = await run(turn, (builder) => {
    const soonest = (table: string, column: string, where = "true") =>
      `SELECT -1 AS place, min(${column}) FILTER (${column} > ${builder.now()}) AS "at" FROM ${table} WHERE ${where}`;
    // One scan tells of the clock's own instant and of every window's edge.
    const edges = (table: string, column: string, isEvent: boolean) => {
      const places = [-1, ...shifts.map((_, place) => place), ...(isEvent ? [-1] : [])];
      const found = [
        `min(${column}) FILTER (${column} > ${builder.now()})`,
        ...shifts.map(({ edge }) => `min(${column}) FILTER (${column} >= ${builder.param(instant(edge))})`),
        // Facts that came in behind the last tick are met by the next one, whatever their own time.
        ...(isEvent
          ? [`CASE WHEN max(batch) > (SELECT last_batch FROM engine_state) THEN ${builder.param(instant(now + 1))} END`]
          : []),
      ];
      return `SELECT unnest([${places.join(", ")}]) AS place, unnest([${found.join(", ")}]) AS "at" FROM ${table}`;
    };
    const sources = [
      ...plan.catalog.events.map(({ name }) => edges(quote(eventTable(name)), "occurred_at", true)),
      ...datetimes(plan).map(({ table, column }) => edges(table, column, false)),
      ...(plan.programs.some(({ enter }) => enter.kind === "again") ? [edges("enrollment", "started_at", false)] : []),
      soonest("consent", '"at"'),
      soonest("suppression", '"at"'),
      soonest("list_member", "added_at"),
      soonest("positions", "due"),
      soonest("outbox", "not_before", "state = 'pending'"),
    ];
    return `SELECT s.place, min(s."at") AS "at" FROM (${sources.join(" UNION ALL ")}) AS s
      WHERE s."at" IS NOT NULL GROUP BY s.place`;
  });
  const found = rows.map((row) => {
    const by = shifts[Number(row.place)]?.by;
    return by ? passes(engine, now, Number(row.at), by) : Number(row.at);
  });
  if (reading.isByDay) found.push(nextDay(engine, now));
  return found.length === 0 ? null : Math.max(now + 1, Math.min(...found));
}

/** The first instant behind `now` whose shifted image is not before `fact`. Shifting never turns the order of instants. */
function passes(engine: Engine, now: Instant, fact: Instant, by: Length): Instant {
  let early = now;
  let late = Math.max(now + 1, fact + 1);
  for (let reach = 86_400_000; engine.calendar.shift(late, by) < fact; reach *= 2) {
    early = late;
    late += reach;
  }
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (engine.calendar.shift(middle, by) >= fact) late = middle;
    else early = middle;
  }
  return late;
}

/** Whether the plan compares the clock with instants that are not looked at here: then every moment is named. */
export const isAnyMoment = (plan: Plan): boolean => readingOf(plan).isUnclear;

function nextDay({ calendar }: Engine, now: Instant): Instant {
  return calendar.startOfDay(calendar.shiftDay(calendar.dayOf(now), { amount: 1, unit: "d" }));
}

interface Reading {
  /** Lengths by which conditions move the instant of evaluation. */
  readonly lengths: readonly Length[];
  /** True where something turns with the day: days are compared, or calendar periods. */
  readonly isByDay: boolean;
  /** True where the clock is compared with instants that are not looked at here. */
  readonly isUnclear: boolean;
}

/** How the plan's conditions depend on the clock. */
function readingOf(plan: Plan): Reading {
  const lengths = new Map<string, Length>();
  let isByDay = false;
  let isUnclear = false;
  const readMoment = (moment: Moment, as: "day" | "instant") => {
    if (moment.kind === "period" || as === "day") isByDay = true;
    if (moment.kind === "day") isByDay = true;
    if (moment.kind === "shift") lengths.set(`${moment.by.amount}${moment.by.unit}`, moment.by);
    if (moment.kind === "now") lengths.set("0d", { amount: 0, unit: "d" });
    // A fixed instant only matters as an edge that the clock passes: facts behind it do not count before.
  };
  const readTerm = (term: Term) => {
    if (term.kind === "moment") readMoment(term.moment, term.as);
    if ("type" in term && term.type.scalar.kind === "date") isByDay = true;
    if ("type" in term && term.type.scalar.kind === "datetime" && !stored.has(term.kind)) isUnclear = true;
  };
  const read = (condition: Condition): void => {
    termsOf(condition).forEach(readTerm);
    if (condition.kind === "contains" && "type" in condition.term && condition.term.type.scalar.kind === "datetime") {
      isUnclear = true;
    }
    if (condition.kind === "behaviour") {
      if (condition.from) readMoment(condition.from, "instant");
      if (condition.until) readMoment(condition.until.moment, "instant");
    }
    childrenOf(condition).forEach(read);
  };
  conditionsOfPlan(plan).forEach(read);
  for (const { enter } of plan.programs) {
    if (enter.kind === "again") {
      const back = { amount: -enter.after.amount, unit: enter.after.unit };
      lengths.set(`${back.amount}${back.unit}`, back);
    }
  }
  return { lengths: [...lengths.values()], isByDay, isUnclear };
}

/** Terms whose values stand in a column of their own: their edges are looked at. */
const stored: ReadonlySet<Term["kind"]> = new Set(["field", "company field", "start property", "property"]);

interface Column {
  readonly table: string;
  readonly column: string;
}

function datetimes({ catalog }: Plan): readonly Column[] {
  const columns = (name: string, fields: readonly Field[], kind: "contact" | "company" | "event"): readonly Column[] =>
    fields
      .filter(({ type }) => type.scalar.kind === "datetime" && !type.isList)
      .map((field) => ({ table: quote(name), column: quote(columnOf(field, kind)) }));
  const { contact, company, events } = catalog;
  return [
    ...columns("contact", contact.fields, "contact"),
    ...columns("company", company?.fields ?? [], "company"),
    ...events.flatMap(({ name, fields }) => columns(eventTable(name), fields, "event")),
  ];
}
