// Rows that come in one by one, taken in together as a load takes in those of a file: typed, checked, and each refused one named.

import type { Catalog, Field } from "../../../compiler/ir/catalog.ts";
import type { Load, LoadTarget, MappedTo, Mapping } from "../../../compiler/ir/load.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import type { Instant, Session } from "../../ports.ts";
import type { Aside } from "../../snapshot.ts";
import { statement } from "../schema.ts";
import { digestSql } from "../tombstones.ts";
import type { Binder } from "./binder.ts";
import { writeKept } from "./contacts.ts";
import { writeEvents } from "./events.ts";
import type { Reading } from "./reading.ts";
import { rejectForgotten } from "./forgotten.ts";
import { isRejection } from "./reasons.ts";
import { openRejects, sift } from "./rejects.ts";
import { stage } from "./stage.ts";
import { knownZones } from "./zone-spans.ts";

export interface Arrivals {
  readonly contacts: readonly string[];
  /** JSON of rows by the name of the event. */
  readonly events: ReadonlyMap<string, readonly string[]>;
}

/** Why rows were refused: by what they were for, then by their place, from 0. */
export type Refused = ReadonlyMap<string, ReadonlyMap<number, string>>;

export const contactTarget = "contact";

const span = { file: "", start: 0, end: 0 };

function mappingTo(to: MappedTo, from: string): Mapping {
  const plain = { format: null, zone: null, values: null, otherwise: null, span };
  return { to, from: { kind: "column", name: from }, ...plain };
}

const toField = ({ name, type, isKey }: Field): Mapping => mappingTo({ kind: "field", name, type, isKey }, name);

function loadOf(target: LoadTarget, catalog: Catalog): Load {
  const name = target.kind === "event" ? target.name : contactTarget;
  const own = [
    mappingTo({ kind: "contact" }, "@contact"),
    mappingTo({ kind: "at" }, "@at"),
    mappingTo({ kind: "event id" }, "@id"),
  ];
  const fields =
    target.kind === "event" ? catalog.events.find((event) => event.name === name)?.fields : catalog.contact.fields;
  return {
    name,
    target,
    format: "json",
    path: "http",
    delimiter: null,
    hasHeader: true,
    encoding: null,
    unknown: [],
    rowsWhere: [],
    refreshEvery: null,
    mappings: [...(target.kind === "event" ? own : []), ...(fields ?? []).map(toField)],
    span,
  };
}

