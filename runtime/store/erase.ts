// Takes all rows of forgotten people out of a database, and writes the rest into a new file, since what is deleted stays in the old.

import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Catalog } from "../../compiler/ir/catalog.ts";
import { columnOf, quote } from "../../compiler/sql/tables.ts";
import type { Database, Session } from "../ports.ts";
import { copyDatabase, type Storage } from "./copy.ts";
import { statement, text } from "./schema.ts";
import { digestSql, type Erased, type Tombstone } from "./tombstones.ts";

export interface ErasedRows {
  readonly catalog: Catalog;
  readonly erased: Erased;
  /** Those that are still to be done. */
  readonly pending: readonly Tombstone[];
}

export interface Erasing extends ErasedRows {
  /** Of the state: files of mails, of calls and of rejected rows lie in it. */
  readonly folder: string;
  readonly path: string;
  readonly storage?: Storage;
  /** Called behind each step, in tests. */
  readonly onStep?: (step: string) => void;
}

/** Removes files and rows. Running it again changes nothing. */
export async function eraseRows(database: Database, erasing: Erasing): Promise<void> {
  const { folder, onStep } = erasing;
  await database.transaction((session) => findErased(session, erasing));
  await removeFiles(database, folder);
  onStep?.("files");
  await database.transaction(async (session) => {
    await removeRows(session, erasing);
    onStep?.("rows");
  });
  onStep?.("commit");
  await dropFound(database);
  await database.change(statement("CHECKPOINT"));
  onStep?.("checkpoint");
}

/** Rows alone, within a transaction: nothing is kept of who it was. */
export async function eraseFrom(session: Session, erasing: ErasedRows): Promise<void> {
  await findErased(session, erasing);
  await removeRows(session, erasing);
  await dropFound(session);
}

async function dropFound(session: Session): Promise<void> {
  for (const table of ["erasing", "erasing_mail"]) await session.change(statement(`DROP TABLE temp.${table}`));
}

const digests = (pending: readonly Tombstone[], kind: Tombstone["kind"]) =>
  ({ kind: "texts", value: pending.filter((one) => one.kind === kind).map(({ digest }) => digest) }) as const;

/** Who is meant, in the temporary table `erasing`, and their mails in `erasing_mail`. */
async function findErased(session: Session, { catalog, erased, pending }: ErasedRows): Promise<void> {
  const { of, params } = digestSql(erased.secret);
  const { contact } = catalog;
  const field = contact.fields.find(({ name }) => name === contact.address);
  const address = field ? `c.${quote(columnOf(field, "contact"))}` : "NULL";
  await session.change({
    text: `CREATE OR REPLACE TEMP TABLE erasing AS SELECT c.contact_id, CAST(${address} AS VARCHAR) AS address FROM contact AS c
      WHERE list_contains($keys, ${of("key", "c.contact_id")}) OR coalesce(list_contains($addresses, ${of("address", address)}), false)`,
    params: { ...params, keys: digests(pending, "key"), addresses: digests(pending, "address") },
  });
  await session.change(
    statement(
      "CREATE OR REPLACE TEMP TABLE erasing_mail AS SELECT o.send_id FROM outbox AS o SEMI JOIN erasing AS e ON e.contact_id = o.contact_id",
    ),
  );
}

/** Mails and calls that were written as files, and the files of rejected rows, which may hold any row of a file. */
async function removeFiles(database: Database, folder: string): Promise<void> {
  for (const { send_id: id } of await database.run(statement("SELECT send_id FROM erasing_mail"))) {
    const place = join(folder, "mail", String(id).slice(0, 2), `${id}.eml`);
    for (const path of [place, `${place}.tmp`]) rmSync(path, { force: true });
  }
  const calls = await database.run(
    statement(
      "SELECT w.call_id, w.webhook FROM webhook_call AS w SEMI JOIN erasing AS e ON e.contact_id = w.contact_id",
    ),
  );
  for (const { call_id: id, webhook } of calls)
    rmSync(join(folder, "calls", String(webhook), `${id}.json`), { force: true });
  rmSync(join(folder, "rejects"), { recursive: true, force: true });
}

async function removeRows(session: Session, { erased, pending }: ErasedRows): Promise<void> {
  const { of, params } = digestSql(erased.secret);
  const tables = await session.run(
    statement(`SELECT table_name FROM duckdb_columns()
      WHERE column_name = 'contact_id' AND NOT internal AND database_name = current_database() AND schema_name = 'main' ORDER BY table_name`),
  );
  const byAddress = async (table: string, column: string, more: string) =>
    session.change({
      text: `DELETE FROM ${table} WHERE list_contains($addresses, ${of("address", column)}) ${more}`,
      params: { ...params, addresses: digests(pending, "address") },
    });
  await session.change(
    statement(`DELETE FROM webhook_token WHERE feedback_id IN (
      SELECT f.feedback_id FROM feedback AS f SEMI JOIN erasing_mail AS m ON m.send_id = f.send_id)`),
  );
  await byAddress("feedback", "mailbox", "OR send_id IN (SELECT send_id FROM erasing_mail)");
  for (const table of ["suppression", "consent"]) await byAddress(table, "address", "");
  await session.change(
    statement(`DELETE FROM ingest_aside USING (
        SELECT a.message_id FROM ingest_aside AS a JOIN erasing AS e
          ON contains(a.body, concat('"', e.contact_id, '"')) OR contains(lower(a.body), nullif(lower(trim(e.address)), ''))
      ) AS f WHERE ingest_aside.message_id = f.message_id`),
  );
  for (const { table_name: name } of tables) {
    await session.change(
      statement(
        `DELETE FROM ${quote(String(name))} USING erasing AS e WHERE ${quote(String(name))}.contact_id = e.contact_id`,
      ),
    );
  }
  // Membership is stored by the place of rows: it is made anew.
  await session.change(statement("DELETE FROM segment_store"));
}

/** Puts a file in the place of the database's in which nothing of the erased is left. The database must be closed. */
export async function rewrite({ path, erased, pending, storage, onStep }: Erasing): Promise<void> {
  const fresh = `${path}.new`;
  for (const left of [fresh, `${fresh}.wal`]) rmSync(left, { force: true });
  const rows = (erased.tombstones.length > 0 ? pending : []).map(({ kind, digest, at }) => ({
    text: "INSERT INTO tombstone VALUES ($kind, $digest, $at) ON CONFLICT DO NOTHING",
    params: { kind: text(kind), digest: text(digest), at: { kind: "instant" as const, value: at } },
  }));
  await copyDatabase(path, fresh, { behind: rows, ...(storage === undefined ? {} : { storage }) });
  onStep?.("copied");
  // The old log belongs to the old file, all of which was written into the new one.
  if (existsSync(`${path}.wal`)) rmSync(`${path}.wal`);
  onStep?.("no log");
  renameSync(fresh, path);
  onStep?.("swapped");
  rmSync(`${path}.tmp`, { recursive: true, force: true });
}
