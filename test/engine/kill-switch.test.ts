// The switch that stops everything: nothing is claimed while it is on, and what is claimed is not handed over.

import { expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { callingOf } from "../../runtime/engine/make-calls.ts";
import type { Stop } from "../../runtime/engine/pauses.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, worldOf } from "./world.ts";

const stopped: Stop = { by: "ana", at: at("2026-03-02") };

async function worldOfTen() {
  const world = await worldOf(`webhook crm "https://crm.example/hook"
    program p < start when signed_up  send welcome  wait 1d  call crm  send nudge  wait 9d >
    program q < start when purchased  send nudge >`);
  await world.apply("2026-03-01");
  for (let index = 0; index < 10; index++) {
    await world.person(`c${index}`);
    await world.happen("signed_up", `c${index}`, "2026-03-02");
  }
  return world;
}

test("it ends a block in the middle: the rest is pending, as if it had never been claimed", async () => {
  const world = await worldOfTen();
  await world.tick("2026-03-02");
  let stop: Stop | null = null;
  const mailer = fakeMailer((_, index) => {
    if (index === 2) stop = stopped;
    return null;
  });
  const pace = { lanes: 1, pausedUntil: null };
  await deliver({ engine: world.engine(), mailer, render: plainRender, now: at("2026-03-02"), pace, stop: () => stop });
  expect(mailer.accepted).toHaveLength(3);
  const states = "SELECT state, attempt, count(*) AS n FROM outbox GROUP BY ALL ORDER BY state";
  expect(await world.rows(states)).toEqual([
    { state: "pending", attempt: 0, n: 7 },
    { state: "sent", attempt: 1, n: 3 },
  ]);
  await deliver({ engine: world.engine(), mailer, render: plainRender, now: at("2026-03-03"), stop: () => stop });
  expect(mailer.accepted).toHaveLength(3);
  await deliver({ engine: world.engine(), mailer, render: plainRender, now: at("2026-03-03"), stop: () => null });
  expect(mailer.accepted).toHaveLength(10);
});

test("while it is on a run moves nobody; then what is due goes on, but for what somebody paused alone", async () => {
  const world = await worldOfTen();
  await world.rows("INSERT INTO paused (program, \"at\") VALUES ('q', '2026-03-01')");
  let stop: Stop | null = null;
  const called: string[] = [];
  const mailer = fakeMailer();
  const clock = virtualClock(at("2026-03-02"));
  const seen: string[] = [];
  const look = async (now: number) => {
    const [row] = await world.rows("SELECT string_agg(program, ' ' ORDER BY program) AS paused FROM paused");
    seen.push(`${new Date(now).toISOString().slice(8, 13)} ${mailer.accepted.length} ${called.length} ${row?.paused}`);
    if (now === at("2026-03-02 01:00")) stop = stopped;
    if (now === at("2026-03-03 12:00")) stop = null;
  };
  await runLoop({
    engine: world.engine(),
    clock,
    mailer,
    render: plainRender,
    every: { amount: 1, unit: "h" },
    until: at("2026-03-03 13:00"),
    stop: () => stop,
    calls: {
      caller: {
        name: "files",
        goesOut: false,
        call: async ({ id }) => {
          called.push(id);
          return { kind: "taken" };
        },
      },
      random: { next: () => 0 },
    },
    onTick: ({ at: now }) => look(now),
  });
  expect(seen[0]).toBe("02T00 10 0 q");
  expect(seen[2]).toBe("02T02 10 0 p q");
  expect(seen.at(-2)).toBe("03T12 10 0 p q");
  expect(seen.at(-1)?.slice(0, 8)).toBe("03T13 20");
  expect(seen.at(-1)?.split(" ").slice(3)).toEqual(["q"]);
  expect(called).toHaveLength(10);
  expect(await world.rows('SELECT kind, program, acted_by, epoch_ms("at") AS at FROM action')).toEqual([
    { kind: "pause", program: null, acted_by: "ana", at: stopped.at },
  ]);
});

test("calls stop with it", async () => {
  const world = await worldOfTen();
  await world.tick("2026-03-02", "2026-03-03");
  let stop: Stop | null = null;
  let called = 0;
  const calling = callingOf({
    engine: world.engine(),
    random: { next: () => 0 },
    stop: () => stop,
    caller: {
      name: "files",
      goesOut: false,
      call: async () => {
        called += 1;
        stop = stopped;
        return { kind: "taken" };
      },
    },
  });
  await calling.go(at("2026-03-03"));
  // Those that were under way at the same time are the only ones.
  expect(called).toBeLessThanOrEqual(4);
  const before = called;
  await calling.go(at("2026-03-03 01:00"));
  expect(called).toBe(before);
  stop = null;
  expect(await world.rows("SELECT count(*) AS n FROM webhook_call WHERE state = 'pending'")).toEqual([
    { n: 10 - before },
  ]);
});
