// Rules 19, 26 and 34: whom policies never mail, and how many mails one person gets in a time.

import { expect, test } from "vitest";
import { deliver } from "../../runtime/engine/deliver.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { go, sent } from "./posting.ts";
import { at, planOf, type World, worldOf } from "./world.ts";

/** Programs that send a mail on each event of a name, so that a test says when mails fall due. */
const senders = `
  program a < start when signed_up  enter every time  send welcome >
  program b < start when purchased  enter every time  send nudge >
  program c < start when delivered_order  enter every time  send receipt >
`;

async function begun(policies: string, more = senders, zone = "UTC"): Promise<World> {
  const world = await worldOf(`${policies} ${more}`, zone);
  for (const id of ["ana", "ben"]) await world.person(id);
  await world.apply("2026-03-01");
  return world;
}

test("nobody of the segment is mailed, transactional mails included, and who is skipped walks on", async () => {
  const world = await begun(
    "segment Bosses where role = boss  policy house < never send to in Bosses >",
    `program a < start when signed_up  send welcome  send receipt  set seats = 1  wait 9d >`,
  );
  await world.person("ben", { role: "boss" });
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-02");
  await go(world, "2026-03-02");
  expect(await sent(world)).toEqual(["03-02 00:00 ana receipt", "03-02 00:00 ana welcome"]);
  expect(await world.story("ben")).toEqual([
    "2026-03-02 00:00 started (signed_up)",
    "2026-03-02 00:00 send:welcome:1 skipped (never send to in Bosses)",
    "2026-03-02 00:00 send:receipt:1 skipped (never send to in Bosses)",
    "2026-03-02 00:00 set:seats:1 set",
  ]);
});

test("a rule about a topic leaves mails of other topics alone, and one for a segment other people", async () => {
  const world = await begun(
    `segment Users where role = user  segment Big where seats >= 5
    policy house for Users < never send news to in Big >`,
    `
    program a < start when signed_up  send welcome  send digest >`,
  );
  for (const [id, role, seats] of [
    ["ana", "user", 9],
    ["ben", "boss", 9],
    ["cem", "user", 1],
  ] as const) {
    await world.person(id, { role, seats });
    await world.rows(`INSERT INTO consent VALUES ('${id}@test.example', 'news', true, TIMESTAMP '2026-01-01', 'test')`);
    await world.happen("signed_up", id, "2026-03-02");
  }
  await go(world, "2026-03-02");
  expect(await sent(world)).toEqual([
    "03-02 00:00 ana welcome",
    "03-02 00:00 ben digest",
    "03-02 00:00 ben welcome",
    "03-02 00:00 cem digest",
    "03-02 00:00 cem welcome",
  ]);
});

test("what a step sets is seen by the rule before the next mail of the same instant", async () => {
  const world = await begun(
    "segment Bosses where role = boss  policy house < never send to in Bosses >",
    "program a < start when signed_up  send welcome  set role = boss  send nudge  wait 9d >",
  );
  await world.happen("signed_up", "ana", "2026-03-02");
  await go(world, "2026-03-02");
  expect((await world.story("ana")).slice(-3)).toEqual([
    "2026-03-02 00:00 send:welcome:1 send",
    "2026-03-02 00:00 set:role:1 set",
    "2026-03-02 00:00 send:nudge:1 skipped (never send to in Bosses)",
  ]);
});

test("who came into the segment between decision and handing over is not mailed", async () => {
  const world = await begun("segment Bosses where role = boss  policy house < never send to in Bosses >");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.happen("signed_up", "ben", "2026-03-02");
  await world.tick("2026-03-02");
  await world.person("ben", { role: "boss" });
  await deliver({ engine: world.engine(), mailer: fakeMailer(), render: plainRender, now: at("2026-03-02 00:01") });
  expect(await sent(world)).toEqual(["03-02 00:01 ana welcome"]);
  expect(await world.rows("SELECT reason FROM outbox WHERE state = 'skipped'")).toEqual([
    { reason: "never send to in Bosses" },
  ]);
});

