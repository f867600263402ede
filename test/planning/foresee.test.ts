// What a plan announces, on edits that are known.

import { expect, test } from "vitest";
import { planOf, worldOf } from "../engine/world.ts";
import { foreseen, wholeOf } from "./fixture.ts";

const first = `segment Big where seats >= 5
program p < start when signed_up  exit when in Big  send welcome  wait 5d as rest  send nudge >`;

async function inside(source = first) {
  const world = await worldOf(source);
  for (const [index, id] of ["ana", "ben", "cleo"].entries()) await world.person(id, { seats: index * 3 });
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.happen("signed_up", "ben", "2026-03-02");
  await world.tick("2026-03-02");
  return world;
}

test("nothing of the database changes, and the same project has no changes", async () => {
  const world = await inside();
  const before = await wholeOf(world);
  const { foreseen: same } = await foreseen(world, planOf(`# Shown otherwise.\n${first}`), "2026-03-03", true);
  expect(same).toMatchObject({ isChanged: false, categories: [], changes: [], segments: [], refusal: null, live: 1 });
  expect(same.programs).toMatchObject([
    { program: "p", how: null, inside: 2, steps: [{ people: 2, becomes: "kept" }] },
  ]);
  const next = planOf(`${first.replace(">= 5", ">= 3")} event called < how text? >`, "UTC", "nick text?");
  const { foreseen: edited } = await foreseen(world, next, "2026-03-03", true);
  expect(edited.isChanged).toBe(true);
  expect(await wholeOf(world)).toEqual(before);
});

test("who enters a segment and leaves a program because of the edit is told from who would anyway", async () => {
  const world = await inside();
  const { foreseen: edited } = await foreseen(world, planOf(first.replace(">= 5", ">= 3")), "2026-03-03");
  expect(edited.categories).toEqual(["audience"]);
  expect(edited.segments).toEqual([
    {
      segment: "Big",
      how: "changed",
      before: 1,
      after: 2,
      enter: { count: 1, sample: ["ben"] },
      leave: { count: 0, sample: [] },
    },
  ]);
  const [program] = edited.programs;
  expect(program?.leave).toEqual({
    before: 0,
    after: 1,
    more: { count: 1, sample: ["ben"] },
    fewer: { count: 0, sample: [] },
  });
});

test("a step that is gone under people makes apply refuse, and says where they stand", async () => {
  const world = await inside();
  const { foreseen: edited } = await foreseen(world, planOf(first.replace("wait 5d as rest", "wait 6d")), "2026-03-03");
  expect(edited.refusal).toMatchObject({ code: "F402" });
  expect(edited.programs[0]?.steps).toMatchObject([{ step: "rest", people: 2, becomes: "gone" }]);
});

test("who is pinned finishes a version that is named, whether the edit pins them or an earlier one did", async () => {
  const world = await inside();
  const pinning = (wait: string) =>
    planOf(first.replace("exit when", "edits pin  exit when").replace("wait 5d as rest", wait));
  const { foreseen: edited } = await foreseen(world, pinning("wait 6d"), "2026-03-03");
  expect(edited.refusal).toBe(null);
  expect(edited.programs[0]?.steps).toMatchObject([{ step: "rest", people: 2, becomes: "pinned", finishes: 1 }]);
  await world.apply("2026-03-03", pinning("wait 6d"));
  const { foreseen: again } = await foreseen(world, pinning("wait 7d"), "2026-03-03");
  expect(again.programs[0]?.steps).toMatchObject([{ step: "rest", people: 2, becomes: "pinned", finishes: 1 }]);
  const { foreseen: same } = await foreseen(world, pinning("wait 6d"), "2026-03-03");
  expect(same.programs[0]?.steps).toMatchObject([{ step: "rest", people: 2, finishes: 1 }]);
});

test("a program for a segment enrols and mails who is in it, at once and in the month ahead", async () => {
  const world = await inside();
  const next = planOf(`${first} program q for Big < exit when not in Big  send digest  wait 3d  send welcome >`);
  const { foreseen: edited } = await foreseen(world, next, "2026-03-03", true);
  expect(edited.changes).toMatchObject([{ kind: "program", name: "q", how: "new", category: "flow" }]);
  expect(edited.programs.find(({ program }) => program === "q")?.enter.more).toEqual({ count: 1, sample: ["cleo"] });
  // The topic of the digest is opt in, and nobody has agreed.
  expect(edited.mails.filter(({ program }) => program === "q")).toEqual([]);
  expect(edited.risks.map(({ risk }) => risk)).toEqual(["topic without consent"]);
  expect(edited.ahead).toMatchObject({ day: { before: 0, after: 0 }, month: { before: 2, after: 3 } });
});

test("where nothing is live everything is new, and a trigger that is new starts nobody for what was before", async () => {
  const world = await worldOf(first);
  await world.person("ana");
  await world.happen("signed_up", "ana", "2026-03-02");
  const { foreseen: edited, live } = await foreseen(world, world.plan, "2026-03-03");
  expect(live).toBeNull();
  expect(edited).toMatchObject({ live: null, isChanged: true, mails: [], refusal: null });
  expect(edited.segments).toMatchObject([{ segment: "Big", how: "new", before: null, after: 0 }]);
});

test("an edge that is new says how many fulfil it already", async () => {
  const world = await inside();
  const next = planOf(first.replace("start when signed_up", "start when seats >= 3"));
  const { foreseen: edited } = await foreseen(world, next, "2026-03-03");
  expect(edited.risks).toEqual([
    {
      risk: "starts nobody present",
      about: "p",
      text: "2 people fulfil its start already, and do not enter: it starts those for whom that turns true later.",
    },
  ]);
});

test("time does not run backwards for a plan either", async () => {
  const world = await inside();
  await expect(foreseen(world, planOf(first.replace("5d", "4d")), "2026-03-01")).rejects.toThrow("F401");
});
