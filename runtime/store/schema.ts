// The tables that every database has, whatever the project: the system's own and the engine's.

import { printRecords } from "../../compiler/sql/history.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { engineTables } from "../engine/tables.ts";
import type { Database, Session } from "../ports.ts";

/** Grows by one whenever an older Cadenza could no longer read what a newer one writes, or would write too little. */
export const schemaVersion = 7;

const systemTables: readonly string[] = [
  "CREATE TABLE IF NOT EXISTS meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL)",
  // How often rows were added to a table, and how often its rows were changed or removed.
  `CREATE TABLE IF NOT EXISTS table_write (
    name VARCHAR PRIMARY KEY,
    appended BIGINT NOT NULL,
    rewritten BIGINT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS load_batch (
    batch BIGINT NOT NULL,
    load VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    loaded BIGINT NOT NULL,
    rejected BIGINT NOT NULL
  )`,
  // `files`: what they were like when they were last loaded, by name, size and time. `failed_since` NULL: the last try went well.
  `CREATE TABLE IF NOT EXISTS load_state (
    load VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    files VARCHAR,
    failed_since TIMESTAMP,
    reason VARCHAR,
    help VARCHAR,
    PRIMARY KEY (load, path)
  )`,
  // Ids of messages that came in over HTTP, each of which counts once.
  `CREATE TABLE IF NOT EXISTS ingest_message (
    message_id VARCHAR PRIMARY KEY,
    received_at TIMESTAMP NOT NULL
  )`,
  // What came in over HTTP and was not taken in yet, a row for each commit: `told` is a JSON list.
  `CREATE TABLE IF NOT EXISTS ingest_inbox (
    place BIGINT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    told VARCHAR NOT NULL
  )`,
  // What came in over HTTP and has no place in the project, or is not as it should be, as it came.
  `CREATE TABLE IF NOT EXISTS ingest_aside (
    message_id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    received_at TIMESTAMP NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS list_member (
    list VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    added_at TIMESTAMP NOT NULL,
    source VARCHAR NOT NULL,
    PRIMARY KEY (list, contact_id)
  )`,
  `CREATE TABLE IF NOT EXISTS suppression (
    address VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    source VARCHAR NOT NULL,
    PRIMARY KEY (address, reason)
  )`,
  // Who was forgotten, by keyed hashes: see tombstones.ts. A database from before it was erased by one lacks its row.
  `CREATE TABLE IF NOT EXISTS tombstone (
    kind VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    PRIMARY KEY (kind, digest)
  )`,
  // Append-only. What contact fields were: see compiler/sql/history.ts.
  `CREATE TABLE IF NOT EXISTS contact_change (
    contact_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    batch BIGINT NOT NULL,
    old VARCHAR,
    new VARCHAR
  )`,
  // Append-only: `state` false refuses, true agrees; the latest row of an address and topic wins.
  `CREATE TABLE IF NOT EXISTS consent (
    address VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    state BOOLEAN NOT NULL,
    "at" TIMESTAMP NOT NULL,
    source VARCHAR NOT NULL
  )`,
];

/** A statement without parameters. */
export const statement = (text: string): Sql => ({ text, params: {} });

export const text = (value: string) => ({ kind: "text" as const, value });

/** What `meta` holds under `key`; null where it holds nothing. */
export async function readMeta(session: Session, key: string): Promise<string | null> {
  const rows = await session.run({ text: "SELECT value FROM meta WHERE key = $key", params: { key: text(key) } });
  const value = rows[0]?.value;
  return typeof value === "string" ? value : null;
}

export async function writeMeta(session: Session, key: string, value: string): Promise<void> {
  await session.change({
    text: "INSERT INTO meta VALUES ($key, $value) ON CONFLICT DO UPDATE SET value = excluded.value",
    params: { key: text(key), value: text(value) },
  });
}

/** null where nothing has been written yet. */
export async function versionOf(session: Session): Promise<number | null> {
  const known = await session.run(statement("SELECT 1 FROM duckdb_tables() WHERE table_name = 'meta'"));
  const version = known.length === 0 ? null : await readMeta(session, "schema_version");
  return version === null ? null : Number(version);
}

/** False where a newer Cadenza wrote the database: nothing of it may be touched. */
export async function checkVersion(session: Session): Promise<boolean> {
  return ((await versionOf(session)) ?? 0) <= schemaVersion;
}

/** Creates the tables that are missing. Running it again changes nothing. */
export async function ensureSchema(database: Database): Promise<void> {
  await database.transaction(async (session) => {
    const [meta, ...others] = [...systemTables, ...engineTables];
    if (meta) await session.change(statement(meta));
    const known = await readMeta(session, "schema_version");
    const version = Number(known ?? schemaVersion);
    if (version < 4) await forgetMembership(session);
    // One statement: there are dozens of tables, and every opening of a database waits for them.
    await session.change(statement(others.join(";\n")));
    if (version < 2) await recordContacts(session);
    if (version < 3) await completeStages(session);
    if (known !== String(schemaVersion)) await writeMeta(session, "schema_version", String(schemaVersion));
  });
}

/** From version 2 on it is known since when: since the last load or tick at least, which were the last to write contacts. */
async function recordContacts(session: Session): Promise<void> {
  const known = await session.run(statement("SELECT 1 FROM duckdb_tables() WHERE table_name = 'contact'"));
  if (known.length === 0) return;
  const last = `(SELECT max(w."at") AS "at"
    FROM (SELECT "at" FROM load_batch UNION ALL SELECT last_tick FROM engine_state) AS w)`;
  const contacts = `(SELECT c.contact_id, l."at" FROM contact AS c CROSS JOIN ${last} AS l WHERE l."at" IS NOT NULL)`;
  await session.change(statement(printRecords(contacts, 'n."at"', "0")));
}

/** From version 3 on it is written with each stage what was there before. */
async function completeStages(session: Session): Promise<void> {
  for (const column of ["batch BIGINT", "old VARCHAR", "is_first BOOLEAN"]) {
    await session.change(statement(`ALTER TABLE stage_history ADD COLUMN IF NOT EXISTS ${column}`));
  }
  await session.change(
    statement(`UPDATE stage_history AS s SET batch = 0, old = p.stage_before, is_first = p.place = 1
      FROM (
        SELECT h.funnel, h.contact_id, h."at", lag(h.stage) OVER back AS stage_before, row_number() OVER back AS place
        FROM stage_history AS h WINDOW back AS (PARTITION BY h.funnel, h.contact_id ORDER BY h."at")
      ) AS p
      WHERE p.funnel = s.funnel AND p.contact_id = s.contact_id AND p."at" = s."at"`),
  );
}

/** It was stored in another way before, and is made anew when it is asked for. */
async function forgetMembership(session: Session): Promise<void> {
  for (const table of ["segment_store", "segment_slot", "segment_source", "segment_change"]) {
    await session.change(statement(`DROP TABLE IF EXISTS ${table}`));
  }
}
