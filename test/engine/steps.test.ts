// Rule 37: what a step sets, the next step of the same instant sees; branches, fields, and the order of one instant.

import { expect, test } from "vitest";
import { type World, worldOf } from "./world.ts";

async function walked(steps: string, person = {}, head = ""): Promise<World> {
  const world = await worldOf(`program p < start when signed_up  ${head}  ${steps} >`);
  await world.person("ana", person);
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02", { plan: "team" });
  await world.tick("2026-03-02");
  return world;
}
const field = async (world: World, name: string) => (await world.rows(`SELECT ${name} AS v FROM contact`))[0]?.v;

test("the first branch that holds is taken, and the person walks on behind it", async () => {
  const steps = `if seats >= 10 then < send welcome > otherwise if seats >= 5 then < send nudge > otherwise < send receipt >
    set role = boss  wait 9d`;
  for (const [seats, email] of [
    [12, "welcome"],
    [7, "nudge"],
    [1, "receipt"],
    [null, "receipt"],
  ] as const) {
    const world = await walked(steps, { seats });
    expect(await world.mails()).toEqual([`2026-03-02 00:00 ana ${email}`]);
    expect(await field(world, "role")).toBe("boss");
  }
});

test("the starting event's properties decide inside", async () => {
  const world = await walked("if event.plan = team then < send welcome > otherwise < send nudge >");
  expect(await world.mails()).toEqual(["2026-03-02 00:00 ana welcome"]);
});

test("stop ends the enrollment", async () => {
  const world = await walked("if seats is unknown then < stop >  send welcome");
  expect(await world.mails()).toEqual([]);
  expect((await world.story("ana")).at(-1)).toMatch(/left \(stopped\)$/);
});

test.each([
  ["set seats = 5", {}, "seats", 5],
  ["set seats = unknown", { seats: 3 }, "seats", null],
  ["set role = unknown", { role: "boss" }, "role", null],
  ["set tags = unknown", { tags: ["z"] }, "tags", null],
  ["set renewal = unknown", { renewal: "2026-05-01" }, "renewal", null],
  ["set seats add 2", { seats: 3 }, "seats", 5],
  ["set seats add 2", {}, "seats", 2],
  ['set first_name = "Ann"', {}, "first_name", "Ann"],
  ['set tags = ("a", "b")', { tags: ["z"] }, "tags", ["a", "b"]],
  ['set tags add "a"', {}, "tags", ["a"]],
  ['set tags add "a"', { tags: ["b", "a"] }, "tags", ["b", "a"]],
  ['set tags add "a"', { tags: ["b"] }, "tags", ["b", "a"]],
  ['set tags remove "a"', { tags: ["a", "b", "a"] }, "tags", ["b"]],
  ['set tags remove "a"', { tags: ["a"] }, "tags", null],
  ['set tags add "VIP"', { tags: ["vip"] }, "tags", ["vip"]],
  ['set tags remove "vip"', { tags: ["VIP", "a"] }, "tags", ["a"]],
  ["set renewal = 2026-05-01", {}, "renewal", "2026-05-01"],
])("%s for %j", async (steps, person, name, value) => {
  const world = await walked(`${steps}  wait 1d`, person);
  expect(await field(world, name)).toEqual(value);
});

test("what a step sets, the next step sees, and so do exits and other programs", async () => {
  const world = await worldOf(
    `program p < start when signed_up  set seats = 7  if seats = 7 then < send welcome >  wait 9d >
     program q < start when seats >= 5  exit when seats = 9  send nudge  wait 1d  set seats = 9  send receipt >`,
  );
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.tick("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02", "2026-03-03");
  expect(await world.mails()).toEqual(["2026-03-02 00:00 ana nudge", "2026-03-02 00:00 ana welcome"]);
  expect((await world.story("ana")).at(-1)).toBe("2026-03-03 00:00 left (exit)");
});

test("a chain of many steps is walked in one tick", async () => {
  const world = await walked(
    `send welcome  if seats is unknown then < set seats = 1 >  wait until 00:00  if seats = 1 then < set seats add 1 >
     if seats = 2 then < if role is unknown then < set role = user > >  send nudge`,
  );
  expect(await field(world, "seats")).toBe(2);
  expect(await field(world, "role")).toBe("user");
  expect((await world.mails()).length).toBe(2);
  expect((await world.story("ana")).at(-1)).toBe("2026-03-02 00:00 left (finished)");
});

test("a person who passes a step twice in one instant adds twice", async () => {
  const world = await worldOf("program p < start when purchased  enter once per order_id  set seats add 2  wait 1d >");
  await world.person("ana", { seats: 1 });
  await world.apply("2026-03-01");
  for (const order of ["a", "b"]) await world.happen("purchased", "ana", "2026-03-02", { order_id: order });
  await world.tick("2026-03-02");
  expect(await field(world, "seats")).toBe(5);
});
