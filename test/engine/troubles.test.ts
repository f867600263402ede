// A clock that is set back or forth while the engine runs, and a provider that is down for days: nothing is lost or sent twice.

import { afterEach, expect, test, vi } from "vitest";
import { type LoopTick, runLoop } from "../../runtime/engine/run.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { codeOf } from "../support/scratch.ts";
import { type FakeMailer, fakeMailer, plainRender } from "./mailers.ts";
import { at, clockOf, type World, worldOf } from "./world.ts";

const source = "program p < start when signed_up  send welcome  wait 3h  send nudge  wait 30d >";
const dayHours = 24;
const minuteMs = 60_000;

async function begun(people: Readonly<Record<string, string>>): Promise<World> {
  const world = await worldOf(source);
  await world.apply("2026-03-02");
  for (const [id, when] of Object.entries(people)) {
    await world.person(id);
    await world.happen("signed_up", id, when);
  }
  return world;
}

/** Subject and reader of what was accepted, in order. */
const taken = ({ accepted }: FakeMailer) => accepted.map(({ subject, to }) => `${to.split("@")[0]} ${subject}`);

afterEach(() => {
  vi.useRealTimers();
});

/** The loop on the machine's own clock, whose time passes as the test says. */
async function onOwnClock(world: World, until: string) {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: at("2026-03-02 09:30") });
  const mailer = fakeMailer();
  const ticks: string[] = [];
  const state: { ended: Awaited<ReturnType<typeof runLoop>> | null } = { ended: null };
  const running = runLoop({
    engine: world.engine(),
    clock: systemClock(),
    mailer,
    render: plainRender,
    every: { amount: 1, unit: "h" },
    until: at(until),
    onTick: ({ at: instant }: LoopTick) => void ticks.push(clockOf(instant)),
  }).then((ended) => {
    state.ended = ended;
  });
  const isIdle = async () => {
    // Whatever the loop has asked of the database comes first.
    for (let turn = 0; turn < 60; turn++) await world.rows("SELECT 1");
  };
  const pass = async (hours: number) => {
    for (let half = 0; half < 2 * hours && state.ended === null; half++) {
      await isIdle();
      await vi.advanceTimersByTimeAsync(30 * minuteMs);
    }
    await isIdle();
  };
  return { mailer, ticks, state, running, pass };
}

test("a clock that is set back a day: nothing is judged twice, and all goes on when its time has come again", async () => {
  const world = await begun({ ana: "2026-03-02 09:00", bob: "2026-03-02 12:20" });
  const { mailer, ticks, state, running, pass } = await onOwnClock(world, "2026-03-02 17:00");
  await pass(2);
  vi.setSystemTime(Date.now() - dayHours * 60 * minuteMs);
  const before = [...ticks];
  await pass(20);
  expect(ticks.slice(before.length)).toEqual([]);
  const { problems } = await snapshot(world.database, world.plan, Date.now());
  expect(problems.map(({ text }) => text)).toEqual([
    expect.stringContaining("lies before the last tick, of 2026-03-02T11:00"),
  ]);
  await pass(14);
  await running;
  expect(state.ended && codeOf(state.ended)).toBe("fine");
  expect(ticks).toEqual([...new Set(ticks)].toSorted());
  expect(ticks.at(-1)).toBe("2026-03-02 17:00");
  expect(taken(mailer)).toEqual(["ana welcome", "ana nudge", "bob welcome", "bob nudge"]);
}, 120_000);

test("a clock that is set forth a day: the instant that it tells is judged, and what was due meanwhile is done once", async () => {
  const world = await begun({ ana: "2026-03-02 09:00", bob: "2026-03-02 12:20" });
  const { mailer, ticks, state, running, pass } = await onOwnClock(world, "2026-03-03 17:00");
  await pass(1);
  const before = ticks.length;
  vi.setSystemTime(Date.now() + dayHours * 60 * minuteMs);
  await pass(8);
  await running;
  expect(state.ended && codeOf(state.ended)).toBe("fine");
  expect(ticks[before] ?? "").toMatch(/^2026-03-03 1[01]:/);
  expect(taken(mailer).toSorted()).toEqual(["ana nudge", "ana welcome", "bob nudge", "bob welcome"]);
}, 120_000);

test("a provider that is down for two days: every mail goes out once when it is back, and meanwhile it is on record", async () => {
  const world = await begun({ ana: "2026-03-02 09:00", bob: "2026-03-03 12:20" });
  const clock = virtualClock(at("2026-03-02 09:30"));
  const back = at("2026-03-04 10:00");
  const tried: number[] = [];
  const mailer = fakeMailer(() => {
    tried.push(clock.now());
    return clock.now() < back ? { kind: "retry", reason: "connection refused", afterMs: null } : null;
  });
  const problems: string[] = [];
  const ended = await runLoop({
    engine: world.engine(),
    clock,
    mailer,
    render: plainRender,
    every: { amount: 1, unit: "h" },
    until: at("2026-03-05 12:00"),
    onTick: async ({ at: instant }) => {
      if (clockOf(instant) !== "2026-03-03 10:00") return;
      const found = await snapshot(world.database, world.plan, instant);
      problems.push(...found.problems.map(({ text, help }) => `${text} ${help}`));
    },
  });
  expect(codeOf(ended)).toBe("fine");
  expect(taken(mailer).toSorted()).toEqual(["ana nudge", "ana welcome", "bob nudge", "bob welcome"]);
  expect(problems).toEqual([expect.stringContaining("connection refused")]);
  const states = await world.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state");
  expect(states).toEqual([{ state: "sent", n: 4 }]);
  // With growing pauses, of six hours at most, and not at every tick.
  const during = tried.filter((when) => when < back);
  expect(during.length).toBeGreaterThan(4);
  expect(during.length).toBeLessThan(4 * 20);
});