test("a mail over the cap waits until the oldest no longer counts", async () => {
  const world = await begun("policy house < at most 1 emails in 1d >");
  await world.happen("signed_up", "ana", "2026-03-02 10:00");
  await world.happen("purchased", "ana", "2026-03-02 18:00");
  await world.happen("purchased", "ben", "2026-03-02 18:00");
  await go(world, "2026-03-02 10:00", "2026-03-02 18:00", "2026-03-03 09:59", "2026-03-03 10:00");
  expect(await sent(world)).toEqual(["03-02 10:00 ana welcome", "03-02 18:00 ben nudge", "03-03 10:00 ana nudge"]);
  expect(await world.story("ana")).toContain("2026-03-02 18:00 send:nudge:1 delayed (at most 1 emails in 1d)");
  expect(
    await world.rows("SELECT CAST(due AS VARCHAR) AS due, \"next\" FROM journal WHERE outcome = 'delayed'"),
  ).toEqual([{ due: "2026-03-03 10:00:00", next: "send:nudge:1" }]);
});

test("48 hours past due the mail is skipped, and the next wait counts from there", async () => {
  const world = await begun(
    "policy house < at most 1 emails in 7d >",
    `program a < start when signed_up  send welcome  wait 1d  send nudge  wait 1d  set seats = 1 >`,
  );
  await world.happen("signed_up", "ana", "2026-03-02 10:00");
  await go(world, "2026-03-02 10:00", "2026-03-03 10:00", "2026-03-05 09:59", "2026-03-05 10:00", "2026-03-06 09:59");
  expect(await world.story("ana")).toEqual([
    "2026-03-02 10:00 started (signed_up)",
    "2026-03-02 10:00 send:welcome:1 send",
    "2026-03-03 10:00 wait:1d:1 waited",
    "2026-03-03 10:00 send:nudge:1 delayed (at most 1 emails in 7d)",
    "2026-03-05 10:00 send:nudge:1 skipped (at most 1 emails in 7d)",
  ]);
  await go(world, "2026-03-06 10:00");
  expect((await world.story("ana")).slice(-3)).toEqual([
    "2026-03-06 10:00 wait:1d:2 waited",
    "2026-03-06 10:00 set:seats:1 set",
    "2026-03-06 10:00 left (finished)",
  ]);
});

test("mails of one instant take the room in the order in which they fell due, then by program", async () => {
  const world = await begun(
    "policy house < at most 2 emails in 1d >",
    `
    program z < start when signed_up  wait 1h  send welcome >
    program y < start when signed_up  wait 2h  send nudge  send welcome >
    program x < start when signed_up  wait 2h  send nudge >`,
  );
  await world.happen("signed_up", "ana", "2026-03-02 10:00");
  await go(world, "2026-03-02 10:00", "2026-03-02 13:00", "2026-03-03 13:00");
  const rows = await world.rows("SELECT strftime(planned_at, '%d %H:%M') AS t, program, step FROM outbox ORDER BY ALL");
  expect(rows.map(({ t, program, step }) => `${t} ${program} ${step}`)).toEqual([
    "02 13:00 x send:nudge:1",
    "02 13:00 z send:welcome:1",
    "03 13:00 y send:nudge:1",
    "03 13:00 y send:welcome:1",
  ]);
});

test("of two mails in a row the second waits for the first", async () => {
  const world = await begun(
    "policy house < at most 1 emails in 1d >",
    "program a < start when signed_up  if seats is unknown then < send welcome  send nudge  set seats = 1  wait 9d > >",
  );
  await world.happen("signed_up", "ana", "2026-03-02 10:00");
  await go(world, "2026-03-02 10:00", "2026-03-03 09:00");
  expect(await world.rows("SELECT seats FROM contact WHERE contact_id = 'ana'")).toEqual([{ seats: null }]);
  await go(world, "2026-03-03 10:00");
  expect(await sent(world)).toEqual(["03-02 10:00 ana welcome", "03-03 10:00 ana nudge"]);
  expect(await world.rows("SELECT seats FROM contact WHERE contact_id = 'ana'")).toEqual([{ seats: 1 }]);
});

