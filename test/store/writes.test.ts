// Which tables a statement writes, and that every way of writing is counted together with what is written.

import { expect, test } from "vitest";
import { writesOf } from "../../runtime/store/writes.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { query, scratchDatabase } from "../support/scratch.ts";

test.each([
  ['INSERT INTO "event_a ""b" (x) SELECT 1', ['event_a "b'], []],
  ["insert into consent select * from q", ["consent"], []],
  ["INSERT INTO consent SELECT 1 ON CONFLICT DO NOTHING", ["consent"], []],
  ["INSERT INTO meta VALUES (1) ON CONFLICT DO UPDATE SET value = excluded.value", [], ["meta"]],
  ["INSERT OR REPLACE INTO contact VALUES (1)", [], ["contact"]],
  ["UPDATE contact AS t SET a = 1 FROM s", [], ["contact"]],
  ["WITH a AS (SELECT 1) DELETE FROM list_member USING a", [], ["list_member"]],
  ['ALTER TABLE "contact__next" RENAME TO "contact"', [], ["contact__next", "contact"]],
  ['ALTER TABLE "contact" ADD COLUMN "vip" BOOLEAN', [], ["contact"]],
  ["ALTER TABLE paused ADD COLUMN IF NOT EXISTS reason VARCHAR", [], []],
  ["DROP TABLE contact", [], ["contact"]],
  ['CREATE TABLE "contact" (a INTEGER)', [], ["contact"]],
  ["CREATE TABLE IF NOT EXISTS contact (a INTEGER)", [], []],
  ["CREATE OR REPLACE TEMP TABLE verdict AS SELECT 1", [], []],
  ["SELECT updated FROM contact", [], []],
])("%s", (text, appended, rewritten) => {
  const found = writesOf({ text, params: {} });
  expect([...found.appended].filter((name) => name !== "set")).toEqual(appended);
  expect([...found.rewritten].filter((name) => name !== "set")).toEqual(rewritten);
});

test("writes are counted, in a transaction and without one, and not where they are rolled back", async () => {
  const database = await scratchDatabase();
  await ensureSchema(database);
  const counts = () =>
    query(
      database,
      "SELECT name, appended, rewritten FROM table_write WHERE name IN ('consent', 'load_batch') ORDER BY name",
    );
  await query(database, "INSERT INTO consent VALUES ('b@x.example', 'tips', true, TIMESTAMP '2026-01-01', 'test')");
  // Counted from when membership is stored.
  await query(database, "INSERT INTO segment_store VALUES (1, TIMESTAMP '2026-01-01', 1, '', 0, '[]', '[]')");
  const consent = "INSERT INTO consent VALUES ('a@x.example', 'tips', true, TIMESTAMP '2026-01-01', 'test')";
  await query(database, consent);
  await database.transaction(async (session) => {
    await session.change({ text: consent, params: {} });
    await session.change({ text: "DELETE FROM load_batch", params: {} });
    const seen = await session.run({ text: "SELECT appended FROM table_write WHERE name = 'consent'", params: {} });
    expect(seen).toEqual([{ appended: 2 }]);
    await session.change({ text: consent, params: {} });
  });
  const written = [
    { name: "consent", appended: 3, rewritten: 0 },
    { name: "load_batch", appended: 0, rewritten: 1 },
  ];
  expect(await counts()).toEqual(written);
  const work = database.transaction(async (session) => {
    await session.change({ text: consent, params: {} });
    throw new Error("no");
  });
  await expect(work).rejects.toThrow("no");
  await expect(query(database, "INSERT INTO consent VALUES (1)")).rejects.toThrow();
  expect(await counts()).toEqual(written);
});
