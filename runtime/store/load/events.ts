// Events: each one once, by its id, of contacts that are known; and what some of them say about mailing an address.

import type { Catalog, EventTable } from "../../../compiler/ir/catalog.ts";
import { columnOf, eventTable, quote } from "../../../compiler/sql/tables.ts";
import { Bug } from "../../../grammar/unreachable.ts";
import type { Instant, Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import { binder } from "./binder.ts";
import { knownRows, mostLookedUp } from "./known.ts";
import { reasons } from "./reasons.ts";
import { addRejects } from "./rejects.ts";
import type { Stage, StagedColumn } from "./stage.ts";
import type { Written } from "./written.ts";

export interface Ingest {
  readonly catalog: Catalog;
  readonly now: Instant;
  /** Of this run of the load. */
  readonly batch: number;
}

export function columnFor(stage: Stage, kind: "contact" | "at" | "event id" | "state" | "source"): StagedColumn | null {
  return stage.columns.find((column) => column.mapping.to.kind === kind) ?? null;
}

export function contactColumn(stage: Stage): StagedColumn {
  const found = columnFor(stage, "contact");
  if (!found) throw new Bug("the load maps no contact");
  return found;
}

/** Takes out the rows of contacts that the database does not have. */
export async function rejectStrangers(session: Session, stage: Stage): Promise<number> {
  const contact = contactColumn(stage);
  const from = stage.rows > mostLookedUp ? "contact" : (await knownRows(session, "contact", stage, contact)).from;
  const isStranger = `NOT EXISTS (SELECT 1 FROM ${from} AS c WHERE c.contact_id = load_stage.${contact.value})`;
  const rejected = await addRejects(
    session,
    stage.reading,
    (values) => `SELECT ${stage.place} AS place, ${values.text(contact.label)} AS "column", ${contact.value} AS value,
      ${values.text(reasons.stranger)} AS reason FROM load_stage WHERE ${isStranger}`,
  );
  if (rejected > 0) await session.change(statement(`DELETE FROM load_stage WHERE ${isStranger}`));
  return rejected;
}

const nameOf = ({ mapping: { to } }: StagedColumn) => (to.kind === "field" ? `field ${to.name}` : to.kind);

/** The event's id, or a hash of all that the row says: the same row gets the same id whenever it is loaded. */
function idSql(event: EventTable, stage: Stage): string {
  const own = columnFor(stage, "event id");
  // Control characters keep the parts apart, so that moving text from one to the next makes another hash.
  const part = ({ value }: StagedColumn) => `coalesce(CAST(s.${value} AS VARCHAR), chr(30))`;
  // In an order of their own: how a load happens to list its columns says nothing about the event.
  const content = stage.columns.filter((column) => column !== own).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const hash = `md5(concat_ws(chr(31), '${event.name}', ${content.map(part).join(", ")}))`;
  return own ? `coalesce(s.${own.value}, ${hash})` : hash;
}

/** Ids and properties in the event table's own columns, in `load_event`. */
async function shape(session: Session, event: EventTable, stage: Stage): Promise<readonly string[]> {
  const at = columnFor(stage, "at");
  if (!at) throw new Bug(`a load of ${event.name} maps no time`);
  const own = columnFor(stage, "event id");
  const properties = stage.columns.flatMap((column) => {
    const { to } = column.mapping;
    return to.kind === "field" ? [{ value: `s.${column.value}`, name: columnOf(to, "event") }] : [];
  });
  // A mail event that says nothing of machines is a person's.
  const machine = event.isMail ? properties.find(({ name }) => name === "machine") : undefined;
  const told = properties.filter((property) => property !== machine);
  const machines = event.isMail
    ? [{ value: machine ? `coalesce(${machine.value}, FALSE)` : "FALSE", name: "machine" }]
    : [];
  const columns = [...told, ...machines];
  await session.change(
    statement(`CREATE OR REPLACE TEMP TABLE load_event AS SELECT ${stage.place.replace("rowid", "s.rowid")} AS place,
      s.${contactColumn(stage).value} AS contact_id, s.${at.value} AS occurred_at${stage.reading.received === null ? "" : ", s.received_at"}, ${idSql(event, stage)} AS event_id,
      ${own ? `s.${own.value} IS NOT NULL` : "FALSE"} AS is_named
      ${columns.map(({ value, name }) => `, ${value} AS ${quote(name)}`).join("")} FROM load_stage AS s`),
  );
  // Nothing reads it any more, and a large file's rows need not be in memory twice.
  await session.change(statement("DROP TABLE temp.load_stage"));
  return columns.map(({ name }) => name);
}

/** Equal rows of one file are several events: the second gets another id than the first, and the same every time. */
async function separateEquals(session: Session): Promise<void> {
  await session.change(
    statement(`UPDATE load_event SET event_id = load_event.event_id || '-' || again.nth FROM (
        SELECT place, row_number() OVER (PARTITION BY event_id ORDER BY place) AS nth FROM load_event
        WHERE NOT is_named AND event_id IN (SELECT event_id FROM load_event GROUP BY event_id HAVING count(*) > 1)
      ) AS again WHERE again.place = load_event.place AND again.nth > 1`),
  );
}

/** Of several rows with one event id the first is left; the others are reported where they say something else. */
async function keepFirst(session: Session, stage: Stage, columns: readonly string[]): Promise<number> {
  const label = columnFor(stage, "event id")?.label ?? "event id";
  const said = ["contact_id", "occurred_at", ...columns].map(quote).join(", ");
  await session.change(
    statement(`CREATE OR REPLACE TEMP TABLE load_repeat AS
      SELECT place, event_id, row_number() OVER again AS nth,
        row(${said}) IS DISTINCT FROM first_value(row(${said})) OVER again AS differs
      FROM load_event WHERE is_named AND event_id IN (SELECT event_id FROM load_event GROUP BY event_id HAVING count(*) > 1)
      WINDOW again AS (PARTITION BY event_id ORDER BY place)`),
  );
  const reported = await addRejects(
    session,
    stage.reading,
    (
      values,
    ) => `SELECT place, ${values.text(label)} AS "column", event_id AS value, ${values.text(reasons.repeated)} AS reason
      FROM load_repeat WHERE nth > 1 AND differs`,
  );
  await session.change(
    statement("DELETE FROM load_event WHERE place IN (SELECT place FROM load_repeat WHERE nth > 1)"),
  );
  return reported;
}

interface Inserting {
  readonly stage: Stage;
  readonly columns: readonly string[];
  readonly ingest: Ingest;
}

async function insert(
  session: Session,
  event: EventTable,
  { stage: { reading }, columns, ingest }: Inserting,
): Promise<number> {
  const values = binder();
  const table = quote(eventTable(event.name));
  const now = reading.received === null ? values.bind({ kind: "instant", value: ingest.now }) : "s.received_at";
  const batch = values.bind({ kind: "integer", value: ingest.batch });
  const own = columns.map(quote);
  return await session.change(
    values.sql(`INSERT INTO ${table} (${["contact_id", "occurred_at", "received_at", "event_id", "batch", ...own].join(", ")})
      SELECT ${["contact_id", "occurred_at", now, "event_id", batch, ...own].join(", ")} FROM load_event AS s
      WHERE NOT EXISTS (SELECT 1 FROM ${table} AS e WHERE e.event_id = s.event_id)`),
  );
}

/** Unsubscribing refuses its topic, or all mail where it names none that the project has; bounces and complaints suppress the address. */
async function mindMailing(session: Session, event: EventTable, { catalog, batch }: Ingest): Promise<void> {
  const values = binder();
  const address = `lower(trim(c.${quote(columnOf({ name: catalog.contact.address, isKey: catalog.contact.address === catalog.contact.key }, "contact"))}))`;
  const from = `FROM ${quote(eventTable(event.name))} AS e JOIN contact AS c ON c.contact_id = e.contact_id
    WHERE e.batch = ${values.bind({ kind: "integer", value: batch })} AND ${address} IS NOT NULL`;
  if (event.name === "unsubscribed") {
    const topics = values.texts(catalog.topics.map(({ name }) => name));
    const lowered = values.texts(catalog.topics.map(({ name }) => name.toLowerCase()));
    const topic = `coalesce(${topics}[list_position(${lowered}, lower(e.topic))], '*')`;
    await session.change(
      values.sql(`INSERT INTO consent (address, topic, state, "at", source)
        SELECT DISTINCT ${address}, ${topic}, FALSE, e.occurred_at, 'load' ${from} ORDER BY ALL`),
    );
  } else if (event.name === "bounced" || event.name === "complained") {
    await session.change(
      values.sql(`INSERT INTO suppression (address, reason, "at", source)
        SELECT ${address}, '${event.name}', min(e.occurred_at), 'load' ${from} GROUP BY ALL ORDER BY ALL ON CONFLICT DO NOTHING`),
    );
  }
}

async function measure(session: Session, now: Instant) {
  const [row] = await session.run({
    text: `SELECT count(*) AS total, count(DISTINCT event_id) AS ids, count(*) FILTER (is_named) AS named,
      count(*) FILTER (occurred_at > $now) AS future FROM load_event`,
    params: { now: { kind: "instant", value: now } },
  });
  const number = (name: string) => Number(row?.[name] ?? 0);
  return { total: number("total"), ids: number("ids"), named: number("named"), future: number("future") };
}

/** Writes the staged rows into the event's table. */
export async function writeEvents(session: Session, event: EventTable, stage: Stage, ingest: Ingest): Promise<Written> {
  const rejected = await rejectStrangers(session, stage);
  const columns = await shape(session, event, stage);
  const before = await measure(session, ingest.now);
  let duplicates = 0;
  if (before.ids < before.total) {
    await separateEquals(session);
    if (before.named > 0) duplicates = await keepFirst(session, stage, columns);
  }
  const { total, future } = before.ids < before.total ? await measure(session, ingest.now) : before;
  const added = await insert(session, event, { stage, columns, ingest });
  if (added > 0) await mindMailing(session, event, ingest);
  return { added, updated: 0, unchanged: total - added, duplicates, rejected, future };
}
