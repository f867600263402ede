// Rules 6, 15 and 18: what a load brings for a time that was ticked before counts, however long the engine has run.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { runLoad } from "../../runtime/store/load/run-load.ts";
import { scratchFolder, valueFrom } from "../support/scratch.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

const loads = `
  load signed_up from csv "sign-ups.csv" < contact from contact  at from at >
  load purchased from csv "purchases.csv" < contact from contact  at from at >
`;

async function begun(program: string): Promise<World> {
  const world = await worldOf(`${loads} program p < start when signed_up ${program} >`);
  for (const id of ["ana", "ben"]) await world.person(id);
  await world.apply("2026-03-01");
  return world;
}

/** A tick and what it hands over; each delivery writes events of its own. */
async function run(world: World, ...when: readonly string[]): Promise<void> {
  for (const instant of when) {
    await world.tick(instant);
    const mailer = fakeMailer(undefined, { delivers: true });
    await deliver({ engine: world.engine(), mailer, render: plainRender, now: at(instant) });
  }
}

async function loadRow(world: World, event: "signed_up" | "purchased", row: string, now: string): Promise<void> {
  const dataDir = scratchFolder();
  const load = world.plan.loads.find(({ name }) => name === event);
  if (!load) throw new Error(`no load of ${event}`);
  writeFileSync(join(dataDir, load.path), `contact,at\n${row}\n`);
  const options = { dataDir, now: at(now), rejectsDir: join(dataDir, "rejects") };
  expect(valueFrom(await runLoad(world.database, world.plan, load, options))).toMatchObject({ added: 1 });
}

test("a sign-up that is loaded late starts the person, also behind many deliveries", async () => {
  const world = await begun("send welcome  wait 1d  send nudge  wait 1d  send receipt");
  await world.happen("signed_up", "ana", "2026-03-02 08:00");
  await run(world, "2026-03-02 09:00", "2026-03-03 09:00", "2026-03-04 09:00", "2026-03-05 09:00");
  await loadRow(world, "signed_up", "ben,2026-03-04 08:00", "2026-03-05 09:30");
  await run(world, "2026-03-05 10:00");
  expect((await world.story("ben"))[0]).toBe("2026-03-05 10:00 started (signed_up)");
});

const goalStory = (story: readonly string[]) => story.filter((line) => / goal/.test(line));

test.each([
  ["2026-03-03 08:00", 1],
  ["2026-03-04 12:00", 0],
])("a goal at %s that is loaded after its time ran out counts %i times", async (when, counts) => {
  const world = await begun("goal purchased within 2d  send welcome  wait 1d");
  await world.happen("signed_up", "ana", "2026-03-02 08:00");
  await run(world, "2026-03-02 09:00", "2026-03-03 09:00", "2026-03-06 09:00", "2026-03-07 09:00");
  await loadRow(world, "purchased", `ana,${when}`, "2026-03-07 09:30");
  await run(world, "2026-03-07 10:00", "2026-03-07 11:00");
  expect(goalStory(await world.story("ana"))).toEqual(counts === 1 ? ["2026-03-07 10:00 goal (after leaving)"] : []);
});
