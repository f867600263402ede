// Rule 34: of some programs a person is in one only.

import { expect, test } from "vitest";
import { type World, worldOf } from "./world.ts";

const programs = `
  program a < start when signed_up  enter every time  exit when role = user  send welcome  wait 9d >
  program b < start when purchased  enter every time  wait 9d >
  program c < start when delivered_order  enter every time  wait 9d >`;

async function begun(policies: string, more = programs): Promise<World> {
  const world = await worldOf(`${policies} ${more}`);
  for (const id of ["ana", "ben"]) await world.person(id);
  await world.apply("2026-03-01");
  return world;
}

const inside = async (world: World) => {
  const rows = await world.rows("SELECT contact_id, program FROM enrollment WHERE left_at IS NULL ORDER BY ALL");
  return rows.map(({ contact_id, program }) => `${contact_id} ${program}`);
};

test("who is in one does not enter another, and may when she has left", async () => {
  const world = await begun("policy house < only one of a, b >");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.happen("purchased", "ben", "2026-03-02");
  await world.tick("2026-03-02");
  await world.happen("purchased", "ana", "2026-03-03");
  await world.happen("signed_up", "ben", "2026-03-03");
  await world.happen("delivered_order", "ana", "2026-03-03");
  await world.tick("2026-03-03");
  expect(await inside(world)).toEqual(["ana a", "ana c", "ben b"]);
  expect(await world.story("ana")).toContain("2026-03-03 00:00 dropped (already in a)");
  expect(await world.story("ben")).toContain("2026-03-03 00:00 dropped (already in b)");
  await world.person("ana", { role: "user" });
  await world.tick("2026-03-04");
  await world.happen("purchased", "ana", "2026-03-05");
  await world.tick("2026-03-05");
  expect(await inside(world)).toEqual(["ana b", "ana c", "ben b"]);
});

test("the earlier in the list wins an instant, whichever event came first", async () => {
  for (const [list, winner, loser] of [
    ["a, b", "a", "b"],
    ["b, a", "b", "a"],
  ] as const) {
    const world = await begun(`policy house < only one of ${list} >`);
    await world.happen("signed_up", "ana", "2026-03-02 01:00");
    await world.happen("purchased", "ana", "2026-03-02 02:00");
    await world.happen("purchased", "ben", "2026-03-02 01:00");
    await world.tick("2026-03-02 03:00");
    expect(await inside(world)).toEqual([`ana ${winner}`, "ben b"]);
    const dropped = await world.rows("SELECT program, reason FROM journal WHERE outcome = 'dropped'");
    expect(dropped).toEqual([{ program: loser, reason: `already in ${winner}` }]);
  }
});

test("who leaves one in an instant may enter another in the same", async () => {
  const world = await begun("policy house < only one of a, b >");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02");
  await world.person("ana", { role: "user" });
  await world.happen("purchased", "ana", "2026-03-03");
  await world.tick("2026-03-03");
  expect(await inside(world)).toEqual(["ana b"]);
  expect(await world.rows("SELECT 1 FROM journal WHERE outcome = 'dropped'")).toEqual([]);
});

test("lists hold together: who loses one keeps nobody out of another", async () => {
  const world = await begun("policy early < only one of b, c >  policy late < only one of a, b >");
  for (const event of ["signed_up", "purchased", "delivered_order"]) await world.happen(event, "ana", "2026-03-02");
  await world.tick("2026-03-02");
  expect(await inside(world)).toEqual(["ana a", "ana c"]);
});

test("a list for a segment is about people who are in it then", async () => {
  const world = await begun("segment Few where seats < 5  policy calm for Few < only one of a, b >");
  await world.person("ana", { seats: 1 });
  for (const id of ["ana", "ben"]) {
    await world.happen("signed_up", id, "2026-03-02");
    await world.happen("purchased", id, "2026-03-02");
  }
  await world.tick("2026-03-02");
  expect(await inside(world)).toEqual(["ana a", "ben a", "ben b"]);
});

test("who goes on in another program has left the first", async () => {
  const world = await begun(
    "policy house < only one of a, b >",
    `program a < start when signed_up  wait 1d  continue in b >  program b < start when purchased  wait 9d >`,
  );
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02", "2026-03-03");
  expect(await inside(world)).toEqual(["ana b"]);
});
