// The next instant at which anything can change, so that a clock that may jump need not stop where nothing happens.

import type { Field } from "../../compiler/ir/catalog.ts";
import type { Length } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printRunning } from "../../compiler/sql/chains.ts";
import { funnelAsked, isHistory } from "../../compiler/sql/history.ts";
import { printScoreOutlook } from "../../compiler/sql/print.ts";
import { columnOf, eventTable, quote } from "../../compiler/sql/tables.ts";
import type { Instant } from "../ports.ts";
import type { ClockReading, Owner } from "./clock-reading.ts";
import { nextClockStart, startsLocally } from "./clock-starts.ts";
import { nextDateStart } from "./date-starts.ts";
import { type Engine, instant, run } from "./engine.ts";
import { zonesInUse } from "./zones.ts";
import { runningTimes } from "./reads.ts";
import { nextWinner } from "./winners.ts";

/**
 * The earliest instant behind `now` at which a tick could find something new: a fact whose time comes, somebody who is
 * due, a mail that is to be tried again, or a window's edge that passes a fact. null: nothing will ever change by itself.
 *
 * It may name an instant at which nothing happens after all, but never skips one at which something does.
 */
export async function nextMoment(engine: Engine, now: Instant): Promise<Instant | null> {
  return earliest(await nextByFacts(engine, now), await nextByMoves(engine, now));
}

export const earliest = (left: Instant | null, right: Instant | null): Instant | null =>
  left === null || right === null ? (left ?? right) : Math.min(left, right);

/**
 * As `nextMoment`, as far as facts from outside bring it about. Until then, or until more of them come in, it stays so.
 * `holdsRows`: false for tables that are known to be empty.
 */
export async function nextByFacts(
  engine: Engine,
  now: Instant,
  holdsRows: (table: string) => boolean = () => true,
): Promise<Instant | null> {
  if (engine.clock.isUnclear) return now + 1;
  const columns = factColumns(engine.plan, engine.clock).filter(({ table }) => holdsRows(table));
  const running = await nextRunning(engine, now, (event) => !ownEvents.includes(event));
  return earliest(await nextOf(engine, now, columns), running);
}

/** As `nextMoment`, as far as the calendar or what the engine wrote itself brings it about. */
export async function nextByMoves(engine: Engine, now: Instant): Promise<Instant | null> {
  const { calendar, clock, inside: plan } = engine;
  const running = await nextRunning(engine, now, (event) => ownEvents.includes(event));
  const found = earliest(await nextOf(engine, now, moveColumns(plan, clock)), running);
  const tomorrow = () => calendar.startOfDay(calendar.shiftDay(calendar.dayOf(now), { amount: 1, unit: "d" }));
  const byDecay = earliest(await nextByDecay(engine, now), await nextByClock(engine, now));
  const byTime = earliest(byDecay, await nextWinner(engine, now));
  return earliest(byTime, clock.isByDay ? earliest(found, tomorrow()) : found);
}

/** When a program starts people by the clock or by a date. */
async function nextByClock(engine: Engine, now: Instant): Promise<Instant | null> {
  const { programs, project } = engine.plan;
  const zones = startsLocally(programs) ? await zonesInUse({ engine, session: engine.database, now }) : [project.zone];
  return earliest(nextClockStart(engine, now, zones), await nextDateStart(engine, now, zones));
}

/** When a score that decays can first come to a limit that it is compared with. */
async function nextByDecay(engine: Engine, now: Instant): Promise<Instant | null> {
  const turn = { engine, session: engine.database, now };
  let next: Instant | null = null;
  for (const [score, limits] of engine.clock.limits) {
    const [row] = await run(turn, (builder) => builder.include(printScoreOutlook(engine.plan, score, limits)));
    if (row?.ms != null) next = earliest(next, Math.max(now + 1, now + Math.floor(Number(row.ms))));
  }
  return next;
}

/** A column of instants at which, and so long behind which, something may turn. */
interface Column {
  readonly table: string;
  readonly column: string;
  readonly lengths: readonly Length[];
  /** Rows that count. */
  readonly where?: string;
  /** True where rows come in batches: those that came behind the last tick are met by the next, whatever their own time. */
  readonly hasBatches?: boolean;
}

/** Events that the engine writes itself. */
const ownEvents: readonly string[] = ["sent", "received"];

/** Whether mails that go out turn something by themselves. */
export const readsOwnEvents = ({ clock }: Engine): boolean => ownEvents.some((event) => clock.events.has(event));

function factColumns(plan: Plan, reading: ClockReading): readonly Column[] {
  return [
    ...eventColumns(plan, reading, (name) => !ownEvents.includes(name)),
    ...datetimes(plan, reading),
    ...historyColumns(reading, "contact_change"),
    ...historyColumns(reading, "stage_history"),
    plain("consent", "at"),
    plain("suppression", "at"),
    ...(reading.hasLists ? [plain("list_member", "added_at")] : []),
  ];
}

function moveColumns(plan: Plan, reading: ClockReading): readonly Column[] {
  const fieldsSet = new Set(
    plan.programs.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "set" ? [step.field] : []))),
  );
  return [
    ...eventColumns(plan, reading, (name) => ownEvents.includes(name)),
    ...contactColumns(plan, reading).filter(({ field }) => fieldsSet.has(field)),
    ...(fieldsSet.size > 0 ? historyColumns(reading, "contact_change") : []),
    ...historyColumns(reading, "stage_history"),
    ...(reading.again.length > 0 ? [{ ...plain("enrollment", "started_at"), lengths: reading.again }] : []),
    plain("positions", "due"),
    { ...plain("outbox", "not_before"), where: "state = 'pending'" },
    ...(plan.webhooks.length > 0 ? [{ ...plain("webhook_call", "not_before"), where: "state = 'pending'" }] : []),
  ];
}

