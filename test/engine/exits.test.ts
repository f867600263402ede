// Rule 18: exit and goal end an enrollment, win over what is due, and count as they should.

import { expect, test } from "vitest";
import { type World, worldOf } from "./world.ts";

async function begun(head: string, steps = "wait 10d  send welcome"): Promise<World> {
  const world = await worldOf(`program p < start when signed_up  ${head}  ${steps} >`);
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-01 12:00");
  return world;
}
const goals = async (world: World) => (await world.rows("SELECT count(goal_at) AS n FROM enrollment"))[0]?.n;

test("an exit ends whoever waits", async () => {
  const world = await begun("exit when purchased");
  await world.happen("purchased", "ana", "2026-03-03");
  await world.tick("2026-03-02", "2026-03-03", "2026-03-20");
  expect(await world.story("ana")).toEqual(["2026-03-02 00:00 started (signed_up)", "2026-03-03 00:00 left (exit)"]);
});

test("an exit wins over a send that is due in the same tick", async () => {
  const world = await begun("exit when purchased", "wait 1d  send welcome");
  await world.happen("purchased", "ana", "2026-03-02 23:00");
  await world.tick("2026-03-02", "2026-03-03");
  expect(await world.mails()).toEqual([]);
  expect(await world.story("ana")).toContain("2026-03-03 00:00 left (exit)");
});

test("an exit that is true at the start lets nobody take the first step", async () => {
  const world = await begun("exit when seats = 1", "send welcome");
  await world.person("ana", { seats: 1 });
  await world.tick("2026-03-02");
  expect(await world.story("ana")).toEqual(["2026-03-02 00:00 started (signed_up)", "2026-03-02 00:00 left (exit)"]);
});

test("an event before the start is not this enrollment's", async () => {
  const world = await begun("exit when purchased");
  await world.happen("purchased", "ana", "2026-03-01 11:00");
  await world.tick("2026-03-02", "2026-03-03");
  expect(await world.story("ana")).toEqual(["2026-03-02 00:00 started (signed_up)"]);
});

test("the starting event is never an exit or a goal by itself", async () => {
  const world = await worldOf("program p < start when purchased  goal purchased  wait 10d >");
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("purchased", "ana", "2026-03-01 12:00");
  await world.tick("2026-03-02");
  expect(await world.story("ana")).toEqual(["2026-03-02 00:00 started (purchased)"]);
  await world.happen("purchased", "ana", "2026-03-02 12:00");
  await world.tick("2026-03-03");
  expect((await world.story("ana")).slice(1, 3)).toEqual(["2026-03-03 00:00 goal", "2026-03-03 00:00 left (goal)"]);
});

test("both in one tick is an exit, and the goal counts", async () => {
  const world = await begun("goal purchased  exit when seats = 1");
  await world.tick("2026-03-02");
  await world.person("ana", { seats: 1 });
  await world.happen("purchased", "ana", "2026-03-02 12:00");
  await world.tick("2026-03-03");
  expect((await world.story("ana")).slice(1)).toEqual(["2026-03-03 00:00 goal", "2026-03-03 00:00 left (exit)"]);
  expect(await goals(world)).toBe(1);
});

test("a goal that is true at the start ends it uncounted", async () => {
  const world = await begun("goal seats >= 1 within 5d");
  await world.person("ana", { seats: 3 });
  await world.tick("2026-03-02", "2026-03-03");
  expect(await world.story("ana")).toEqual([
    "2026-03-02 00:00 started (signed_up)",
    "2026-03-02 00:00 left (goal already reached)",
  ]);
  expect(await goals(world)).toBe(0);
});

test("a goal between the starting event and the tick that meets it counts", async () => {
  const world = await begun("goal purchased");
  await world.happen("purchased", "ana", "2026-03-01 13:00");
  await world.tick("2026-03-02");
  expect(await goals(world)).toBe(1);
});

test("a goal within 5d neither ends nor counts behind them, to the instant", async () => {
  for (const [when, counts] of [
    ["2026-03-06 12:00", 1],
    ["2026-03-06 12:01", 0],
  ] as const) {
    const world = await begun("goal purchased within 5d");
    await world.happen("purchased", "ana", when);
    await world.tick("2026-03-02", "2026-03-06", "2026-03-07", "2026-03-08");
    expect(await goals(world)).toBe(counts);
    expect(await world.rows("SELECT count(*) AS inside FROM positions")).toEqual([{ inside: 1 - counts }]);
  }
});

test("within its time a goal counts also after the person left, once", async () => {
  const world = await begun("goal purchased within 5d", "wait 1d");
  await world.happen("purchased", "ana", "2026-03-05");
  await world.happen("purchased", "ana", "2026-03-06");
  await world.tick("2026-03-02", "2026-03-03", "2026-03-05", "2026-03-06", "2026-03-09");
  expect((await world.story("ana")).slice(-2)).toEqual([
    "2026-03-03 00:00 left (finished)",
    "2026-03-05 00:00 goal (after leaving)",
  ]);
  expect(await world.rows("SELECT reason FROM enrollment")).toEqual([{ reason: "finished" }]);
});

test("without within it counts only while the person is inside", async () => {
  const world = await begun("goal purchased", "wait 1d");
  await world.happen("purchased", "ana", "2026-03-05");
  await world.tick("2026-03-02", "2026-03-03", "2026-03-05");
  expect(await goals(world)).toBe(0);
});

test("the goal's days are the project's, across a clock change", async () => {
  const world = await worldOf(
    "program p < start when signed_up  goal purchased within 2d  wait 10d >",
    "Europe/Berlin",
  );
  await world.person("ana");
  await world.apply("2026-03-01");
  // 12:00 in Berlin is 11:00 before the change of 29 March and 10:00 behind it.
  await world.happen("signed_up", "ana", "2026-03-28 11:00");
  await world.tick("2026-03-28 12:00");
  const [row] = await world.rows("SELECT epoch_ms(goal_until) AS until FROM enrollment");
  expect(row?.until).toBe(Date.parse("2026-03-30T10:00Z"));
});

test("an exit and a goal that are both true at the start are an exit, uncounted", async () => {
  const world = await begun("goal seats >= 1  exit when role = boss", "send welcome");
  await world.person("ana", { seats: 1, role: "boss" });
  await world.tick("2026-03-02");
  expect((await world.story("ana")).slice(1)).toEqual(["2026-03-02 00:00 left (exit)"]);
  expect(await goals(world)).toBe(0);
});

test("a field that turns true in the last instant of within counts", async () => {
  const world = await begun("goal seats >= 1 within 5d");
  await world.tick("2026-03-02");
  await world.person("ana", { seats: 1 });
  await world.tick("2026-03-06 12:00");
  expect(await goals(world)).toBe(1);
});
