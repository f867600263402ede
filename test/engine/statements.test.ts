// A tick is set-based: what it asks of the database does not grow with the number of people.

import { expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { tick } from "../../runtime/engine/tick.ts";
import type { Database, Session } from "../../runtime/ports.ts";
import { valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, worldOf } from "./world.ts";

const source = `
  segment Big where seats >= 50
  policy house < quiet hours 20:00 to 08:00 local  at most 3 emails in 7d >
  policy calm for Big < send only on weekdays local  never send to in Suppressed >
  program onboarding < start when signed_up  enter again after 90d  exit when unsubscribed  goal purchased within 21d
    send welcome
    wait 3d
    wait up to 2d until opened welcome then < send nudge > otherwise < wait until tuesday 09:00 local  set role = boss >
    if in Big then < send receipt > otherwise < stop >
  >
  program growth for Big < only if role is unknown  send nudge  wait until renewal  send receipt >
`;

function counting(database: Database): { readonly database: Database; count(): number } {
  let statements = 0;
  const counted = (session: Session): Session => ({
    run: (sql) => {
      statements++;
      return session.run(sql);
    },
    change: (sql) => {
      statements++;
      return session.change(sql);
    },
  });
  return {
    count: () => statements,
    database: {
      ...database,
      ...counted(database),
      transaction: (work) => database.transaction((session) => work(counted(session))),
    },
  };
}

/** People of ten kinds in equal parts, so that every branch is taken at every size. */
async function statementsOf(people: number): Promise<readonly number[]> {
  const world = await worldOf(source);
  await world.apply("2026-03-01");
  await world.rows(`INSERT INTO contact BY NAME SELECT 'p' || i AS contact_id, 'p' || i || '@test.example' AS email,
    CAST((i % 10) * 10 AS DOUBLE) AS seats, CASE i % 2 WHEN 0 THEN 'JP' ELSE 'FR' END AS country,
    DATE '2026-03-04' + CAST(i % 5 AS INTEGER) AS renewal FROM range(${people}) AS r(i)`);
  await world.rows(`INSERT INTO event_signed_up BY NAME SELECT contact_id, TIMESTAMP '2026-03-02 08:30' AS occurred_at,
    occurred_at AS received_at, 's' || contact_id AS event_id, 1 AS batch FROM contact`);
  await world.rows(`INSERT INTO event_purchased BY NAME SELECT contact_id, TIMESTAMP '2026-03-03 08:30' AS occurred_at,
    occurred_at AS received_at, 'b' || contact_id AS event_id, 1 AS batch FROM contact WHERE seats = 20`);
  const counted = counting(world.database);
  const engine = { ...world.engine(), database: counted.database };
  const counts: number[] = [];
  for (const when of [
    "2026-03-02 09:00",
    "2026-03-03 09:00",
    "2026-03-05 09:00",
    "2026-03-07 09:00",
    "2026-03-10 09:00",
  ]) {
    const before = counted.count();
    valueFrom(await tick(engine, at(when)));
    counts.push(counted.count() - before);
  }
  expect(await world.rows("SELECT count(*) AS n FROM enrollment")).toEqual([{ n: people * 1.5 }]);
  return counts;
}

test("the number of statements of a tick is the same for 10 and for 100,000 people", async () => {
  const few = await statementsOf(10);
  const many = await statementsOf(100_000);
  expect(many).toEqual(few);
  expect(Math.max(...few)).toBeLessThan(150);
}, 120_000);

test("handing over asks the database per block and not per mail", async () => {
  const statements = async (people: number) => {
    const world = await worldOf("program p < start when signed_up  send welcome >");
    await world.apply("2026-03-01");
    await world.rows(`INSERT INTO contact BY NAME SELECT 'p' || i AS contact_id, 'p' || i || '@test.example' AS email
      FROM range(${people}) AS r(i)`);
    await world.rows(`INSERT INTO event_signed_up BY NAME SELECT contact_id, TIMESTAMP '2026-03-02' AS occurred_at,
      occurred_at AS received_at, contact_id AS event_id, 1 AS batch FROM contact`);
    await world.tick("2026-03-02");
    const counted = counting(world.database);
    const engine = { ...world.engine(), database: counted.database };
    const mailer = fakeMailer(undefined, { delivers: true });
    expect((await deliver({ engine, mailer, render: plainRender, now: at("2026-03-02") })).sent).toBe(people);
    return counted.count();
  };
  expect(await statements(400)).toBe(await statements(4));
});
