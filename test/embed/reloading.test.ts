// `refresh every` on a clock that is ours: a run loads once for each time that is over.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compile, open, virtualClock } from "../../runtime/index.ts";
import { greeting } from "../support/greeting.ts";
import { query, scratchDatabase, scratchFolder, valueFrom } from "../support/scratch.ts";

test("a run of five hours loads every two", async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, "people.csv"), "id,email\nana,ana@x.example\n");
  const text = greeting.replace('"people.csv"', '"people.csv" refresh every 2h');
  const { plan } = compile([{ path: "shop.cdz", text }]);
  if (plan === null) throw new Error("it does not compile");
  const start = Date.parse("2026-03-01T08:00:00Z");
  const engine = valueFrom(await open({ plan, database: { folder }, clock: virtualClock(start) }));
  valueFrom(await engine.run({ every: { amount: 30, unit: "min" }, until: start + 5 * 3_600_000 }));
  await engine.close();
  const database = await scratchDatabase(join(folder, "cadenza.duckdb"));
  const loads = await query(database, `SELECT strftime("at", '%H:%M') AS at FROM load_batch ORDER BY "at"`);
  expect(loads).toEqual([{ at: "08:00" }, { at: "10:00" }, { at: "12:00" }]);
});
