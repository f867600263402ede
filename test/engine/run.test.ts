// Rule 42: the loop judges at the instants of its grid, jumps where nothing can change, and goes on where it was.

import { expect, test } from "vitest";
import type { Length } from "../../compiler/ir/condition.ts";
import { type LoopTick, runLoop } from "../../runtime/engine/run.ts";
import type { Clock, Mailer } from "../../runtime/ports.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { codeOf, valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, clockOf, type World, worldOf } from "./world.ts";

const source = `program p < start when signed_up  send welcome  wait 3d  wait up to 2d until opened welcome then < send nudge >
  otherwise < send receipt > >`;
const hour: Length = { amount: 1, unit: "h" };

interface Run {
  readonly from: string;
  readonly until?: string;
  readonly every?: Length;
  readonly isOnce?: boolean;
  readonly isReplay?: boolean;
  readonly clock?: Clock;
  readonly mailer?: Mailer;
  readonly signal?: AbortSignal;
  readonly onTick?: (tick: LoopTick) => void;
}

async function run(world: World, { from, until, clock, ...choices }: Run) {
  const ticks: string[] = [];
  const ended = await runLoop({
    engine: world.engine(),
    clock: clock ?? virtualClock(at(from)),
    mailer: fakeMailer(undefined, { delivers: true }),
    render: plainRender,
    every: hour,
    isReplay: true,
    ...(until === undefined ? {} : { until: at(until) }),
    ...choices,
    onTick: (tick) => {
      ticks.push(clockOf(tick.at));
      choices.onTick?.(tick);
    },
  });
  return { ended, ticks };
}

async function begun(): Promise<World> {
  const world = await worldOf(source);
  await world.person("ana");
  await world.happen("signed_up", "ana", "2026-03-02 09:20");
  await world.apply("2026-03-02");
  return world;
}

test("a replay ticks at its start, and then only where something can change", async () => {
  const world = await begun();
  const { ticks } = await run(world, { from: "2026-03-02", until: "2026-03-31" });
  // The start, the event, the end of the wait, and its limit. That mails arrive turns nothing: nobody asks for it.
  expect(ticks).toEqual(["2026-03-02 00:00", "2026-03-02 10:00", "2026-03-05 10:00", "2026-03-07 10:00"]);
  expect(await world.mails()).toEqual(["2026-03-02 10:00 ana welcome", "2026-03-07 10:00 ana receipt"]);
});

test("live, every instant of the grid is judged", async () => {
  const world = await begun();
  const { ticks } = await run(world, { from: "2026-03-02 08:30", until: "2026-03-02 12:00", isReplay: false });
  expect(ticks).toEqual([
    "2026-03-02 08:30",
    "2026-03-02 09:00",
    "2026-03-02 10:00",
    "2026-03-02 11:00",
    "2026-03-02 12:00",
  ]);
});

test("live, a late loop judges the newest instant of the grid and not each that it missed", async () => {
  const world = await begun();
  let now = at("2026-03-02 08:00");
  const clock: Clock = {
    now: () => now,
    // Each sleep ends two and a half hours late.
    sleepUntil: async (instant) => {
      now = Math.max(now, instant) + 9_000_000;
    },
  };
  const { ticks } = await run(world, { from: "", until: "2026-03-02 16:00", isReplay: false, clock });
  expect(ticks).toEqual(["2026-03-02 10:00", "2026-03-02 13:00", "2026-03-02 16:00"]);
});

test("once is one tick, at the clock's instant", async () => {
  const world = await begun();
  expect((await run(world, { from: "2026-03-02 09:45", isOnce: true })).ticks).toEqual(["2026-03-02 09:45"]);
  expect(await world.mails()).toEqual(["2026-03-02 09:45 ana welcome"]);
});

