// Rows that come in one by one, taken in together as a load takes in those of a file: typed, checked, and each refused one named.

import type { Catalog, Field } from "../../../compiler/ir/catalog.ts";
import type { Load, LoadTarget, MappedTo, Mapping } from "../../../compiler/ir/load.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import type { Instant, Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import type { Binder } from "./binder.ts";
import { writeKept } from "./contacts.ts";
import { writeEvents } from "./events.ts";
import type { Reading } from "./reading.ts";
import { rejectForgotten } from "./forgotten.ts";
import { isRejection } from "./reasons.ts";
import { openRejects, sift } from "./rejects.ts";
import { stage } from "./stage.ts";
import { knownZones } from "./zone-spans.ts";

/** Rows in JSON. */
export interface Rows {
  /** SQL of a relation with a row's text in `c0`, and its place in `line`. */
  readonly relation: Reading["relation"];
  /** SQL of when each came; null: all with the others. */
  readonly received: string | null;
}

export const rowsOf = (rows: readonly string[]): Rows => ({
  relation: (binder) => `(SELECT unnest(${binder.texts(rows)}) AS c0, unnest(range(${rows.length})) AS line)`,
  received: null,
});

export interface Arrivals {
  /** Each part behind the one before: of one key the last row of a part counts. */
  readonly contacts: readonly Rows[];
  /** By the name of the event. */
  readonly events: ReadonlyMap<string, Rows>;
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

function readingOf(name: string, { relation, received }: Rows): Reading {
  const pointer = (of: string, binder: Binder) => binder.text(`/${of.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  const nameOf = (source: Mapping["from"]) => (source.kind === "column" ? source.name : "");
  return {
    file: { path: name, label: name },
    relation,
    received,
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
  for (const rows of contacts) {
    const load = loadOf({ kind: "contact" }, catalog);
    const staged = await stage(session, load, plan, readingOf(contactTarget, rows), zones);
    if (secret !== null) await rejectForgotten(session, { load, catalog, secret }, staged);
    await sift(session, staged);
    await writeKept(session, "contact", staged, ingest);
  }
  for (const event of catalog.events) {
    const rows = events.get(event.name);
    if (!rows) continue;
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
