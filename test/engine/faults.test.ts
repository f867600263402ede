// A process that dies at any call to the database, and goes on: the end is the same, and no mail goes twice.

import { expect, test } from "vitest";
import { createEngine } from "../../runtime/engine/engine.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import type { Database, Session } from "../../runtime/ports.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

const source = `
  segment Big where seats >= 50
  policy house < quiet hours 08:00 to 10:00  at most 1 emails in 12h >
  program p < start when signed_up  enter every time  exit when purchased  goal seats >= 90 within 5d
    send welcome  set role = boss  wait 12h  wait up to 12h until opened welcome then < send nudge > otherwise < stop >  >
  program q for Big < wait until 12:00  send receipt >
`;

class Died extends Error {}

/** Dies at the nth call: before a statement, before a commit, or behind one, when nobody is told that it held. */
function mortal(database: Database, dieAt: number): Database {
  let calls = 0;
  const call = () => {
    if (++calls === dieAt) throw new Died();
  };
  const mortalSession = (session: Session): Session => ({
    run: async (sql) => {
      call();
      return session.run(sql);
    },
    change: async (sql) => {
      call();
      return session.change(sql);
    },
  });
  const transaction: Database["transaction"] = async (work) => {
    const value = await database.transaction(async (session) => {
      const done = await work(mortalSession(session));
      call();
      return done;
    });
    call();
    return value;
  };
  return { ...mortalSession(database), close: database.close, transaction };
}

async function begun(): Promise<World> {
  const world = await worldOf(source);
  for (let index = 0; index < 8; index++) {
    await world.person(`p${index}`, { seats: index * 15, email: `p${index % 7}@test.example` });
    await world.happen("signed_up", `p${index}`, index < 6 ? "2026-03-02 08:30" : "2026-03-02 23:30");
  }
  await world.happen("signed_up", "p1", "2026-03-02 23:00");
  await world.happen("purchased", "p2", "2026-03-02 20:00");
  await world.apply("2026-03-02");
  return world;
}

async function ended(world: World) {
  const tables = ["journal", "enrollment", "positions", "event_sent", "event_received", "edge_member"];
  // A mail that was found again went out, but under which id the mailer took it is not known.
  const found: Record<string, readonly unknown[]> = {
    outbox: await world.rows("SELECT * EXCLUDE (claim_epoch, provider_id) FROM outbox ORDER BY ALL"),
    contact: await world.rows("SELECT contact_id, role FROM contact ORDER BY ALL"),
  };
  for (const table of tables) found[table] = await world.rows(`SELECT * FROM ${table} ORDER BY ALL`);
  return found;
}

type Mailer = ReturnType<typeof fakeMailer>;

/** One life of the process: a replay that goes on where the database says it was. */
async function live(world: World, database: Database, mailer: Mailer): Promise<void> {
  const ended = await runLoop({
    engine: createEngine(database, world.plan, 1),
    clock: virtualClock(at("2026-03-02 09:00")),
    mailer,
    render: plainRender,
    every: { amount: 12, unit: "h" },
    until: at("2026-03-03 12:00"),
    isReplay: true,
    onTick: async ({ at: now }) => {
      if (now >= at("2026-03-02 22:00")) await open(world, "p0", "2026-03-02 22:00");
    },
  });
  if (!ended.ok) throw new Error(ended.failure.text);
}

/** Once, however often it is asked for. */
async function open(world: World, person: string, when: string): Promise<void> {
  await world.rows(`INSERT INTO event_opened BY NAME SELECT '${person}' AS contact_id, make_timestamp(${at(when)}000) AS occurred_at,
    occurred_at AS received_at, 'o' || o.send_id AS event_id, 9 AS batch, o.send_id AS message, 'welcome' AS email
    FROM outbox AS o ANTI JOIN event_opened AS e ON e.event_id = 'o' || o.send_id
    WHERE o.contact_id = '${person}' AND o.email = 'welcome' ORDER BY o.planned_at LIMIT 1`);
}

/** What only grows: a claim that is given back by the next life is no progress. */
async function progress(world: World): Promise<string> {
  const state = await world.rows("SELECT last_tick FROM engine_state");
  const settled = await world.rows("SELECT count(*) AS mails FROM outbox WHERE state IN ('sent', 'failed', 'skipped')");
  return JSON.stringify([state, settled]);
}

test("dying at every single call, one after the other, changes nothing in the end", async () => {
  const whole = await begun();
  const untroubled = fakeMailer(undefined, { delivers: true, finds: true });
  await live(whole, whole.database, untroubled);
  expect(untroubled.accepted.length).toBeGreaterThan(8);
  expect((await whole.rows("SELECT 1 FROM journal WHERE outcome = 'delayed'")).length).toBeGreaterThan(0);

  const world = await begun();
  const mailer = fakeMailer(undefined, { delivers: true, finds: true });
  let deaths = 0;
  let before = await progress(world);
  for (let dieAt = 1; ; ) {
    try {
      await live(world, mortal(world.database, dieAt), mailer);
      break;
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      deaths++;
      // A life that got somewhere is followed by one that dies early again.
      const now = await progress(world);
      dieAt = now === before ? dieAt + 1 : 1;
      before = now;
    }
  }
  expect(deaths).toBeGreaterThan(150);
  expect(await ended(world)).toEqual(await ended(whole));
  const ids = (from: Mailer) => from.accepted.map(({ sendId }) => sendId).sort();
  expect(ids(mailer)).toEqual(ids(untroubled));
  expect(new Set(ids(mailer)).size).toBe(mailer.accepted.length);
}, 400_000);