function readingOf(name: string, rows: readonly string[]): Reading {
  const pointer = (of: string, binder: Binder) => binder.text(`/${of.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  const nameOf = (source: Mapping["from"]) => (source.kind === "column" ? source.name : "");
  return {
    file: { path: name, label: name },
    relation: (binder) => `(SELECT unnest(${binder.texts(rows)}) AS c0, unnest(range(${rows.length})) AS line)`,
    raw: (source, binder) => `json_extract_string(c0, ${pointer(nameOf(source), binder)})`,
    absent: (source, binder) => `json_type(c0, ${pointer(nameOf(source), binder)}) IS NULL`,
    label: (source) => nameOf(source).replace("@", ""),
    line: "line",
    linesOf: null,
    malformed: null,
    malformedRows: 0,
    close: async () => undefined,
  };
}

export async function zoneNames(session: Session): Promise<readonly string[]> {
  const rows = await session.run(statement("SELECT name FROM pg_timezone_names()"));
  return knownZones(rows.map((row) => String(row.name)));
}

/** Behind all that a tick has seen, as one load of this name for all that comes in before the next. */
async function batchOf(session: Session, now: Instant): Promise<number> {
  const [row] = await session.run(statement("SELECT coalesce(max(last_batch), 0) + 1 AS batch FROM engine_state"));
  const batch = Number(row?.batch ?? 1);
  await session.change({
    text: `INSERT INTO load_batch SELECT $batch, 'http', 'http', $now, 0, 0
      WHERE NOT EXISTS (SELECT 1 FROM load_batch WHERE batch = $batch AND load = 'http')`,
    params: { batch: { kind: "integer", value: batch }, now: { kind: "instant", value: now } },
  });
  return batch;
}

/** `secret`: by which forgotten people are known; null: nobody was forgotten. */
export interface TakingIn {
  readonly now: Instant;
  readonly zones: readonly string[];
  readonly secret: string | null;
}

/** Contacts come first, so that their events of the same moment find them. To be called in a transaction. */
export async function takeIn(
  session: Session,
  plan: Plan,
  { contacts, events }: Arrivals,
  { now, zones, secret }: TakingIn,
): Promise<Refused> {
  const { catalog } = plan;
  const ingest = { catalog, now, batch: await batchOf(session, now) };
  await openRejects(session);
  if (contacts.length > 0) {
    const load = loadOf({ kind: "contact" }, catalog);
    const staged = await stage(session, load, plan, readingOf(contactTarget, contacts), zones);
    if (secret !== null) await rejectForgotten(session, { load, catalog, secret }, staged);
    await sift(session, staged);
    await writeKept(session, "contact", staged, ingest);
  }
  for (const event of catalog.events) {
    const rows = events.get(event.name) ?? [];
    if (rows.length === 0) continue;
    const load = loadOf({ kind: "event", name: event.name }, catalog);
    const staged = await stage(session, load, plan, readingOf(event.name, rows), zones);
    if (secret !== null) await rejectForgotten(session, { load, catalog, secret }, staged);
    await sift(session, staged);
    await writeEvents(session, event, staged, ingest);
  }
  // Its temporary tables are replaced by those of whatever is taken in or loaded next.
  return refusedIn(session);
}

async function refusedIn(session: Session): Promise<Refused> {
  const rows = await session.run(
    statement(`SELECT file, place, "column", value, reason FROM load_reject ORDER BY file, place, "column", reason`),
  );
  const refused = new Map<string, Map<number, string>>();
  for (const row of rows) {
    const reason = String(row.reason);
    if (!isRejection(reason)) continue;
    const of = refused.get(String(row.file)) ?? new Map<number, string>();
    const place = Number(row.place);
    const said = row.value === null ? "" : ` (${String(row.column)}: ${String(row.value)})`;
    if (!of.has(place)) of.set(place, `${reason}${said}`);
    refused.set(String(row.file), of);
  }
  return refused;
}

export interface KeptAside {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  readonly body: string;
}

/** What was told in one part, by what became of it. */
export interface Sorted {
  readonly kept: readonly KeptAside[];
  /** Ids. */
  readonly taken: readonly string[];
}

/**
 * Nothing that somebody sent is lost: what cannot be taken in is kept as it came. It may come again, mended, by the same id,
 * and what is taken in at last is kept aside no longer.
 */
export async function keepAside(session: Session, { kept, taken }: Sorted, now: Instant): Promise<void> {
  const ids = (values: readonly string[]) => ({ kind: "texts" as const, value: values });
  await session.change({
    text: "DELETE FROM ingest_aside USING (SELECT unnest($ids) AS id) AS t WHERE ingest_aside.message_id = t.id",
    params: { ids: ids(taken) },
  });
  if (kept.length === 0) return;
  const texts = (of: (one: KeptAside) => string) => ids(kept.map(of));
  await session.change({
    text: "DELETE FROM ingest_message USING (SELECT unnest($ids) AS id) AS t WHERE ingest_message.message_id = t.id",
    params: { ids: texts(({ id }) => id) },
  });
  await session.change({
    text: `INSERT INTO ingest_aside (message_id, name, reason, body, received_at)
      SELECT a.id, a.name, a.reason, a.body, $now
      FROM (SELECT unnest($ids) AS id, unnest($names) AS name, unnest($reasons) AS reason, unnest($bodies) AS body) AS a
      ON CONFLICT DO UPDATE SET name = excluded.name, reason = excluded.reason, body = excluded.body`,
    params: {
      ids: texts(({ id }) => id),
      names: texts(({ name }) => name),
      reasons: texts(({ reason }) => reason),
      bodies: texts(({ body }) => body),
      now: { kind: "instant", value: now },
    },
  });
}

/** What forgotten people are told to have done is no more kept aside than it is taken in. `secret`: as in `TakingIn`. */
export async function dropForgotten(session: Session, secret: string): Promise<void> {
  const { of, params } = digestSql(secret);
  const known = (kind: "key" | "address", path: string) =>
    `coalesce(${of(kind, `json_extract_string(a.body, '${path}')`)} IN (SELECT digest FROM tombstone), false)`;
  const places = ["$.traits.email", "$.context.traits.email", "$.properties.email"];
  const asked = [known("key", "$.userId"), ...places.map((path) => known("address", path))];
  await session.change({
    text: `DELETE FROM ingest_aside USING (SELECT a.message_id FROM ingest_aside AS a WHERE ${asked.join(" OR ")}) AS f
      WHERE ingest_aside.message_id = f.message_id`,
    params,
  });
}

/** @returns the ids that did not come before. */
export async function newMessages(
  session: Session,
  ids: readonly string[],
  now: Instant,
): Promise<ReadonlySet<string>> {
  const rows = await session.run({
    text: `INSERT INTO ingest_message (message_id, received_at)
      SELECT DISTINCT m.id, $now FROM (SELECT unnest($ids) AS id) AS m ON CONFLICT DO NOTHING RETURNING message_id`,
    params: { ids: { kind: "texts", value: ids }, now: { kind: "instant", value: now } },
  });
  return new Set(rows.map((row) => String(row.message_id)));
}

/** Ids so old that nobody sends them again. */
export async function forgetMessages(session: Session, before: Instant): Promise<void> {
  await session.change({
    text: "DELETE FROM ingest_message WHERE received_at < $before",
    params: { before: { kind: "instant", value: before } },
  });
}

export async function asideView(session: Session): Promise<readonly Aside[]> {
  const rows = await session.run(
    statement(`SELECT name, reason, count(*) AS messages, max(received_at) AS last FROM ingest_aside
      GROUP BY name, reason ORDER BY messages DESC, name, reason`),
  );
  return rows.map((row) => ({
    name: String(row.name),
    reason: String(row.reason),
    messages: Number(row.messages),
    last: Number(row.last),
  }));
}
