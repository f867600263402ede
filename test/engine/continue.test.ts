// Rule 25: `continue in` ends this enrollment and starts one in the other program, whose `only if`, `enter` and hold-out hold.

import { expect, test } from "vitest";
import { type World, worldOf } from "./world.ts";

async function started(source: string, person = {}): Promise<World> {
  const world = await worldOf(source);
  await world.person("ana", person);
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02", { plan: "team" });
  await world.tick("2026-03-02");
  return world;
}

test("who goes on is in the next program in the same instant, without a starting event", async () => {
  const world = await started(
    `program p < start when signed_up  send welcome  continue in q >
     program q < start when signed_up where (plan = free)  send nudge  if event.plan = team then < send receipt >  wait 1d  continue in r >
     program r < send digest  wait 9d >`,
  );
  expect(await world.story("ana")).toEqual([
    "2026-03-02 00:00 started (signed_up)",
    "2026-03-02 00:00 send:welcome:1 send",
    "2026-03-02 00:00 continue in:q:1 left (continued in q)",
    "2026-03-02 00:00 started",
    "2026-03-02 00:00 send:nudge:1 send",
    "2026-03-02 00:00 if:1 chose (otherwise)",
  ]);
  await world.tick("2026-03-03");
  expect((await world.story("ana")).slice(6)).toEqual([
    "2026-03-03 00:00 wait:1d:1 waited",
    "2026-03-03 00:00 continue in:r:1 left (continued in r)",
    "2026-03-03 00:00 started",
    "2026-03-03 00:00 send:digest:1 skipped (not subscribed to news)",
  ]);
});

test("the other program's only if and enter hold, its for and its trigger do not", async () => {
  const source = (head: string) =>
    `segment Bosses where role = boss
     program p < start when signed_up  enter every time  continue in q >
     program q ${head} send nudge  wait 1d >`;
  const refused = await started(source("< only if role = boss"));
  expect((await refused.story("ana")).at(-1)).toBe("2026-03-02 00:00 dropped (only if did not hold)");
  const without = await started(source("for Bosses <"));
  expect(await without.mails()).toEqual(["2026-03-02 00:00 ana nudge"]);
  await without.tick("2026-03-03");
  await without.happen("signed_up", "ana", "2026-03-04");
  await without.tick("2026-03-04");
  expect((await without.story("ana")).at(-1)).toBe("2026-03-04 00:00 dropped (entered before)");
});

test("programs that lead round and round, by a wait each, do so for ever", async () => {
  const world = await started(
    `program p < start when signed_up  enter every time  send welcome  wait 1h  continue in q >
     program q < enter every time  send nudge  wait 1h  continue in p >`,
  );
  await world.tick("2026-03-02 01:00", "2026-03-02 02:00", "2026-03-02 03:00");
  expect(await world.mails()).toEqual([
    "2026-03-02 00:00 ana welcome",
    "2026-03-02 01:00 ana nudge",
    "2026-03-02 02:00 ana welcome",
    "2026-03-02 03:00 ana nudge",
  ]);
});

test("who is asked for by the trigger and comes from another program at one instant starts once", async () => {
  const world = await started(
    `program p < start when signed_up  continue in q >
     program q < start when seats > 3  send nudge  wait 1d >
     program r < start when signed_up  set seats = 5  wait 1d >`,
  );
  expect(await world.mails()).toEqual(["2026-03-02 00:00 ana nudge"]);
  expect((await world.rows("SELECT 1 FROM enrollment WHERE program = 'q'")).length).toBe(1);
});
