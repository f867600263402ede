// One small world of few calls to ports: each of them fails, and each is the last one of a life, one run for every call.

import { beforeAll, expect, test } from "vitest";
import { createEngine } from "../../runtime/engine/engine.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import { Failed } from "../../runtime/failures/failures.ts";
import type { Mailer } from "../../runtime/ports.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { plainRender } from "../engine/mailers.ts";
import { at, openWorld, planOf, type World } from "../engine/world.ts";
import { valueFrom } from "../support/scratch.ts";
import { agendaOf } from "./agenda.ts";
import { brokenLaws, journalInOrder, projected, replayed } from "./laws.ts";
import { type Door, type Fault, lifeOf, type Plot } from "./ports.ts";

const start = at("2026-03-02 09:00");
const end = at("2026-03-02 10:59");
const minuteMs = 60_000;

/** Takes every mail, but loses the first answer of its first hour. */
function forgetful(now: () => number): { readonly mailer: Mailer; readonly accepted: string[] } {
  const accepted: string[] = [];
  const mailer: Mailer = {
    name: "forgetful",
    delivers: false,
    finding: { afterMs: 30 * minuteMs, untilMs: 20 * 60 * minuteMs },
    send: async ({ sendId }) => {
      accepted.push(sendId);
      if (accepted.length === 1 && now() < start + 30 * minuteMs) throw new Error("connection reset");
      return { kind: "sent", providerId: `id-${accepted.length}` };
    },
    find: async (sendId) => (accepted.includes(sendId) ? "sent" : "absent"),
  };
  return { mailer, accepted };
}

/** A world as it was before anything happened, as often as is asked for. */
async function worldAgain(): Promise<{ readonly world: World; again(): Promise<void> }> {
  const plan = planOf("program p < start when signed_up  send welcome  wait 9d >");
  const world = await openWorld(valueFrom(await openDatabase(":memory:", { threads: 1 })), plan);
  for (const person of ["ana", "bob"]) {
    await world.person(person);
    await world.happen("signed_up", person, "2026-03-02 08:30");
  }
  await world.apply("2026-03-02 08:00");
  const tables = (
    await world.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT temporary")
  ).map(({ table_name }) => `"${table_name}"`);
  await world.rows("CREATE SCHEMA before");
  for (const table of tables) await world.rows(`CREATE TABLE before.${table} AS SELECT * FROM main.${table}`);
  let touched: readonly string[] | null = null;
  const again = async () => {
    touched ??= await changedOf(world, tables);
    for (const table of touched) {
      await world.rows(`DELETE FROM main.${table}`);
      await world.rows(`INSERT INTO main.${table} SELECT * FROM before.${table}`);
    }
  };
  return { world, again };
}

/** Tables that hold something else than before, found out once, behind a run in which all happened. */
async function changedOf(world: World, tables: readonly string[]): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const table of tables) {
    const rows = (schema: string) => world.rows(`SELECT * FROM ${schema}.${table} ORDER BY ALL`);
    if (JSON.stringify(await rows("main")) !== JSON.stringify(await rows("before"))) changed.push(table);
  }
  return changed;
}

/** Lives, one after the other, each of which goes on where the one before ended. */
async function lives(world: World, plots: readonly Plot[]): Promise<readonly string[]> {
  const agenda = agendaOf(start);
  const { mailer, accepted } = forgetful(agenda.now);
  for (const plot of plots) {
    const life = lifeOf(world.database, mailer, null, plot);
    const ended = runLoop({
      engine: createEngine(life.database, world.plan, 1),
      clock: agenda.clock,
      mailer: life.mailer,
      render: plainRender,
      every: { amount: 1, unit: "h" },
      until: end,
    }).catch((error: unknown) => {
      if (error instanceof Failed) return "failed";
      throw error;
    });
    await Promise.race([life.death, ended]);
    expect(await world.rows(brokenLaws)).toEqual([]);
  }
  return accepted;
}

const untroubled: Plot = () => null;

/** What became of everybody. When a mail was found again is no part of it. */
async function ended(world: World, accepted: readonly string[]) {
  const replay = replayed(await world.rows(journalInOrder));
  const places = (await world.rows(projected)).map(({ place }) => String(place)).sort();
  expect(places).toEqual(replay);
  return {
    accepted: [...accepted].sort(),
    journal: await world.rows("SELECT * FROM journal ORDER BY ALL"),
    positions: await world.rows("SELECT * FROM positions ORDER BY ALL"),
    outbox: await world.rows("SELECT send_id, state, planned_at, attempt FROM outbox ORDER BY ALL"),
    sent: await world.rows('SELECT "message", contact_id FROM event_sent ORDER BY ALL'),
  };
}

const doors: Door[] = [];
let expected: Awaited<ReturnType<typeof ended>>;
let room: Awaited<ReturnType<typeof worldAgain>>;

beforeAll(async () => {
  room = await worldAgain();
  const noting: Plot = (_, door) => {
    doors.push(door);
    return null;
  };
  expected = await ended(room.world, await lives(room.world, [noting]));
  return () => room.world.database.close();
});

test("the world is small, and its mails go out", () => {
  expect(doors.length).toBeGreaterThan(40);
  expect(doors.length).toBeLessThanOrEqual(60);
  expect(new Set(doors)).toEqual(new Set(["statement", "change", "transaction", "mailer"]));
  expect(expected.accepted.length).toBe(2);
  expect(expected.outbox.map(({ state }) => state)).toEqual(["sent", "sent"]);
});

/** What is undone with its transaction is undone in either case. */
const timesOf = (door: Door): readonly Fault["when"][] => (door === "statement" ? ["before"] : ["before", "behind"]);

test.each(["fail", "crash"] as const)("%s at every single call: all ends as if nothing had been", async (kind) => {
  let struck = 0;
  for (const [index, door] of doors.entries()) {
    for (const when of timesOf(door)) {
      await room.again();
      const once: Plot = (call) => {
        if (call !== index + 1) return null;
        struck += 1;
        return { kind, when };
      };
      const accepted = await lives(room.world, [once, untroubled]);
      expect({ call: index + 1, door, when, ...(await ended(room.world, accepted)) }).toEqual({
        call: index + 1,
        door,
        when,
        ...expected,
      });
    }
  }
  expect(struck).toBeGreaterThan(doors.length);
});
