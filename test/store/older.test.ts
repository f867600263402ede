// A database that an older Cadenza wrote: copied as it was, then brought to this version.

import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type OlderDatabase, open, restore } from "../../runtime/index.ts";
import { schemaVersion } from "../../runtime/store/schema.ts";
import { databaseIn, day, prepared, requestIn, rowsOf } from "../support/backup-shop.ts";
import { codeOf, query, scratchDatabase, valueFrom } from "../support/scratch.ts";

/** What version 3 did not know of is not there, and what it kept in another way is kept in that way. */
async function ofVersion3(): Promise<string> {
  const root = await prepared();
  // As long as membership is stored, writes are counted.
  await rowsOf(databaseIn(root), "DROP TABLE segment_store");
  const database = await scratchDatabase(databaseIn(root));
  for (const table of [
    ...["tombstone", "load_state", "ingest_message", "ingest_aside", "feedback_inbox", "webhook_token"],
    ...["restored", "restored_mail", "restored_waiting", "table_write", "request", "action"],
    ...["segment_member", "segment_turn"],
  ])
    await query(database, `DROP TABLE IF EXISTS ${table}`);
  for (const column of ["variant", "pinned", "policies"])
    await query(database, `ALTER TABLE outbox DROP COLUMN ${column}`);
  await query(database, "ALTER TABLE positions DROP COLUMN pinned");
  await query(database, "CREATE TABLE segment_slot (segment VARCHAR)");
  await query(database, "UPDATE meta SET value = '3' WHERE key = 'schema_version'");
  await database.close();
  return root;
}

test("it is kept in a backup that says its version, and goes on as it was", async () => {
  const root = await ofVersion3();
  const told: OlderDatabase[] = [];
  const request = { ...requestIn(root), onOlder: (older: OlderDatabase) => void told.push(older) };
  const engine = valueFrom(await open(request));
  const backup = join(root, "state", "cadenza.duckdb.version-3-20260304T000000Z.backup");
  expect(told).toEqual([{ version: 3, current: schemaVersion, backup }]);
  expect(valueFrom(await engine.contact("ben", day(4)))).toMatchObject({ enrollments: [{ program: "p" }] });
  valueFrom(await engine.tick(day(4)));
  await engine.close();
  const versions = "SELECT value FROM meta WHERE key = 'schema_version'";
  expect(await rowsOf(backup, versions)).toEqual([{ value: "3" }]);
  expect(await rowsOf(backup, "SELECT * FROM segment_slot")).toEqual([]);
  expect(await rowsOf(databaseIn(root), versions)).toEqual([{ value: String(schemaVersion) }]);
  // It is of this version now.
  await valueFrom(await open(request)).close();
  expect(told).toHaveLength(1);
  // And the copy can be put back, which brings it to this version too.
  expect(valueFrom(await restore(request, { file: backup }))).toMatchObject({ project: "shop", at: day(4) });
  expect(told).toHaveLength(1);
  const again = valueFrom(await open(request));
  expect(valueFrom(await again.contact("ben", day(4))).enrollments).toHaveLength(1);
  await again.close();
});

test("where the copy cannot be written nothing is changed; one of a newer version is refused", async () => {
  const root = await ofVersion3();
  const before = readFileSync(databaseIn(root));
  // The folder is no place for the copy: its name is taken.
  mkdirSync(join(root, "state", "cadenza.duckdb.version-3-20260304T000000Z.backup"));
  expect(codeOf(await open(requestIn(root)))).toBe("F506");
  expect(readFileSync(databaseIn(root)).equals(before)).toBe(true);
  await rowsOf(databaseIn(root), "UPDATE meta SET value = '99' WHERE key = 'schema_version'");
  expect(codeOf(await open(requestIn(root)))).toBe("F123");
  expect(readdirSync(join(root, "state")).filter((name) => name.includes("part"))).toEqual([]);
  expect(existsSync(`${databaseIn(root)}.wal`)).toBe(false);
});
