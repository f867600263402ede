// Rule 38: what becomes of people whose mail, or whose call, is refused for good.

import { expect, test } from "vitest";
import { callingOf } from "../../runtime/engine/make-calls.ts";
import { deliver } from "../../runtime/engine/deliver.ts";
import { resume } from "../../runtime/engine/pauses.ts";
import { runLoop } from "../../runtime/engine/run.ts";
import { snapshot } from "../../runtime/engine/snapshot.ts";
import { virtualClock } from "../../runtime/sim/virtual-clock.ts";
import type { Caller } from "../../runtime/ports.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

/** What refuses ben, as long as it is told to. */
interface Wall {
  isUp: boolean;
}

async function go(world: World, when: string, wall: Wall): Promise<void> {
  await world.tick(when);
  const mailer = fakeMailer(({ to }) =>
    wall.isUp && to.startsWith("ben") ? { kind: "refused", reason: "no such mailbox" } : null,
  );
  await deliver({ engine: world.engine(), mailer, render: plainRender, now: at(when) });
  const caller: Caller = {
    name: "http",
    goesOut: true,
    call: async ({ body }) =>
      wall.isUp && body.includes("ben@") ? { kind: "refused", reason: "the receiver answered 404" } : { kind: "taken" },
  };
  const calling = callingOf({ engine: world.engine(), caller, random: { next: () => 0 } });
  await calling.go(at(when));
}

async function began(head: string, act: string, wall: Wall): Promise<World> {
  const world = await worldOf(
    `webhook crm "https://crm.example/hook"
     program p < start when signed_up  ${head}  ${act}  wait 1d  set role = boss  wait 9d >`,
  );
  for (const id of ["ana", "ben"]) await world.person(id);
  await world.apply("2026-03-01");
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-02");
  await go(world, "2026-03-02", wall);
  return world;
}

const acts = [
  ["a mail", "send welcome", "outbox", "a mail failed: no such mailbox"],
  ["a call", "call crm", "webhook_call", "a call failed: the receiver answered 404"],
] as const;

const bosses = async (world: World) =>
  (await world.rows("SELECT contact_id FROM contact WHERE role = 'boss' ORDER BY contact_id")).map(
    ({ contact_id }) => contact_id,
  );
const leftBy = async (world: World) =>
  (await world.rows("SELECT contact_id, reason FROM enrollment WHERE left_at IS NOT NULL")).map(
    ({ contact_id, reason }) => `${contact_id} ${reason}`,
  );

test.each(acts)("without a word on it people walk on: %s", async (_, act, table) => {
  const wall = { isUp: true };
  const world = await began("", act, wall);
  await go(world, "2026-03-03", wall);
  expect(await bosses(world)).toEqual(["ana", "ben"]);
  expect(await leftBy(world)).toEqual([]);
  expect(await world.rows(`SELECT contact_id FROM ${table} WHERE state = 'failed'`)).toEqual([{ contact_id: "ben" }]);
});

test.each(acts)("`on failure exit`: they leave, before anything else happens to them: %s", async (_, act) => {
  const wall = { isUp: true };
  const world = await began("on failure exit", act, wall);
  await go(world, "2026-03-03", wall);
  expect(await bosses(world)).toEqual(["ana"]);
  expect(await leftBy(world)).toEqual(["ben failed"]);
  expect((await world.story("ben")).at(-1)).toBe("2026-03-03 00:00 left (failed)");
});

test("`on failure exit`: an exit or a goal of the same instant is told as such, and the goal counts", async () => {
  const wall = { isUp: true };
  const world = await began("on failure exit  goal purchased within 5d", "send welcome", wall);
  await world.happen("purchased", "ben", "2026-03-02 12:00", {}, 2);
  await go(world, "2026-03-03", wall);
  const rows = await world.rows(
    "SELECT reason, goal_at IS NOT NULL AS has_goal FROM enrollment WHERE contact_id = 'ben'",
  );
  expect(rows).toEqual([{ reason: "failed", has_goal: true }]);
});

test.each(acts)(
  "`on failure stop`: nobody moves until it goes on, and then it is tried again: %s",
  async (_, act, table, reason) => {
    const wall = { isUp: true };
    const world = await began("on failure stop", act, wall);
    await go(world, "2026-03-03", wall);
    await go(world, "2026-03-04", wall);
    expect(await bosses(world)).toEqual([]);
    const { problems } = await snapshot(world.database, world.plan, at("2026-03-04"));
    expect(problems.map(({ text }) => text)).toEqual([`\`p\` is paused: ${reason}`]);
    wall.isUp = false;
    await resume(world.database, "p");
    await go(world, "2026-03-05", wall);
    const [sent] = table === "outbox" ? ["sent"] : ["made"];
    expect(await world.rows(`SELECT DISTINCT state FROM ${table}`)).toEqual([{ state: sent }]);
    expect(await bosses(world)).toEqual(["ana", "ben"]);
    expect((await snapshot(world.database, world.plan, at("2026-03-05"))).problems).toEqual([]);
  },
);

test("`on failure stop`: what still fails then stops it again", async () => {
  const wall = { isUp: true };
  const world = await began("on failure stop", "send welcome", wall);
  await resume(world.database, "p");
  await go(world, "2026-03-03", wall);
  expect(await world.rows("SELECT program FROM paused")).toEqual([{ program: "p" }]);
});

test("a passing failure is none", async () => {
  const world = await worldOf("program p < start when signed_up  on failure exit  send welcome  wait 9d >");
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02");
  const mailer = fakeMailer(() => ({ kind: "retry", reason: "busy", afterMs: null }));
  await deliver({ engine: world.engine(), mailer, render: plainRender, now: at("2026-03-02") });
  await world.tick("2026-03-03");
  expect(await leftBy(world)).toEqual([]);
});

test("in a replay they leave at the next instant, though nothing else is due then", async () => {
  const world = await worldOf("program p < start when signed_up  on failure exit  send welcome  wait 9d >");
  await world.person("ben");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ben", "2026-03-02");
  const ended = await runLoop({
    engine: world.engine(),
    clock: virtualClock(at("2026-03-02")),
    mailer: fakeMailer(() => ({ kind: "refused", reason: "no such mailbox" })),
    render: plainRender,
    every: { amount: 1, unit: "h" },
    until: at("2026-03-20"),
    isReplay: true,
  });
  expect(ended).toMatchObject({ ok: true });
  expect((await world.story("ben")).at(-1)).toBe("2026-03-02 01:00 left (failed)");
});
