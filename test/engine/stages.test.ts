// The past of stages: written down where somebody asks for it, and what starts people and holds by it.

import { expect, test } from "vitest";
import { calendarOf } from "../../compiler/calendar.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import { recordLoaded } from "../../runtime/engine/stages.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { query } from "../support/scratch.ts";
import { at, clockOf, type World, worldOf } from "./world.ts";

const funnel = (more = "") =>
  `funnel Life < stage lead when signed_up  stage buyer when purchased in 10d  stage champion when seats > 5 ${more} >`;
const segments = `segment Moved where stage Life changed in 7d
  segment Settled where stage Life has been buyer for 3d`;

async function membersOf({ database, plan }: World, segment: string, when: string): Promise<readonly string[]> {
  const rows = await database.run(bind(printMembers(plan, segment), calendarOf("UTC", 1), at(when)));
  return rows.map((row) => String(row.contact_id)).sort();
}

/** Who was where, from when on, and since what. */
async function history({ rows }: Pick<World, "rows">): Promise<readonly string[]> {
  const found = await rows(
    `SELECT contact_id, epoch_ms("at") AS "at", stage, old, is_first FROM stage_history ORDER BY contact_id, "at"`,
  );
  return found.map((row) =>
    [row.contact_id, clockOf(Number(row.at)), row.is_first ? "first" : row.old, row.stage].join(" "),
  );
}

test("every stage is written down at which a tick finds somebody anew, back as well as forward", async () => {
  const world = await worldOf(`${funnel()} ${segments}`);
  await world.person("ana");
  await world.person("bo", { seats: 9 });
  await world.happen("signed_up", "ana", "2026-03-01");
  await world.apply("2026-03-02");
  await world.happen("purchased", "ana", "2026-03-03 10:00");
  await world.tick("2026-03-03", "2026-03-04", "2026-03-05", "2026-03-07");
  await world.person("bo", { seats: 2 });
  await world.person("cy");
  await world.tick("2026-03-12", "2026-03-14", "2026-03-20");
  expect(await history(world)).toEqual([
    "ana 2026-03-02 00:00 first lead",
    "ana 2026-03-04 00:00 lead buyer",
    "ana 2026-03-14 00:00 buyer lead",
    "bo 2026-03-02 00:00 first champion",
    "bo 2026-03-12 00:00 champion ",
    "cy 2026-03-12 00:00 first ",
  ]);
  // The first stage of a contact is no change, not even none at all.
  expect(await membersOf(world, "Moved", "2026-03-03")).toEqual([]);
  expect(await membersOf(world, "Moved", "2026-03-11")).toEqual(["ana"]);
  expect(await membersOf(world, "Moved", "2026-03-12")).toEqual(["bo"]);
  expect(await membersOf(world, "Moved", "2026-03-14")).toEqual(["ana", "bo"]);
  // From three days behind the tick that found it, up to when it is over, whether that is written down yet or not.
  expect(await membersOf(world, "Settled", "2026-03-06 23:59:59")).toEqual([]);
  expect(await membersOf(world, "Settled", "2026-03-07")).toEqual(["ana"]);
  expect(await membersOf(world, "Settled", "2026-03-13 10:00")).toEqual(["ana"]);
  expect(await membersOf(world, "Settled", "2026-03-13 10:00:01")).toEqual([]);
});

test("what moves forward only is written down anyway, another funnel only where it is asked", async () => {
  const world = await worldOf(
    `${funnel()} funnel Up < stage one  stage two when purchased in 1d  moves forward only >`,
  );
  await world.person("ana");
  await world.apply("2026-03-02");
  await world.happen("purchased", "ana", "2026-03-03");
  await world.tick("2026-03-03", "2026-03-10");
  expect(await world.rows("SELECT DISTINCT funnel FROM stage_history")).toEqual([{ funnel: "Up" }]);
  expect(await history(world)).toEqual(["ana 2026-03-02 00:00 first one", "ana 2026-03-03 00:00 one two"]);
});

