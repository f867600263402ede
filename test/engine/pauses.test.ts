// Rule 33: in a paused program nobody enters, moves or is mailed; waits run on, exits and goals count, and resuming makes up.

import { expect, test } from "vitest";
import { nextMoment } from "../../runtime/engine/next-moment.ts";
import { claim } from "../../runtime/engine/outbox.ts";
import { pause, resume } from "../../runtime/engine/pauses.ts";
import { request } from "../../runtime/engine/requests.ts";
import { at, type World, worldOf } from "./world.ts";

async function applied(source: string): Promise<World> {
  const world = await worldOf(source);
  for (const [index, id] of ["ana", "ben", "cem"].entries()) await world.person(id, { seats: index });
  await world.apply("2026-03-01");
  await world.tick("2026-03-01");
  return world;
}
const stop = (world: World, when: string, program = "p") => pause(world.database, program, at(when));
const goOn = (world: World, program = "p") => resume(world.database, program);

const claimable = async (world: World, when: string) => {
  const turn = { engine: world.engine(), session: world.database, now: at(when) };
  return (await claim(turn, { limit: 100, fresh: null }))?.rows.map(({ contactId, email }) => `${contactId} ${email}`);
};

test("who is due stays until it goes on, and the next wait counts from then; other programs go on", async () => {
  const world = await applied(
    `program p < start when signed_up  wait 1d  send welcome  wait 2d  send nudge >
     program q < start when signed_up  wait 1d  send digest  wait 2d  send receipt >`,
  );
  await world.rows("INSERT INTO consent VALUES ('ana@test.example', 'news', true, TIMESTAMP '2026-01-01', 'test')");
  await world.happen("signed_up", "ana", "2026-03-01 06:00");
  await world.tick("2026-03-01 06:00");
  await stop(world, "2026-03-01 07:00");
  await world.tick("2026-03-02 06:00", "2026-03-04 06:00", "2026-03-05");
  expect(await world.mails()).toEqual(["2026-03-02 06:00 ana digest", "2026-03-04 06:00 ana receipt"]);
  await goOn(world);
  await world.tick("2026-03-05 12:00", "2026-03-07 11:59", "2026-03-07 12:00");
  expect((await world.mails()).slice(2)).toEqual(["2026-03-05 12:00 ana welcome", "2026-03-07 12:00 ana nudge"]);
});

test("a mail that was promised is not handed over until then, and not at all where its reader has left", async () => {
  const world = await applied("program p < start when signed_up  exit when purchased  send welcome  wait 9d >");
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-01 06:00");
  await world.tick("2026-03-01 06:00");
  await stop(world, "2026-03-01 06:00");
  expect(await claimable(world, "2026-03-01 06:00")).toBeUndefined();
  await world.happen("purchased", "ben", "2026-03-02");
  await world.tick("2026-03-02");
  expect(await claimable(world, "2026-03-02")).toBeUndefined();
  await goOn(world);
  expect(await claimable(world, "2026-03-02 01:00")).toEqual(["ana welcome"]);
  expect((await world.story("ben")).at(-1)).toMatch(/skipped \(left before it was sent\)$/);
});

test("exits and goals count meanwhile", async () => {
  const world = await applied(
    "program p < start when signed_up  exit when unsubscribed  goal purchased  wait 9d  send welcome >",
  );
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-01 06:00");
  await world.tick("2026-03-01 06:00");
  await stop(world, "2026-03-01 07:00");
  await world.happen("purchased", "ana", "2026-03-02");
  await request(world.database, { kind: "eject", program: "p", contacts: ["ben"] });
  await world.tick("2026-03-02");
  expect((await world.story("ana")).at(-1)).toBe("2026-03-02 00:00 left (goal)");
  expect((await world.story("ben")).at(-1)).toBe("2026-03-02 00:00 left (ejected)");
});

test("a wait for an event runs on: what came within its limit counts, and nothing behind it", async () => {
  const world = await applied(
    "program p < start when signed_up  wait up to 2d until purchased then < send welcome > otherwise < send nudge >  wait 9d >",
  );
  for (const id of ["ana", "ben", "cem"]) await world.happen("signed_up", id, "2026-03-01 06:00");
  await world.tick("2026-03-01 06:00");
  await stop(world, "2026-03-01 07:00");
  await world.happen("purchased", "ana", "2026-03-03 05:00");
  await world.happen("purchased", "ben", "2026-03-03 07:00");
  await world.tick("2026-03-03 05:00", "2026-03-04");
  expect(await world.mails()).toEqual([]);
  await goOn(world);
  await world.tick("2026-03-05");
  expect(await world.mails()).toEqual([
    "2026-03-05 00:00 ana welcome",
    "2026-03-05 00:00 ben nudge",
    "2026-03-05 00:00 cem nudge",
  ]);
});

