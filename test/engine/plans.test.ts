// How the database means to run the engine's statements: none may compare every row of one table with every row of another.

import { expect, test } from "vitest";
import type { Sql } from "../../compiler/sql/sql.ts";
import { deliver } from "../../runtime/engine/deliver.ts";
import { tick } from "../../runtime/engine/tick.ts";
import type { Database, Session } from "../../runtime/ports.ts";
import { valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, worldOf } from "./world.ts";

const source = `
  segment Big where seats >= 50
  segment Buyers where purchased where (amount >= 10) at least 2 times in 30d and not opened in 30d
  program onboarding < start when signed_up  only if not in Suppressed  enter again after 90d
    exit when unsubscribed or in Buyers  goal purchased within 21d
    send welcome
    wait 3d
    wait up to 2d until opened welcome then < send nudge > otherwise < wait until tuesday 09:00 local  set seats add 1 >
    if in Big and event.plan = team then < send receipt > otherwise < stop >
  >
  program growth for Big < enter every time  only if role is unknown  send nudge only if not opened in 7d
    wait until renewal  send receipt >
`;

const nestedLoops = /(NESTED_LOOP_JOIN|BLOCKWISE_NL_JOIN|CROSS_PRODUCT|PIECEWISE_MERGE_JOIN|IE_JOIN)/;

/** Asks before each statement how it would be run, and keeps the texts of those that compare row by row. */
function watched(database: Database, found: string[]): Database {
  const looking = (session: Session): Session => {
    const look = async (sql: Sql) => {
      // That table has one row.
      if (/\bengine_state\b/.test(sql.text)) return;
      const rows = await session.run({ text: `EXPLAIN ${sql.text}`, params: sql.params });
      if (nestedLoops.test(JSON.stringify(rows))) found.push(sql.text);
    };
    return {
      run: async (sql) => {
        await look(sql);
        return session.run(sql);
      },
      change: async (sql) => {
        await look(sql);
        return session.change(sql);
      },
    };
  };
  return {
    ...database,
    ...looking(database),
    transaction: (work) => database.transaction((session) => work(looking(session))),
  };
}

test("no statement of a tick or a delivery compares all rows with all rows", async () => {
  const world = await worldOf(source);
  await world.apply("2026-03-01");
  const people = 3_000;
  await world.rows(`INSERT INTO contact BY NAME SELECT 'p' || i AS contact_id, 'p' || i || '@test.example' AS email,
    CAST((i % 10) * 10 AS DOUBLE) AS seats, CASE i % 2 WHEN 0 THEN 'JP' ELSE 'FR' END AS country,
    DATE '2026-03-04' + CAST(i % 5 AS INTEGER) AS renewal FROM range(${people}) AS r(i)`);
  for (const [event, day] of [
    ["signed_up", 2],
    ["purchased", 3],
  ] as const) {
    await world.rows(`INSERT INTO event_${event} BY NAME SELECT contact_id, TIMESTAMP '2026-03-0${day} 08:30' AS occurred_at,
      occurred_at AS received_at, '${event}' || contact_id AS event_id, 1 AS batch FROM contact WHERE seats < ${day * 20}`);
  }
  const found: string[] = [];
  const engine = { ...world.engine(), database: watched(world.database, found) };
  const mailer = fakeMailer(undefined, { delivers: true });
  let sent = 0;
  for (const day of ["02", "03", "05", "07", "10"]) {
    const now = at(`2026-03-${day} 09:00`);
    valueFrom(await tick(engine, now));
    sent += (await deliver({ engine, mailer, render: plainRender, now })).sent;
  }
  expect(sent).toBeGreaterThan(people);
  expect([...new Set(found)]).toEqual([]);
}, 60_000);
