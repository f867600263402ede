// When watchers are told: at once, then only of changes, and never so often that the engine feels it.

import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Clock, Instant } from "../../runtime/ports.ts";
import type { Watched } from "../../runtime/snapshot.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import { watchingOf, written } from "../../runtime/watching.ts";
import { at, worldOf } from "./world.ts";

/** A clock that moves when the test says so, and by `lookMs` with each look. */
function handClock() {
  let now: Instant = 0;
  const sleeping = new Set<{ until: Instant; wake: () => void }>();
  const clock: Clock = {
    now: () => now,
    sleepUntil: (until, signal) =>
      new Promise((resolve) => {
        const one = { until, wake: () => resolve() };
        sleeping.add(one);
        const end = () => {
          sleeping.delete(one);
          resolve();
        };
        signal?.addEventListener("abort", end, { once: true });
      }),
  };
  const pass = (ms: number) => {
    now += ms;
    for (const one of sleeping) {
      if (one.until > now) continue;
      sleeping.delete(one);
      one.wake();
    }
  };
  return { clock, pass, sleeping };
}

async function watched(lookMs = 0) {
  const world = await worldOf("program p < start when signed_up  send welcome >");
  await world.apply("2026-03-01");
  const hand = handClock();
  let looks = 0;
  const watching = watchingOf({
    database: world.database,
    plan: () => world.plan,
    snapshot: async () => {
      looks++;
      hand.pass(lookMs);
      return snapshot(world.database, world.plan, at("2026-03-01"));
    },
    isReplay: () => false,
    clock: hand.clock,
  });
  /** Until it sleeps. */
  const rest = async () => {
    while (hand.sleeping.size === 0) await nextTurn();
  };
  return { ...hand, watching, looks: () => looks, rest };
}

test("a watcher is told at once, and then when something has changed", async () => {
  const { watching, pass, rest, looks } = await watched();
  const seen: Watched[] = [];
  watching.watch((one) => void seen.push(one));
  await rest();
  expect(seen).toHaveLength(1);
  pass(10_000);
  await rest();
  expect([seen.length, looks()]).toEqual([1, 1]);
  watching.touch();
  pass(250);
  await rest();
  expect(seen).toHaveLength(2);
});

test("a flood of changes is told four times a second", async () => {
  const { watching, pass, rest } = await watched();
  let told = 0;
  watching.watch(() => void told++);
  await rest();
  for (let passed = 0; passed < 1_000; passed += 10) {
    watching.touch();
    pass(10);
    await rest();
  }
  expect(told).toBe(5);
});

test("where looks take long, the next one waits so much longer; the first alone says nothing", async () => {
  const { watching, pass, rest, looks } = await watched(1_000);
  watching.watch(() => undefined);
  await rest();
  watching.touch();
  pass(250);
  await rest();
  expect(looks()).toBe(2);
  watching.touch();
  pass(32_999);
  await nextTurn();
  expect(looks()).toBe(2);
  pass(1);
  await rest();
  expect(looks()).toBe(3);
});

test("the end of a run is told at once, however long the rest was to be", async () => {
  const { watching, pass, rest, looks } = await watched(1_000);
  watching.watch(() => undefined);
  await rest();
  watching.touch();
  pass(250);
  await rest();
  watching.end();
  while (looks() < 3) await nextTurn();
  expect(looks()).toBe(3);
});

test("several watchers share each look, who comes later is told what is known, and nobody looks when all are gone", async () => {
  const { watching, pass, rest, looks } = await watched();
  const seen: Record<"one" | "other", Watched[]> = { one: [], other: [] };
  const leaveOne = watching.watch((told) => void seen.one.push(told));
  await rest();
  const leaveOther = watching.watch((told) => void seen.other.push(told));
  expect(seen.other).toEqual(seen.one);
  watching.touch();
  pass(250);
  await rest();
  expect(seen.other[1]).toBe(seen.one[1]);
  leaveOne();
  leaveOther();
  watching.touch();
  pass(10_000);
  await nextTurn();
  expect(looks()).toBe(2);
});

test("ticks are remembered, the newest first, also of the time when nobody watched", async () => {
  const { watching } = await watched();
  const tick = (minute: number) => ({ at: minute, tickMs: 1, deliverMs: 2, rounds: 1, sent: minute, failed: 0 });
  for (let minute = 1; minute <= 600; minute++) watching.ticked(tick(minute));
  const seen = await new Promise<Watched>((resolve) => void watching.watch(resolve));
  expect(seen.ticks).toHaveLength(500);
  expect(seen.ticks[0]).toEqual({ ...tick(600), rows: 0 });
});

test("every writing is told, and what fails is none", async () => {
  const world = await worldOf("program p < start when signed_up  send welcome >");
  let writings = 0;
  const door = written(world.database);
  door.onWrite = () => void writings++;
  const select = { text: "SELECT 1", params: {} };
  await door.database.run(select);
  expect(writings).toBe(0);
  await door.database.change({ text: "CREATE TABLE t (a INTEGER)", params: {} });
  await door.database.transaction((session) => session.run(select));
  expect(writings).toBe(2);
  await expect(
    door.database.transaction(() => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  expect(writings).toBe(2);
});
