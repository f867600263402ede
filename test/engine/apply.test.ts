// Rules 15 and 24: what a new version does to the people inside, and what it refuses.

import { expect, test } from "vitest";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { openEngine } from "../../runtime/engine/engine.ts";
import { tick } from "../../runtime/engine/tick.ts";
import { codeOf, valueFrom } from "../support/scratch.ts";
import { at, planOf, worldOf } from "./world.ts";

const first = "program p < start when signed_up  send welcome  wait 5d as rest  send nudge >";

async function inside(source = first) {
  const world = await worldOf(source);
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02");
  return world;
}

test("the same meaning is no new version, and another one is", async () => {
  const world = await worldOf(first);
  const again = await applyPlan(world.database, planOf(`# laid out anew\n${first}`), at("2026-03-02"));
  expect(valueFrom(again)).toMatchObject({ version: 1, isNew: true });
  expect(valueFrom(await applyPlan(world.database, world.plan, at("2026-03-03")))).toMatchObject({
    version: 1,
    isNew: false,
  });
  const other = planOf(first.replace("5d", "6d"));
  expect(valueFrom(await applyPlan(world.database, other, at("2026-03-04")))).toMatchObject({
    version: 2,
    isNew: true,
  });
  expect((await openEngine(world.database))?.plan).toEqual(other);
});

test("people go on at the same step of the new version, due as they were", async () => {
  const world = await inside();
  await world.apply(
    "2026-03-03",
    planOf(first.replace("send nudge", "send nudge  wait 1d  send receipt").replace("wait 5d", "wait 50d")),
  );
  await world.tick("2026-03-06", "2026-03-07", "2026-03-08");
  expect(await world.mails()).toEqual([
    "2026-03-02 00:00 ana welcome",
    "2026-03-07 00:00 ana nudge",
    "2026-03-08 00:00 ana receipt",
  ]);
  expect(await world.rows("SELECT DISTINCT version FROM journal ORDER BY version")).toEqual([
    { version: 1 },
    { version: 2 },
  ]);
});

test("a step that people stand on cannot vanish, and nothing is changed", async () => {
  const world = await inside();
  const refused = await applyPlan(world.database, planOf(first.replace("wait 5d as rest ", "")), at("2026-03-03"));
  expect(codeOf(refused)).toBe("F402");
  expect(refused.ok ? "" : refused.failure.text).toContain("One person stands on the step `rest` of `p`");
  expect(await world.rows("SELECT count(*) AS n FROM applied")).toEqual([{ n: 1 }]);
});

test("a step that nobody stands on may vanish", async () => {
  const world = await inside();
  await world.apply("2026-03-03", planOf(first.replace("  send nudge", "")));
  await world.tick("2026-03-07");
  expect((await world.story("ana")).at(-1)).toMatch(/left \(finished\)$/);
});

test("a program with people inside cannot vanish", async () => {
  const world = await inside();
  const refused = await applyPlan(
    world.database,
    planOf("program q < start when signed_up  wait 1d >"),
    at("2026-03-03"),
  );
  expect(codeOf(refused)).toBe("F403");
  await world.tick("2026-03-07");
  expect(
    codeOf(await applyPlan(world.database, planOf("program q < start when signed_up  wait 1d >"), at("2026-03-08"))),
  ).toBe("fine");
});

test("a changed trigger is a new one: it starts nobody for what was before", async () => {
  const world = await inside();
  await world.person("ben");
  await world.happen("purchased", "ben", "2026-03-02 12:00");
  await world.apply("2026-03-03", planOf(first.replace("signed_up", "signed_up or purchased")));
  await world.happen("purchased", "ben", "2026-03-04");
  await world.tick("2026-03-03", "2026-03-04");
  expect(await world.rows("SELECT epoch_ms(started_at) AS started FROM enrollment WHERE contact_id = 'ben'")).toEqual([
    { started: at("2026-03-04") },
  ]);
});

test("an unchanged trigger goes on where it was: an event between the last tick and the new version starts", async () => {
  const world = await inside();
  await world.person("ben");
  await world.happen("signed_up", "ben", "2026-03-02 12:00");
  await world.apply("2026-03-03", planOf(first.replace("5d", "4d")));
  await world.tick("2026-03-03");
  expect(await world.rows("SELECT count(*) AS n FROM enrollment WHERE contact_id = 'ben'")).toEqual([{ n: 1 }]);
});

test("time never runs backwards", async () => {
  const world = await inside();
  const before = await world.rows("SELECT * FROM journal");
  expect(codeOf(await tick(world.engine(), at("2026-03-01")))).toBe("F401");
  expect(await world.rows("SELECT * FROM journal")).toEqual(before);
});

test("ticking an instant again adds nothing", async () => {
  const world = await inside();
  await world.tick("2026-03-07");
  const before = await world.rows("SELECT * FROM journal ORDER BY ALL");
  await world.tick("2026-03-07", "2026-03-07");
  expect(await world.rows("SELECT * FROM journal ORDER BY ALL")).toEqual(before);
});

test("nothing is made live at an instant before the last tick", async () => {
  const world = await inside();
  await world.tick("2026-03-04");
  const earlier = await applyPlan(world.database, planOf(first.replace("signed_up", "purchased")), at("2026-03-03"));
  expect(codeOf(earlier)).toBe("F401");
  expect(await world.rows("SELECT count(*) AS n FROM applied")).toEqual([{ n: 1 }]);
});