/** Changes are rows of one table, whatever the field, and of one, whatever the funnel. */
function historyColumns(
  { events, lengthsOf }: ClockReading,
  table: "contact_change" | "stage_history",
): readonly Column[] {
  const isOfStages = table === "stage_history";
  const asked = [...events].filter((event) => isHistory(event) && (funnelAsked(event) !== null) === isOfStages);
  const lengths = asked.flatMap((event) => lengthsOf(`event ${event}`));
  return asked.length > 0 ? [{ table, column: "at", lengths, hasBatches: true }] : [];
}

/** When the time is over in which an event may yet be followed by another. */
async function nextRunning(engine: Engine, now: Instant, isMeant: (event: string) => boolean): Promise<Instant | null> {
  const { inside: plan } = engine;
  const times = runningTimes(plan).filter(({ event }) => isMeant(event));
  if (times.length === 0) return null;
  const [row] = await run({ engine, session: engine.database, now }, (builder) => {
    const limits = times.map(
      ({ event, within }) => `SELECT min(l.limit_at) AS "at" FROM ${printRunning(event, within, { builder, plan })} AS l
        WHERE l.limit_at > ${builder.now()}`,
    );
    return `SELECT min(s."at") AS "at" FROM (${limits.join(" UNION ALL ")}) AS s`;
  });
  return row?.at == null ? null : Number(row.at);
}

const plain = (table: string, column: string): Column => ({ table, column, lengths: [] });

function eventColumns(
  { catalog }: Plan,
  { events, lengthsOf }: ClockReading,
  isMeant: (name: string) => boolean,
): readonly Column[] {
  return catalog.events
    .filter(({ name }) => events.has(name) && isMeant(name))
    .map(({ name }) => ({
      table: eventTable(name),
      column: "occurred_at",
      lengths: lengthsOf(`event ${name}`),
      hasBatches: true,
    }));
}

function datetimes(plan: Plan, reading: ClockReading): readonly Column[] {
  const { company, events } = plan.catalog;
  return [
    ...contactColumns(plan, reading),
    ...columnsOf("company", "company", company?.fields ?? [], reading),
    ...events.flatMap(({ name, fields }) => columnsOf(`event ${name}`, eventTable(name), fields, reading)),
  ];
}

const contactColumns = ({ catalog }: Plan, reading: ClockReading) =>
  columnsOf("contact", "contact", catalog.contact.fields, reading);

/** Columns of datetimes that are compared with the clock. */
function columnsOf(owner: Owner, table: string, fields: readonly Field[], { lengthsOf }: ClockReading) {
  const lengths = lengthsOf(owner);
  const kind = owner === "contact" || owner === "company" ? owner : "event";
  const timed = lengths.length > 0 ? fields.filter(({ type }) => type.scalar.kind === "datetime" && !type.isList) : [];
  return timed.map((field) => ({ table, column: columnOf(field, kind), lengths, field: field.name }));
}

/** The earliest instant behind `now` at which one of the columns turns something. */
async function nextOf(engine: Engine, now: Instant, columns: readonly Column[]): Promise<Instant | null> {
  if (columns.length === 0) return null;
  const { calendar } = engine;
  const lengths = [...new Map(columns.flatMap((column) => column.lengths.map((by) => [textOf(by), by]))).values()];
  const turn = { engine, session: engine.database, now };
  const [row = {}] = await run(turn, (builder) => {
    const edges = lengths.map((by) => ({ by: textOf(by), at: builder.param(instant(calendar.shift(now, by))) }));
    const sources = columns.map((column) => printColumn(column, edges, builder));
    if (columns.some(({ hasBatches }) => hasBatches)) sources.push(printSeen(edges));
    const soonest = edges.map((_, index) => `, min(s.edge_${index}) AS edge_${index}`).join("");
    return `SELECT max(s.batch) > max(s.seen) AS is_behind, min(s."at") AS "at"${soonest} FROM (${sources.join(" UNION ALL ")}) AS s`;
  });
  if (row.is_behind === true) return now + 1;
  const edges = lengths.map((by, index) => {
    const fact = row[`edge_${index}`] ?? null;
    return fact === null ? null : passes(engine, now, Number(fact), by);
  });
  return [row.at == null ? null : Number(row.at), ...edges].reduce(earliest, null);
}

const textOf = ({ amount, unit }: Length): string => `${amount}${unit}`;

interface Edge {
  readonly by: string;
  /** SQL of the moved instant. */
  readonly at: string;
}

/** One scan of a column tells of the clock's own instant and of every window's edge. */
function printColumn({ table, column, lengths, where, hasBatches }: Column, edges: readonly Edge[], builder: Builder) {
  const name = quote(column);
  const own = lengths.map(textOf);
  const found = edges.map(({ by, at }, index) => {
    const fact = own.includes(by) ? `min(${name}) FILTER (${name} >= ${at})` : noInstant;
    return `, ${fact} AS edge_${index}`;
  });
  const batch = hasBatches ? "max(batch)" : noBatch;
  return `SELECT ${batch} AS batch, ${noBatch} AS seen, min(${name}) FILTER (${name} > ${builder.now()}) AS "at"${found.join("")}
    FROM ${quote(table)}${where ? ` WHERE ${where}` : ""}`;
}

const noInstant = "CAST(NULL AS TIMESTAMP)";
const noBatch = "CAST(NULL AS BIGINT)";

/** The newest batch that a tick has seen. */
const printSeen = (edges: readonly Edge[]): string =>
  `SELECT ${noBatch}, last_batch, ${noInstant}${edges.map(() => `, ${noInstant}`).join("")} FROM engine_state`;

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
