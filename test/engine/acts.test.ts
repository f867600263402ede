// Steps that write about people: lists, consent, suppression. Rule 37: the next step of the same instant sees it.

import { expect, test } from "vitest";
import { type World, worldOf } from "./world.ts";

async function walked(source: string, person = {}): Promise<World> {
  const world = await worldOf(`list beta "Beta"  ${source}`);
  await world.person("ana", person);
  await world.person("ben");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02");
  return world;
}
const members = async (world: World) =>
  (await world.rows("SELECT contact_id, epoch_ms(added_at) AS at, source FROM list_member ORDER BY contact_id")).map(
    ({ contact_id, at, source }) => `${contact_id} ${new Date(Number(at)).toISOString()} ${source}`,
  );

test("a list is joined once, with who and when, and left again", async () => {
  const world = await walked(
    `program p < start when signed_up  add to beta  wait 1d  add to beta  wait 1d  remove from beta >`,
  );
  expect(await members(world)).toEqual(["ana 2026-03-02T00:00:00.000Z program p"]);
  await world.tick("2026-03-03");
  expect(await members(world)).toEqual(["ana 2026-03-02T00:00:00.000Z program p"]);
  await world.tick("2026-03-04");
  expect(await members(world)).toEqual([]);
  expect(await world.story("ana")).toEqual([
    "2026-03-02 00:00 started (signed_up)",
    "2026-03-02 00:00 add to:beta:1 added",
    "2026-03-03 00:00 wait:1d:1 waited",
    "2026-03-03 00:00 add to:beta:2 added",
    "2026-03-04 00:00 wait:1d:2 waited",
    "2026-03-04 00:00 remove from:beta:1 removed",
    "2026-03-04 00:00 left (finished)",
  ]);
});

test("the next step and other programs see who was added in the same instant", async () => {
  const world = await walked(
    `program p < start when signed_up  add to beta  if in beta then < send welcome > otherwise < send nudge >  wait 9d >
     program q < start when in beta  send receipt  wait 9d >`,
  );
  expect(await world.mails()).toEqual(["2026-03-02 00:00 ana receipt", "2026-03-02 00:00 ana welcome"]);
});

test("consent given by a step opens an opt-in topic at once, and taken back closes it", async () => {
  const world = await walked(
    `program p < start when signed_up  send digest  subscribe to news  send digest as once_more  unsubscribe from news
       send digest as last_one  wait 9d >`,
    { email: " Ana@Test.Example" },
  );
  expect(await world.mails()).toEqual(["2026-03-02 00:00 ana digest"]);
  expect((await world.story("ana")).slice(1, -1)).toEqual([
    "2026-03-02 00:00 send:digest:1 skipped (not subscribed to news)",
    "2026-03-02 00:00 subscribe to:news:1 subscribed",
    "2026-03-02 00:00 once_more send",
    "2026-03-02 00:00 unsubscribe from:news:1 unsubscribed",
  ]);
  expect((await world.story("ana")).at(-1)).toBe("2026-03-02 00:00 last_one skipped (unsubscribed from news)");
  const rows = await world.rows("SELECT address, topic, state, source FROM consent ORDER BY state DESC");
  expect(rows.map(Object.values)).toEqual([
    ["ana@test.example", "news", true, "program p"],
    ["ana@test.example", "news", false, "program p"],
  ]);
});

test("suppression by a step holds back everything behind it, whatever the address's letter case", async () => {
  const world = await walked(
    `program p < start when signed_up  suppress  send receipt  wait 9d >
     program q < start when in Suppressed  set role = boss  wait 9d >`,
    { email: "Ana@Test.Example" },
  );
  expect(await world.mails()).toEqual([]);
  expect(await world.rows("SELECT address, reason, source FROM suppression")).toEqual([
    { address: "ana@test.example", reason: "suppressed", source: "program p" },
  ]);
  expect(await world.rows("SELECT role FROM contact WHERE contact_id = 'ana'")).toEqual([{ role: "boss" }]);
});

test("who has no address agrees to nothing and is not suppressed", async () => {
  const world = await walked("program p < start when signed_up  subscribe to news  suppress  wait 9d >", {
    email: null,
  });
  expect(await world.rows("SELECT * FROM consent")).toEqual([]);
  expect(await world.rows("SELECT * FROM suppression")).toEqual([]);
  expect((await world.story("ana")).length).toBe(3);
});

test("a hand-off is a row for the team, one for each time that somebody comes by, and the person walks on", async () => {
  const world = await walked(
    `team sales "Sales"  team care
     program p < start when signed_up  hand off to sales with "Call" as call_them  hand off to care  wait 1d  go to call_them >`,
  );
  await world.tick("2026-03-03");
  const rows = await world.rows(
    `SELECT team, contact_id, note, epoch_ms("at") AS at FROM handoff WHERE done_at IS NULL ORDER BY "at", team`,
  );
  expect(rows.map(({ team, contact_id, note, at }) => `${at} ${team} ${contact_id} ${note}`)).toEqual([
    `${Date.parse("2026-03-02")} care ana null`,
    `${Date.parse("2026-03-02")} sales ana Call`,
    `${Date.parse("2026-03-03")} care ana null`,
    `${Date.parse("2026-03-03")} sales ana Call`,
  ]);
  expect(await world.story("ana")).toContain("2026-03-02 00:00 call_them handed off");
});