test("a replay that starts again goes on behind its last tick, with the same end", async () => {
  const whole = await begun();
  await run(whole, { from: "2026-03-02", until: "2026-03-31" });
  const parts = await begun();
  await run(parts, { from: "2026-03-02", until: "2026-03-02 10:30" });
  await run(parts, { from: "2026-03-02", until: "2026-03-06" });
  await run(parts, { from: "2026-03-02", until: "2026-03-31" });
  for (const sql of [
    "SELECT * FROM journal ORDER BY ALL",
    "SELECT * EXCLUDE (claim_epoch) FROM outbox ORDER BY ALL",
    "SELECT * FROM event_received ORDER BY ALL",
  ]) {
    expect(await parts.rows(sql)).toEqual(await whole.rows(sql));
  }
});

test("an abort ends the loop behind the tick that it meets", async () => {
  const world = await begun();
  const stop = new AbortController();
  const { ended, ticks } = await run(world, {
    from: "2026-03-02",
    until: "2026-03-31",
    signal: stop.signal,
    onTick: ({ at: instant }) => {
      if (instant >= at("2026-03-02 10:00")) stop.abort();
    },
  });
  expect(codeOf(ended)).toBe("fine");
  expect(ticks.at(-1)).toBe("2026-03-02 10:00");
});

test("a live clock before the last tick is refused", async () => {
  const world = await begun();
  await run(world, { from: "2026-03-05", isOnce: true });
  expect(codeOf((await run(world, { from: "2026-03-04", isReplay: false, until: "2026-03-06" })).ended)).toBe("F401");
});

test("a replay that would end before the last tick is refused, and so is one tick before it", async () => {
  const world = await begun();
  await run(world, { from: "2026-03-05", isOnce: true });
  const before = await world.rows("SELECT * FROM engine_state");
  for (const backwards of [{ until: "2026-03-04" }, { isOnce: true }]) {
    const { ended, ticks } = await run(world, { from: "2026-03-02", ...backwards });
    expect(codeOf(ended)).toBe("F401");
    expect(ticks).toEqual([]);
  }
  expect(await world.rows("SELECT * FROM engine_state")).toEqual(before);
});

test("a replay stops where a mail is to be tried again, and where a consent begins", async () => {
  const world = await worldOf("program p < start when subscribed to news  send digest >");
  await world.person("ana");
  await world.apply("2026-03-02");
  await world.rows(
    "INSERT INTO consent VALUES ('ana@test.example', 'news', true, TIMESTAMP '2026-03-10 09:30', 'test')",
  );
  const mailer = fakeMailer((_, index) => (index === 0 ? { kind: "retry", reason: "busy", afterMs: 7_200_000 } : null));
  const { ticks } = await run(world, { from: "2026-03-02", until: "2026-03-31", mailer });
  expect(mailer.accepted.map((message) => clockOf(message.at))).toEqual(["2026-03-10 12:00"]);
  expect(ticks.slice(0, 3)).toEqual(["2026-03-02 00:00", "2026-03-10 10:00", "2026-03-10 12:00"]);
});

test("a replay over nothing that can change ends at once", async () => {
  const world = await worldOf("program p < start when signed_up  send welcome >");
  await world.apply("2026-03-02");
  const { ended } = await run(world, { from: "2026-03-02", until: "2030-01-01" });
  expect(valueFrom(ended).ticks).toBe(1);
});

test("two replays of one history write the same bytes", async () => {
  const tables = ["journal", "outbox", "enrollment", "positions", "event_sent", "event_received"];
  const bytes = async () => {
    const world = await begun();
    for (let index = 0; index < 40; index++) {
      await world.person(`p${index}`, { seats: index, email: `p${index % 37}@test.example` });
      await world.happen("signed_up", `p${index}`, `2026-03-0${2 + (index % 5)} 0${index % 10}:${10 + index}`);
      if (index % 3 === 0) await world.happen("opened", `p${index}`, "2026-03-05 12:00", { email: "welcome" });
    }
    await run(world, { from: "2026-03-02", until: "2026-03-31" });
    const found = [];
    for (const table of tables) found.push(await world.rows(`SELECT * FROM ${table} ORDER BY ALL`));
    return JSON.stringify(found);
  };
  expect(await bytes()).toBe(await bytes());
});
