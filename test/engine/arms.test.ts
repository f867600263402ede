// Rule 20: arms and hold-outs are drawn once for all. Rule 35: who is held out gets nothing. Rule 25: going back.

import { expect, test } from "vitest";
import { type World, worldOf } from "./world.ts";

const many = Array.from({ length: 400 }, (_, index) => `p${String(index).padStart(3, "0")}`);

async function crowd(program: string, days: readonly string[] = ["2026-03-02"]): Promise<World> {
  const world = await worldOf(program);
  const ids = `(SELECT unnest([${many.map((id) => `'${id}'`).join(", ")}]) AS id)`;
  await world.rows(`INSERT INTO contact (contact_id, email) SELECT id, id || '@test.example' FROM ${ids}`);
  await world.apply("2026-03-01");
  await world.rows(
    `INSERT INTO event_signed_up (contact_id, occurred_at, received_at, event_id, batch)
     SELECT id, TIMESTAMP '2026-03-02', TIMESTAMP '2026-03-02', 'e ' || id, 1 FROM ${ids}`,
  );
  await world.tick(...days);
  return world;
}
const mailed = async (world: World): Promise<ReadonlyMap<string, string>> =>
  new Map((await world.mails()).map((mail) => [mail.split(" ")[2] ?? "", mail.split(" ")[3] ?? ""]));

test("a split sends each to one arm, by shares, and the same ones again in another database", async () => {
  const source =
    "program p < start when signed_up  split < arm 20% < send welcome > arm 30% < send nudge > arm 50% < > >  wait 1d >";
  const [one, two] = [await mailed(await crowd(source)), await mailed(await crowd(source))];
  expect([...one]).toEqual([...two]);
  const count = (email: string) => [...one.values()].filter((found) => found === email).length;
  // Four standard deviations of 400 draws.
  expect(Math.abs(count("welcome") - 80)).toBeLessThan(32);
  expect(Math.abs(count("nudge") - 120)).toBeLessThan(37);
  expect(one.size).toBe(count("welcome") + count("nudge"));
});

test("the draw depends on the step, so that two splits are independent", async () => {
  const half = (first: string, second: string) => `split < arm 50% < send ${first} > arm 50% < send ${second} > >`;
  const world = await crowd(
    `program p < start when signed_up  ${half("welcome", "nudge")}  ${half("receipt", "receipt")}  wait 1d >`,
  );
  const rows = await world.rows(
    `SELECT a.reason AS first, b.reason AS second, count(*) AS people FROM journal AS a
     JOIN journal AS b ON b.contact_id = a.contact_id AND b.step = 'split:2' AND b.outcome = 'chose'
     WHERE a.step = 'split:1' AND a.outcome = 'chose' GROUP BY ALL`,
  );
  expect(rows).toHaveLength(4);
  for (const { people } of rows) expect(Math.abs(Number(people) - 100)).toBeLessThan(36);
});

test("an experiment writes the arm's name into the journal", async () => {
  const world = await crowd(
    "program p < start when signed_up  experiment tone < arm plain 100% < send welcome > arm bold 0% < send nudge > >  wait 1d >",
  );
  expect(await world.story("p000")).toContain("2026-03-02 00:00 experiment:tone:1 chose (arm plain)");
  expect((await mailed(world)).size).toBe(many.length);
});

test("who is held out gets nothing, counts for the goal, and leaves when its time is over", async () => {
  const world = await crowd(
    "program p < start when signed_up  hold out 25%  goal purchased within 5d  send welcome  wait 20d >",
  );
  const out = (await world.rows("SELECT contact_id FROM positions WHERE step = 'held out' ORDER BY contact_id")).map(
    ({ contact_id }) => String(contact_id),
  );
  expect(Math.abs(out.length - 100)).toBeLessThan(36);
  const mails = await mailed(world);
  expect(mails.size).toBe(many.length - out.length);
  for (const id of out) expect(mails.has(id)).toBe(false);
  const [buyer = "", other = ""] = out;
  await world.happen("purchased", buyer, "2026-03-05");
  await world.tick("2026-03-05", "2026-03-06 23:59", "2026-03-07", "2026-03-08");
  expect(await world.story(buyer)).toEqual([
    "2026-03-02 00:00 started (signed_up)",
    "2026-03-05 00:00 goal",
    "2026-03-05 00:00 left (goal)",
  ]);
  expect(await world.story(other)).toEqual([
    "2026-03-02 00:00 started (signed_up)",
    "2026-03-07 00:00 held out left (held out)",
  ]);
});

test("the goal's time of who is held out ends by the calendar of the project's zone", async () => {
  const world = await worldOf(
    "program p < start when signed_up  hold out 50%  goal purchased within 5d  wait 20d >",
    "Europe/Berlin",
  );
  for (const id of many.slice(0, 20)) await world.person(id);
  await world.apply("2026-03-25");
  for (const id of many.slice(0, 20)) await world.happen("signed_up", id, "2026-03-26 12:00");
  await world.tick("2026-03-26 12:00");
  const rows = await world.rows("SELECT DISTINCT epoch_ms(due) AS due FROM positions WHERE step = 'held out'");
  // Clocks went forward on the 29th.
  expect(rows.map(({ due }) => new Date(Number(due)).toISOString())).toEqual(["2026-03-31T11:00:00.000Z"]);
});

test("going back sends the same mail again, each time by an id of its own", async () => {
  const world = await worldOf("program p < start when signed_up  send welcome as hello  wait 1d  go to hello >");
  await world.person("ana");
  await world.apply("2026-03-01");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02", "2026-03-03", "2026-03-03", "2026-03-04");
  expect(await world.mails()).toEqual([
    "2026-03-02 00:00 ana welcome",
    "2026-03-03 00:00 ana welcome",
    "2026-03-04 00:00 ana welcome",
  ]);
  const visits = await world.rows("SELECT visit FROM outbox ORDER BY planned_at");
  expect(visits.map(({ visit }) => Number(visit))).toEqual([1, 2, 3]);
  expect((await world.rows("SELECT DISTINCT send_id FROM outbox")).length).toBe(3);
});

test("going forward leaves out what lies between, and two contacts of one address get one copy of each round", async () => {
  const world = await worldOf(
    "program p < start when signed_up  if role = boss then < go to both >  send nudge  send welcome as both  wait 1d  go to both >",
  );
  await world.person("ana", { email: "same@test.example", role: "boss" });
  await world.person("ben", { email: "SAME@test.example" });
  await world.apply("2026-03-01");
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-02");
  await world.tick("2026-03-02", "2026-03-03");
  expect(await world.mails()).toEqual([
    "2026-03-02 00:00 ana welcome",
    "2026-03-02 00:00 ben nudge",
    "2026-03-03 00:00 ana welcome",
  ]);
});