test("a bare change of a stage starts a person each time, once for each", async () => {
  const world = await worldOf(`${funnel()}
    program anew < start when stage Life changed and seats is unknown  enter every time  send welcome >`);
  for (const id of ["ana", "bo"]) await world.person(id);
  await world.happen("signed_up", "ana", "2026-03-01");
  await world.apply("2026-03-02");
  await world.tick("2026-03-02", "2026-03-03");
  await world.happen("purchased", "ana", "2026-03-04", {}, 2);
  await world.person("bo", { seats: 7 });
  await world.tick("2026-03-04", "2026-03-04", "2026-03-05", "2026-03-20");
  expect(await world.mails()).toEqual(["2026-03-04 00:00 ana welcome", "2026-03-20 00:00 ana welcome"]);
  expect(await world.rows("SELECT outcome, count(*) AS n FROM journal WHERE seq = 0 GROUP BY outcome")).toEqual([]);
});

test("a stage that a step brings about starts people in the same instant, and what is undone in it never was", async () => {
  const world = await worldOf(`${funnel()}
    program early < start when signed_up  set seats = 9  wait 1d  set seats = 8  wait 1d  set seats = unknown >
    program late < start when stage Life changed  enter every time  send welcome >`);
  await world.person("ana");
  await world.apply("2026-03-02");
  await world.tick("2026-03-02");
  await world.happen("signed_up", "ana", "2026-03-02 12:00");
  await world.tick("2026-03-03", "2026-03-04", "2026-03-05");
  // From none to champion at once: that signing up made her a lead in between is nowhere to be seen.
  expect(await history(world)).toEqual([
    "ana 2026-03-02 00:00 first ",
    "ana 2026-03-03 00:00  champion",
    "ana 2026-03-05 00:00 champion lead",
  ]);
  // And it starts her once in that instant.
  expect(await world.mails()).toEqual(["2026-03-03 00:00 ana welcome", "2026-03-05 00:00 ana welcome"]);
});

test("a load writes down what it brought about, and nothing of an instant that is past", async () => {
  const world = await worldOf(`${funnel()} ${segments}
    funnel Up < stage one  stage two when seats > 3  moves forward only > segment Rose where stage Up changed`);
  await world.person("ana");
  const load = (when: string) => recordLoaded(world.database, world.plan, at(when));
  await load("2026-03-01");
  await world.person("ana", { seats: 9 });
  await load("2026-03-02");
  // What moves forward only is remembered from the first apply on.
  expect(await world.rows("SELECT DISTINCT funnel FROM stage_history")).toEqual([{ funnel: "Life" }]);
  expect(await membersOf(world, "Moved", "2026-03-02")).toEqual(["ana"]);
  await world.apply("2026-03-03");
  await world.person("ana", { seats: 1 });
  await load("2026-03-02 12:00");
  expect(await history(world)).toHaveLength(3);
  await load("2026-03-04");
  expect(await world.rows("SELECT stage FROM stage_history WHERE funnel = 'Up'")).toEqual([{ stage: "two" }]);
  expect(await membersOf(world, "Rose", "2026-03-05")).toEqual([]);
});

test("stages that an older version wrote down have what was before them", async () => {
  const { database } = await worldOf(funnel());
  await query(database, "DROP TABLE stage_history");
  await query(
    database,
    'CREATE TABLE stage_history (funnel VARCHAR NOT NULL, contact_id VARCHAR NOT NULL, stage VARCHAR, "at" TIMESTAMP NOT NULL)',
  );
  const row = (funnel: string, contact: string, stage: string, day: string) =>
    `('${funnel}', '${contact}', ${stage}, TIMESTAMP '2026-03-${day}')`;
  await query(
    database,
    `INSERT INTO stage_history VALUES ${[
      row("A", "bo", "'two'", "04"),
      row("A", "ana", "NULL", "02"),
      row("A", "ana", "'one'", "03"),
      row("B", "ana", "'two'", "04"),
    ].join(", ")}`,
  );
  await query(database, "UPDATE meta SET value = '2' WHERE key = 'schema_version'");
  await ensureSchema(database);
  const rows = (text: string) => query(database, text);
  expect(await history({ rows })).toEqual([
    "ana 2026-03-02 00:00 first ",
    "ana 2026-03-03 00:00  one",
    "ana 2026-03-04 00:00 first two",
    "bo 2026-03-04 00:00 first two",
  ]);
});
