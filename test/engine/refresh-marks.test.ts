// More is asked of the single events of one table than one number has bits for.

import { expect, test } from "vitest";
import { printStored, withMembership } from "../../runtime/engine/segments/members.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { query, valueFrom } from "../support/scratch.ts";
import { at, planOf } from "./world.ts";

const kinds = 70;
const numbers = Array.from({ length: kinds }, (_, index) => index);
const plan = planOf(
  numbers.map((number) => `segment S${number} where purchased where (amount = ${number}) in 30d`).join("\n"),
  "UTC",
);

const members = (database: Database, when: string) =>
  withMembership(database, plan, at(when), async ({ session, slots, looked }) => {
    const found: string[] = [];
    for (const number of numbers) {
      const rows = await session.run({ text: `${printStored({ slots }, `S${number}`)} ORDER BY 1`, params: {} });
      found.push(rows.map((row) => String(row.contact_id)).join(" "));
    }
    return { looked, found };
  });

/** Somebody for each amount, or with `shift` those whose own is as much below it. */
const purchases = (who: string, when: string, shift: number) =>
  `INSERT INTO event_purchased BY NAME SELECT 'p' || i AS contact_id, TIMESTAMP '${when}' AS occurred_at, occurred_at AS received_at,
    '${when}' || i AS event_id, 1 AS batch, (i + ${shift}) % ${kinds} AS amount FROM range(${kinds}) AS r(i) WHERE ${who}`;

test("each condition has a place of its own, for everybody and for those who have news", async () => {
  const database = valueFrom(await openDatabase(":memory:", { threads: 1 }));
  valueFrom(await ensureCatalog(database, plan.catalog));
  await query(database, `INSERT INTO contact BY NAME SELECT 'p' || i AS contact_id FROM range(${kinds}) AS r(i)`);
  await query(database, purchases("true", "2026-01-10", 0));
  const first = await members(database, "2026-01-20");
  expect(first).toEqual({ looked: null, found: numbers.map((number) => `p${number}`) });
  await query(database, purchases("i < 7", "2026-01-21", 1));
  const second = await members(database, "2026-01-22");
  const both = numbers.map((number) =>
    number >= 1 && number <= 7 ? [`p${number - 1}`, `p${number}`] : [`p${number}`],
  );
  expect(second).toEqual({ looked: 7, found: both.map((ids) => ids.join(" ")) });
  const third = await members(database, "2026-02-15");
  expect(third?.found).toEqual(numbers.map((number) => (number >= 1 && number <= 7 ? `p${number - 1}` : "")));
  await database.close();
});
