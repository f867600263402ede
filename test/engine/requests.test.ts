// Rule 33: people are enrolled as `continue in` does it, and ejecting is an exit.

import { expect, test } from "vitest";
import { type Request, request } from "../../runtime/engine/requests.ts";
import { deliver } from "../../runtime/engine/deliver.ts";
import { fakeMailer, plainRender } from "./mailers.ts";
import { at, type World, worldOf } from "./world.ts";

async function applied(source: string): Promise<World> {
  const world = await worldOf(source);
  await world.person("ana", { role: "boss" });
  await world.person("ben", { role: "user" });
  await world.apply("2026-03-01");
  await world.tick("2026-03-01");
  return world;
}
const ask = (world: World, kind: Request["kind"], program: string, ...contacts: readonly string[]) =>
  request(world.database, { kind, program, contacts });

test("whoever is enrolled starts at the next tick, once, whatever starts the program and whoever it is for", async () => {
  const world = await applied(
    `segment Bosses where role = boss
     program p for Bosses < start when signed_up  enter every time  send welcome  wait 9d >`,
  );
  await ask(world, "enroll", "p", "ben", "nobody");
  await ask(world, "enroll", "p", "ben");
  await world.tick("2026-03-02", "2026-03-02", "2026-03-03");
  expect(await world.mails()).toEqual(["2026-03-02 00:00 ben welcome"]);
  expect(await world.story("ben")).toEqual(["2026-03-02 00:00 started", "2026-03-02 00:00 send:welcome:1 send"]);
  expect(await world.rows("SELECT * FROM request")).toEqual([]);
  expect(await world.rows("SELECT * FROM journal WHERE contact_id = 'nobody'")).toEqual([]);
});

test("only if, enter and closes at hold for them", async () => {
  const world = await applied(
    `program single < start when signed_up  send welcome >
     program picky < start when signed_up  only if role = boss  send nudge >
     program shut < start when signed_up  closes at 2026-03-01 12:00  send digest >`,
  );
  await world.happen("signed_up", "ana", "2026-03-01 06:00");
  await world.tick("2026-03-01 06:00");
  for (const program of ["single", "picky", "shut"]) await ask(world, "enroll", program, "ana", "ben");
  await world.tick("2026-03-02");
  const dropped = await world.rows(
    "SELECT program, contact_id, reason FROM journal WHERE outcome = 'dropped' ORDER BY ALL",
  );
  expect(dropped.map((row) => Object.values(row).join(" "))).toEqual([
    "picky ana entered before",
    "picky ben only if did not hold",
    "shut ana closed",
    "shut ben closed",
    "single ana entered before",
  ]);
});

test("ejecting is an exit: it wins over what is due, and a goal of the same tick counts", async () => {
  const world = await applied(
    "program p < start when signed_up  goal purchased  wait 1d  send welcome >  program q < start when signed_up  wait 1d  send nudge >",
  );
  for (const id of ["ana", "ben"]) await world.happen("signed_up", id, "2026-03-01 06:00");
  await world.tick("2026-03-01 06:00");
  await world.happen("purchased", "ana", "2026-03-01 12:00");
  await ask(world, "eject", "p", "ana", "ben");
  await ask(world, "eject", "q", "ana");
  await world.tick("2026-03-02 06:00");
  expect(await world.mails()).toEqual(["2026-03-02 06:00 ben nudge"]);
  const left = await world.rows(
    "SELECT program, contact_id, reason, goal_at IS NOT NULL AS reached FROM enrollment WHERE left_at IS NOT NULL ORDER BY ALL",
  );
  expect(left.map((row) => Object.values(row).join(" "))).toEqual([
    "p ana ejected true",
    "p ben ejected false",
    "q ana ejected false",
    "q ben finished false",
  ]);
  expect((await world.story("ana")).filter((line) => line.includes("left"))).toEqual([
    "2026-03-02 06:00 left (ejected)",
    "2026-03-02 06:00 left (ejected)",
  ]);
});

test("ejecting is asked before anybody starts, and is forgotten where nobody is inside", async () => {
  const world = await applied("program p < start when signed_up  enter every time  wait 5d  send welcome >");
  await ask(world, "eject", "p", "ana", "ben");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02", "2026-03-03");
  expect(await world.story("ana")).toEqual(["2026-03-02 00:00 started (signed_up)"]);
  await ask(world, "eject", "p", "ana");
  await ask(world, "enroll", "p", "ana");
  await world.tick("2026-03-04");
  expect(await world.story("ana")).toEqual([
    "2026-03-02 00:00 started (signed_up)",
    "2026-03-04 00:00 left (ejected)",
    "2026-03-04 00:00 started",
  ]);
  await world.tick("2026-03-09");
  expect(await world.mails()).toEqual(["2026-03-09 00:00 ana welcome"]);
});

test("whoever came in by the last tick of the same instant can be ejected in it", async () => {
  const world = await applied("program p < start when signed_up  wait 5d  send welcome >");
  await world.happen("signed_up", "ana", "2026-03-02");
  await world.tick("2026-03-02");
  await ask(world, "eject", "p", "ana");
  await world.tick("2026-03-02");
  const [inside] = await world.rows("SELECT reason, left_seq FROM enrollment");
  expect(inside).toEqual({ reason: "ejected", left_seq: 2 });
  expect(await world.rows("SELECT * FROM positions")).toEqual([]);
});

test("a held-out person is ejected like all others, and an enrolled one may be held out", async () => {
  const world = await applied(
    "program p < start when signed_up  hold out 99.99%  goal purchased within 30d  send welcome >",
  );
  await ask(world, "enroll", "p", "ana");
  await world.tick("2026-03-02");
  expect(await world.mails()).toEqual([]);
  await ask(world, "eject", "p", "ana");
  await world.tick("2026-03-03");
  expect((await world.story("ana")).at(-1)).toBe("2026-03-03 00:00 left (ejected)");
});

test("a mail that was promised to somebody who is ejected does not go out", async () => {
  const world = await applied("program p < start when signed_up  send welcome  wait 1d >");
  await world.happen("signed_up", "ana", "2026-03-01 06:00");
  await world.happen("signed_up", "ben", "2026-03-01 06:00");
  await world.tick("2026-03-01 06:00");
  await ask(world, "eject", "p", "ana");
  await world.tick("2026-03-01 07:00");
  const mailer = fakeMailer();
  await deliver({ engine: world.engine(), mailer, render: plainRender, now: at("2026-03-01 07:00") });
  expect(mailer.accepted.map(({ to }) => to)).toEqual(["ben@test.example"]);
});
