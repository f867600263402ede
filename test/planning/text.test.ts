// How plans read, and that they fit a terminal of 80 columns.

import { expect, test } from "vitest";
import type { Plan } from "../../compiler/ir/plan.ts";
import { planText } from "../../runtime/cli/plan-text.ts";
import { planOf, type World, worldOf } from "../engine/world.ts";
import { foreseen } from "./fixture.ts";

const live = `
segment Big where seats >= 5
segment Quiet where not opened in 30d
policy house < at most 1 emails in 7d  only one of p, r >
program p <
  why "New people are welcomed"
  start when signed_up
  exit when in Big
  send welcome
  wait 5d as rest
  send nudge
>
program r for Quiet < exit when not in Quiet  send nudge  wait 20d as later  send welcome >
`;

async function lived(): Promise<World> {
  const world = await worldOf(live);
  for (let index = 0; index < 12; index++) {
    const id = `p${String(index).padStart(2, "0")}`;
    await world.person(id, { seats: index % 7, role: index % 2 === 0 ? "boss" : "user" });
    if (index < 7) await world.happen("signed_up", id, "2026-03-02 10:00");
    if (index % 3 === 0) await world.happen("opened", id, "2026-03-02 12:00");
  }
  await world.person("odd\u001b[2Jname", { seats: 9 });
  await world.apply("2026-03-01");
  await world.tick("2026-03-02 11:00", "2026-03-02 12:00");
  return world;
}

const edits: Readonly<Record<string, string>> = {
  "no-changes": `# Shown in another way.\n${live}`,
  "step-removed": live.replace("wait 5d as rest", ""),
  audience: live.replace("seats >= 5", "seats >= 2").replace("30d", "20d"),
  "new-programs": `${live.replace("only one of p, r", "only one of p, r, q")}
    program q for Big < exit when not in Big  send welcome  set role = boss  hand off to sales >
    team sales "Sales"
    program s_with_a_name_that_is_long < start when seats is known  send digest  send nudge >`,
  renamed: `${live.replaceAll("program p", "program hello").replaceAll("of p,", "of hello,").replaceAll("rest", "breather")}
    renamed program p to hello
    renamed step hello.rest to breather`,
  "step-moved": `${live.replace("wait 5d as rest\n", "wait 6d as longer\n")}
    removed step p.rest continue at longer
    removed step r.later exit`.replace("wait 20d as later", ""),
  "no-cap": live.replace("at most 1 emails in 7d", ""),
  "moves-on": live
    .replace("exit when in Big", "exit when role = boss")
    .replace("send nudge\n>", "send nudge only if seats >= 3\n>"),
};

async function shown(world: World, plan: Plan): Promise<string> {
  const { foreseen: found } = await foreseen(world, plan, "2026-03-02 13:00", true);
  const text = planText(found);
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  return text;
}

test.each(Object.entries(edits))("%s", async (name, source) => {
  const text = await shown(await lived(), planOf(source));
  await expect(text).toMatchFileSnapshot(`../golden/plan/${name}.txt`);
});

test("the first plan of a project", async () => {
  const world = await worldOf(live);
  await world.person("ana", { seats: 9 });
  await expect(await shown(world, world.plan)).toMatchFileSnapshot("../golden/plan/first.txt");
});
