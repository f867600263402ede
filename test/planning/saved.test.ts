// Saved plans: apply does what was announced, or nothing, and says why.

import { expect, test } from "vitest";
import type { Plan } from "../../compiler/ir/plan.ts";
import { heldTo } from "../../runtime/foreseeing.ts";
import { savedText, tracesOf } from "../../runtime/planning/saved.ts";
import { codeOf } from "../support/scratch.ts";
import { at, planOf, type World, worldOf } from "../engine/world.ts";
import { foreseen } from "./fixture.ts";

const live = "program p < start when signed_up  exit when role = boss  send welcome  wait 5d as rest  send nudge >";
const edited = live.replace("role = boss", "seats >= 5");

async function lived(): Promise<World> {
  const world = await worldOf(live);
  for (const [index, id] of ["ana", "ben", "cleo"].entries()) {
    await world.person(id, { seats: index * 3 });
    await world.happen("signed_up", id, "2026-03-02");
  }
  await world.rows(`INSERT INTO load_batch VALUES (1, 'contact', 'people.csv', TIMESTAMP '2026-03-01', 3, 0)`);
  await world.apply("2026-03-01");
  await world.tick("2026-03-02");
  return world;
}

async function saved(world: World, plan: Plan, when = "2026-03-03"): Promise<string> {
  const foresight = await foreseen(world, plan, when);
  return savedText({ foresight, next: plan.hash, traces: await tracesOf(world.database) });
}

const held = async (world: World, plan: Plan, text: string, when = "2026-03-03") =>
  heldTo(world.database, { plan, at: at(when), saved: text });

test("what was announced may be applied, also later, while nothing else comes of it", async () => {
  const world = await lived();
  const plan = planOf(edited);
  const text = await saved(world, plan);
  expect(text).not.toMatch(/ana|ben|cleo|@/);
  expect(codeOf(await held(world, plan, text))).toBe("fine");
  // Who leaves by the edit has changed for one who was not announced.
  expect(codeOf(await held(world, plan, text, "2026-03-04"))).toBe("fine");
  await world.person("ben", { seats: 7 });
  const refused = await held(world, plan, text, "2026-03-04");
  expect(refused).toMatchObject({ failure: { code: "F427", text: expect.stringContaining("`ben`") } });
});

test("people who start anyway do not keep a plan from being applied", async () => {
  const world = await lived();
  const plan = planOf(edited);
  const text = await saved(world, plan);
  await world.person("dora", { seats: 1 });
  await world.happen("signed_up", "dora", "2026-03-03 01:00", {}, 2);
  expect(codeOf(await held(world, plan, text, "2026-03-04"))).toBe("fine");
});

test("a plan is applied once, and by one of two people", async () => {
  const world = await lived();
  const [plan, other] = [planOf(edited), planOf(edited.replace(">= 5", ">= 3"))];
  const [mine, theirs] = [await saved(world, plan), await saved(world, other)];
  await world.apply("2026-03-03", plan);
  expect(codeOf(await held(world, plan, mine))).toBe("F426");
  expect(codeOf(await held(world, other, theirs))).toBe("F425");
});

test("a plan holds for its own sources, project and database alone", async () => {
  const world = await lived();
  const plan = planOf(edited);
  const text = await saved(world, plan);
  expect(codeOf(await held(world, planOf(edited.replace("5d", "6d")), text))).toBe("F424");
  expect(codeOf(await held(world, { ...plan, project: { ...plan.project, name: "shop" } }, text))).toBe("F422");
  const elsewhere = await lived();
  await elsewhere.rows("UPDATE load_batch SET path = 'others.csv'");
  expect(codeOf(await held(elsewhere, plan, text))).toBe("F423");
});

test("a file that is damaged, cut off, changed or of a newer Cadenza is told apart from a plan", async () => {
  const world = await lived();
  const plan = planOf(edited);
  const text = await saved(world, plan);
  const announced = JSON.parse(text).announced[0];
  const damaged = ["", "{}", "null", "[1]", text.slice(0, -20), text.replace(announced, "0".repeat(16))];
  for (const one of [
    ...damaged,
    text.replace('"version": 1', '"version": 2'),
    text.replace(plan.hash, "0".repeat(64)),
  ]) {
    expect(codeOf(await held(world, plan, one)), one).toBe("F420");
  }
  const meaning = JSON.parse(text).live.meaning;
  expect(codeOf(await held(world, plan, text.replace(meaning, "0".repeat(64))))).toBe("F420");
  expect(codeOf(await held(world, plan, text.replace('"format": 1', '"format": 2')))).toBe("F421");
});
