// A process that dies in the middle of a refresh, or between two: what is stored is that of the one before, whole.

import { join } from "node:path";
import { expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { printStored, withMembership } from "../../runtime/engine/segments/members.ts";
import { tick } from "../../runtime/engine/tick.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { bundled, finished, start } from "../support/child.ts";
import type { RefreshErrand } from "../support/refresh-child.ts";
import { query, scratchFolder, valueFrom } from "../support/scratch.ts";
import { at, planOf } from "./world.ts";

const plan = planOf(
  `segment Buyers where purchased
   segment Lately where purchased in 30d
   segment Quiet where in Buyers and not in Lately
   segment Few where purchased at most 2 times`,
  "UTC",
);
const calendar = calendarOf("UTC", 1);

async function withDatabase<T>(path: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = valueFrom(await openDatabase(path, { threads: 1 }));
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const purchase = (contacts: string, when: string, name: string) =>
  `INSERT INTO event_purchased BY NAME SELECT c.contact_id, TIMESTAMP '${when}' AS occurred_at, occurred_at AS received_at,
    '${name}' || c.contact_id AS event_id, 1 AS batch FROM contact AS c
    ANTI JOIN event_purchased AS e ON e.event_id = '${name}' || c.contact_id WHERE ${contacts}`;

async function fill(database: Database): Promise<void> {
  valueFrom(await ensureCatalog(database, plan.catalog));
  await query(
    database,
    "INSERT INTO contact BY NAME SELECT 'p' || i AS contact_id, 'p' || i || '@x.example' AS email FROM range(3000) AS r(i)",
  );
  await query(database, purchase("true", "2026-01-10", "a"));
}

const sizes = async (database: Database, now: number) =>
  Object.fromEntries(
    await Promise.all(
      plan.segments.map(async ({ id }) => {
        const printed = bind(printMembers(plan, id), calendar, now);
        const text = `SELECT count(*) AS n, bit_xor(hash(contact_id)) AS mark FROM (${printed.text})`;
        return [id, (await database.run({ ...printed, text }))[0]] as const;
      }),
    ),
  );

const stored = (database: Database, now: number) =>
  withMembership(database, plan, now, async ({ session, slots }) => {
    const found: [string, unknown][] = [];
    for (const { id } of plan.segments) {
      const text = `SELECT count(*) AS n, bit_xor(hash(contact_id)) AS mark FROM (${printStored({ slots }, id)})`;
      found.push([id, (await session.run({ text, params: {} }))[0]]);
    }
    return Object.fromEntries(found);
  });

const instants = [at("2026-02-01"), at("2026-02-05"), at("2026-02-20")];
const between = ["SELECT 1", purchase("hash(c.contact_id) % 40 = 0", "2026-02-03", "b"), "SELECT 1"];

test("killed in any statement, what is stored is whole, and the next refresh goes on from it", {
  timeout: 300_000,
}, async () => {
  const file = await bundled("test/support/refresh-child.ts");
  const run = async (killAt: number) => {
    const path = join(scratchFolder(), "a.duckdb");
    await withDatabase(path, fill);
    const errand: RefreshErrand = { path, plan, what: "refresh", instants, between, killAt };
    const ended = await finished(start(file, [JSON.stringify(errand)]));
    expect(ended.err).toBe("");
    await withDatabase(path, async (database) => {
      const [row] = await query(database, "SELECT refreshed_at FROM segment_store");
      for (const now of [Number(row?.refreshed_at ?? instants[0]), at("2026-02-20")]) {
        expect({ killAt, found: await stored(database, now) }).toEqual({ killAt, found: await sizes(database, now) });
      }
    });
    return Number(ended.out);
  };
  const statements = await run(0);
  expect(statements).toBeGreaterThan(12);
  for (let killAt = 2; killAt <= statements; killAt += 3) await run(killAt);
});

test("killed in a tick, the ticks that follow start the same people as if nothing had been", {
  timeout: 300_000,
}, async () => {
  const file = await bundled("test/support/refresh-child.ts");
  const source = `segment Lately where purchased in 30d
    program present for Lately < enter every time  stop >
    program waiting < start when in Lately and purchased at least 2 times  start when not in Lately  enter every time  stop >`;
  const ticking = planOf(source, "UTC");
  const run = async (killAt: number) => {
    const path = join(scratchFolder(), "a.duckdb");
    await withDatabase(path, fill);
    const errand: RefreshErrand = { path, plan: ticking, what: "tick", instants, between, killAt };
    const ended = await finished(start(file, [JSON.stringify(errand)]));
    expect(ended.err).toBe("");
    const found = await withDatabase(path, async (database) => {
      const { engine } = valueFrom(await applyPlan(database, ticking, instants[0] ?? 0));
      for (const [place, now] of instants.entries()) {
        const [state] = await query(database, "SELECT last_tick FROM engine_state");
        if (state?.last_tick != null && Number(state.last_tick) >= now) continue;
        await query(database, between[place] ?? "");
        valueFrom(await tick(engine, now));
      }
      return query(
        database,
        `SELECT program, started_at, count(*) AS people, bit_xor(hash(contact_id)) AS mark FROM enrollment
         GROUP BY ALL ORDER BY ALL`,
      );
    });
    return { found, statements: Number(ended.out) };
  };
  const whole = await run(0);
  expect(whole.found.map(({ program, people }) => [program, people])).toEqual([
    ["present", 3000],
    ["waiting", expect.any(Number)],
    ["waiting", expect.any(Number)],
  ]);
  for (let killAt = 3; killAt <= whole.statements; killAt += 7) {
    expect({ killAt, found: (await run(killAt)).found }).toEqual({ killAt, found: whole.found });
  }
});