test("transactional mails are neither held back nor counted; what skips caps is counted and not held back", async () => {
  const world = await begun(
    "policy house < at most 1 emails in 1d >",
    `
    email urgent < subject "Now"  text "Now"  topic tips  skip caps >
    ${senders}
    program d < start when signed_up  enter every time  send urgent >`,
  );
  await world.happen("delivered_order", "ana", "2026-03-02 09:00");
  await world.happen("purchased", "ana", "2026-03-02 10:00");
  await world.happen("signed_up", "ben", "2026-03-02 12:00");
  await go(world, "2026-03-02 12:00");
  expect(await sent(world)).toEqual([
    "03-02 12:00 ana nudge",
    "03-02 12:00 ana receipt",
    // `a` comes before `d`, whose mail goes out all the same.
    "03-02 12:00 ben urgent",
    "03-02 12:00 ben welcome",
  ]);
  await world.happen("purchased", "ben", "2026-03-02 13:00");
  await go(world, "2026-03-02 13:00");
  expect((await sent(world)).length).toBe(4);
});

test("exit and goal end a delayed enrollment, and a new version of the policy frees it", async () => {
  const source =
    "program a < start when signed_up  enter every time  exit when role = boss  send welcome  send nudge >";
  const world = await begun("policy house < at most 1 emails in 7d >", source);
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-02 10:00");
  await go(world, "2026-03-02 10:00");
  await world.person("ben", { role: "boss" });
  await go(world, "2026-03-02 11:00");
  expect((await world.story("ben")).at(-1)).toBe("2026-03-02 11:00 left (exit)");
  await world.apply("2026-03-02 12:00", planOf(`policy house < at most 2 emails in 7d > ${source}`));
  await go(world, "2026-03-02 12:00");
  expect(await sent(world)).toContain("03-02 12:00 ana nudge");
});

test("days of a cap are days of the project's zone, across a clock change", async () => {
  // Clocks go forward on 29 March: the day is 23 hours long.
  const world = await begun("policy house < at most 1 emails in 1d >", senders, "Europe/Berlin");
  await world.happen("signed_up", "ana", "2026-03-28 10:00");
  await world.happen("purchased", "ana", "2026-03-28 12:00");
  await go(world, "2026-03-28 10:00", "2026-03-28 12:00", "2026-03-29 08:59", "2026-03-29 09:00");
  expect(await sent(world)).toEqual(["03-28 10:00 ana welcome", "03-29 09:00 ana nudge"]);
});

test("what was promised counts until it is handed over, so that a late mail exceeds no cap", async () => {
  const world = await begun("policy house < at most 1 emails in 1d >");
  await world.happen("signed_up", "ana", "2026-03-02 10:00");
  await world.tick("2026-03-02 10:00");
  await world.happen("purchased", "ana", "2026-03-03 11:00");
  await world.tick("2026-03-03 11:00");
  expect(await world.mails()).toEqual(["2026-03-02 10:00 ana welcome"]);
  await go(world, "2026-03-03 12:00", "2026-03-04 11:00");
  expect(await sent(world)).toEqual(["03-03 12:00 ana welcome"]);
  await go(world, "2026-03-04 12:00");
  expect(await sent(world)).toEqual(["03-03 12:00 ana welcome", "03-04 12:00 ana nudge"]);
});

test("a mail behind a wait for a date that has passed is due when the person comes to it", async () => {
  const world = await begun(
    "policy house < at most 1 emails in 1d >",
    "program a < start when signed_up  send nudge  wait 1h  wait until renewal  send welcome  wait 9d >",
  );
  await world.person("ana", { renewal: "2026-02-20" });
  await world.happen("signed_up", "ana", "2026-03-02");
  await go(world, "2026-03-02", "2026-03-02 01:00", "2026-03-03");
  expect(await world.story("ana")).toEqual([
    "2026-03-02 00:00 started (signed_up)",
    "2026-03-02 00:00 send:nudge:1 send",
    "2026-03-02 01:00 wait:1h:1 waited",
    "2026-03-02 01:00 wait until:renewal:1 waited",
    "2026-03-02 01:00 send:welcome:1 delayed (at most 1 emails in 1d)",
    "2026-03-03 00:00 send:welcome:1 send",
  ]);
});