test("events in between start when it goes on, each once and from its own time on", async () => {
  const world = await applied(
    "program p < start when signed_up  enter every time  send welcome  wait 1d  send nudge >",
  );
  await stop(world, "2026-03-01 06:00");
  await world.happen("signed_up", "ana", "2026-03-01 12:00");
  await world.tick("2026-03-01 12:00", "2026-03-02");
  await world.happen("signed_up", "ben", "2026-03-01 13:00", {}, 2);
  await world.tick("2026-03-03");
  expect(await world.rows("SELECT * FROM enrollment")).toEqual([]);
  await goOn(world);
  await world.tick("2026-03-03 12:00", "2026-03-03 12:00", "2026-03-04");
  const started = await world.rows(
    "SELECT contact_id, strftime(started_at, '%d %H:%M') AS at FROM enrollment ORDER BY 1",
  );
  expect(started.map((row) => Object.values(row).join(" "))).toEqual(["ana 01 12:00", "ben 01 13:00"]);
});

test("who came to be what an edge asks for in between starts, and not who was it already or is it no more", async () => {
  const world = await applied(
    // The other program has its people judged all the while.
    `program p < start when seats >= 2  enter every time  send welcome >
     program q < start when seats >= 100  send nudge >`,
  );
  await world.person("dot", { seats: 0 });
  await world.tick("2026-03-01 12:00");
  await stop(world, "2026-03-02");
  await world.person("ana", { seats: 5 });
  await world.person("ben", { seats: 5 });
  await world.tick("2026-03-02", "2026-03-03");
  await world.person("ben", { seats: 1 });
  await world.person("dot", { seats: 3 });
  await world.tick("2026-03-04");
  expect(await world.mails()).toEqual([]);
  await goOn(world);
  await world.tick("2026-03-05", "2026-03-06");
  await world.person("ben", { seats: 5 });
  await world.tick("2026-03-07");
  expect(await world.mails()).toEqual([
    "2026-03-05 00:00 ana welcome",
    "2026-03-05 00:00 dot welcome",
    "2026-03-07 00:00 ben welcome",
  ]);
});

test("moments of the clock and of dates are made up for within a day, and are written down once when it goes on", async () => {
  const world = await applied(
    "program p < start every day 09:00  enter every time  wait 1min >  program q < start on renewal  send welcome >",
  );
  await world.person("ana", { renewal: "2026-03-02" });
  await world.person("ben", { renewal: "2026-03-04" });
  for (const program of ["p", "q"]) await stop(world, "2026-03-01 06:00", program);
  await world.tick("2026-03-01 09:00", "2026-03-03", "2026-03-04", "2026-03-04 10:00");
  expect(await world.rows("SELECT * FROM journal")).toEqual([]);
  for (const program of ["p", "q"]) await goOn(world, program);
  await world.tick("2026-03-04 12:00", "2026-03-04 13:00");
  const missed = await world.rows(
    "SELECT program, contact_id, reason FROM journal WHERE outcome = 'missed' ORDER BY ALL",
  );
  expect(
    missed.map(({ program, contact_id, reason }) => `${program} ${contact_id} ${String(reason).slice(13, 29)}`),
  ).toEqual(["p  2026-03-01T09:00", "p  2026-03-02T09:00", "p  2026-03-03T09:00", "q ana 2026-03-02T09:00"]);
  const started = await world.rows(
    "SELECT DISTINCT program, strftime(started_at, '%d %H') AS at FROM enrollment ORDER BY ALL",
  );
  expect(started.map((row) => Object.values(row).join(" "))).toEqual(["p 04 09", "q 04 09"]);
});

test("whoever is led or enrolled into it is turned away, which is written down", async () => {
  const world = await applied(
    "program a < start when signed_up  wait 1d  continue in p >  program p < start when purchased  send welcome >",
  );
  await world.happen("signed_up", "ana", "2026-03-01 06:00");
  await world.tick("2026-03-01 06:00");
  await stop(world, "2026-03-01 07:00");
  await request(world.database, { kind: "enroll", program: "p", contacts: ["ben"] });
  await world.tick("2026-03-02 06:00");
  await goOn(world);
  await world.tick("2026-03-03");
  expect(await world.mails()).toEqual([]);
  expect((await world.story("ana")).at(-1)).toBe("2026-03-02 06:00 dropped (paused)");
  expect(await world.story("ben")).toEqual(["2026-03-02 06:00 dropped (paused)"]);
});

test("a clock that jumps does not stop for people who may not move", async () => {
  const world = await applied("program p < start when signed_up  wait 1d  send welcome >");
  await world.happen("signed_up", "ana", "2026-03-01 06:00");
  await world.tick("2026-03-01 06:00");
  await stop(world, "2026-03-01 07:00");
  await world.tick("2026-03-02 06:00");
  expect(await nextMoment(world.engine(), at("2026-03-02 06:00"))).toBeNull();
});
