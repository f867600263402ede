// Rule 21: a winner is declared once, behind its time and with enough mails or people; who comes later takes it.

import { expect, test } from "vitest";
import { nextMoment } from "../../runtime/engine/next-moment.ts";
import { bestOf } from "../../runtime/engine/winners.ts";
import { go } from "./posting.ts";
import { at, clockOf, planOf, type World, worldOf } from "./world.ts";

const many = Array.from({ length: 60 }, (_, index) => `p${String(index).padStart(2, "0")}`);
const late = Array.from({ length: 30 }, (_, index) => `q${String(index).padStart(2, "0")}`);

const experiment = (winner: string, none = "") =>
  `program p < start when signed_up  goal purchased within 20d
     experiment tone < arm plain ${none ? "40%" : "50%"} < send welcome > arm bold ${none ? "40%" : "50%"} < send nudge > ${none} ${winner} >
     wait 30d >`;

async function begun(source: string): Promise<World> {
  const world = await worldOf(source);
  for (const id of [...many, ...late]) await world.person(id);
  await world.apply("2026-03-01");
  for (const id of many) await world.happen("signed_up", id, "2026-03-02");
  for (const id of late) await world.happen("signed_up", id, "2026-03-09 12:00");
  return world;
}

/** Who took which arm. */
async function armsOf(world: World): Promise<ReadonlyMap<string, string>> {
  const rows = await world.rows("SELECT contact_id, reason FROM journal WHERE outcome = 'chose'");
  return new Map(rows.map((row) => [String(row.contact_id), String(row.reason)]));
}

const won = async (world: World) => {
  const rows = await world.rows(
    "SELECT epoch_ms(tick) AS tick, program, step, reason FROM journal WHERE outcome = 'won' ORDER BY rowid",
  );
  return rows.map((row) => `${clockOf(Number(row.tick))} ${row.program} ${row.step} ${row.reason}`);
};

/** What is told of the mail that somebody got. */
async function tell(world: World, event: string, id: string, when: string, machine = false): Promise<void> {
  const [mail] = await world.rows(`SELECT send_id FROM outbox WHERE contact_id = '${id}' LIMIT 1`);
  await world.happen(event, id, when, { message: String(mail?.send_id), machine }, 2);
}

const counts = (arms: ReadonlyMap<string, string>, of: readonly string[]) =>
  Object.fromEntries(["arm plain", "arm bold"].map((arm) => [arm, of.filter((id) => arms.get(id) === arm).length]));

test("the arm with the better rate wins at its time, and all who come later take it", async () => {
  const world = await begun(experiment("winner by click rate after 7d needs 20"));
  await go(world, "2026-03-02");
  const arms = await armsOf(world);
  const bold = many.filter((id) => arms.get(id) === "arm bold");
  const plain = many.filter((id) => arms.get(id) === "arm plain");
  for (const id of many) await tell(world, "received", id, "2026-03-02 00:05");
  // The machine of the plain ones clicks more often, which does not count; nor does what happens once it is decided.
  for (const id of bold.slice(0, 3)) await tell(world, "clicked", id, "2026-03-04");
  for (const id of plain.slice(0, 2)) await tell(world, "clicked", id, "2026-03-04");
  for (const id of plain.slice(2, 12)) await tell(world, "clicked", id, "2026-03-04", true);
  for (const id of plain) await tell(world, "clicked", id, "2026-03-09 00:01");
  await go(world, "2026-03-08 23:59");
  expect(await won(world)).toEqual([]);
  await go(world, "2026-03-09", "2026-03-09 00:01", "2026-03-09 12:00");
  expect(await won(world)).toEqual([
    `2026-03-09 00:00 p experiment:tone:1 arm bold by click rate: plain 2 of ${plain.length}, bold 3 of ${bold.length}`,
  ]);
  expect(counts(await armsOf(world), late)).toEqual({ "arm plain": 0, "arm bold": late.length });
  // Those who were there keep theirs.
  expect(counts(await armsOf(world), many)).toEqual({ "arm plain": plain.length, "arm bold": bold.length });
});

test("with too few mails in an arm the split goes on, and the winner is declared once there are enough", async () => {
  const world = await begun(experiment("winner by open rate after 7d needs 40"));
  await go(world, "2026-03-02", "2026-03-09");
  expect(await won(world)).toEqual([]);
  await go(world, "2026-03-09 12:00");
  const drawn = counts(await armsOf(world), late);
  expect(drawn["arm plain"]).toBeGreaterThan(0);
  expect(drawn["arm bold"]).toBeGreaterThan(0);
  const needed = await begun(experiment("winner by open rate after 7d needs 35"));
  await go(needed, "2026-03-02", "2026-03-09");
  expect(await won(needed)).toEqual([]);
  await go(needed, "2026-03-09 12:00");
  // A replay comes back at once, for now the mails are out.
  const next = await nextMoment(needed.engine(), at("2026-03-09 12:00"));
  expect(next).toBe(at("2026-03-09 12:00") + 1);
  await go(needed, "2026-03-09 12:01");
  // Nobody opened anything: of equal rates the arm that is written first.
  expect((await won(needed)).map((line) => line.slice(0, 53))).toEqual([
    "2026-03-09 12:01 p experiment:tone:1 arm plain by ope",
  ]);
});

test("by goal the arm that sends nothing competes too, and people are counted", async () => {
  const world = await begun(experiment("winner by goal rate after 5d needs 5", "arm none 20% < >"));
  await go(world, "2026-03-02");
  const arms = await armsOf(world);
  const buyers = many.filter((id) => arms.get(id) === "arm none");
  for (const id of buyers) await world.happen("purchased", id, "2026-03-05");
  await go(world, "2026-03-05", "2026-03-07");
  expect((await won(world))[0]).toContain(`arm none by goal rate: plain 0 of`);
  expect((await won(world))[0]).toContain(`none ${buyers.length} of ${buyers.length}`);
  await go(world, "2026-03-09 12:00");
  const later = await armsOf(world);
  expect(late.every((id) => later.get(id) === "arm none")).toBe(true);
});

test("the arm that sends nothing does not compete by opens, and loses no time for the others", async () => {
  const world = await begun(experiment("winner by open rate after 7d needs 10", "arm none 20% < >"));
  await go(world, "2026-03-02", "2026-03-09");
  expect((await won(world)).length).toBe(1);
  expect((await won(world))[0]).not.toContain("none");
});

test("the time is one of the calendar: seven days later by the clock of the project", async () => {
  const world = await worldOf(experiment("winner by open rate after 7d needs 1"), "Europe/Berlin");
  for (const id of many) await world.person(id);
  await world.apply("2026-03-20");
  for (const id of many) await world.happen("signed_up", id, "2026-03-25 12:00");
  await go(world, "2026-03-25 12:00");
  expect(await nextMoment(world.engine(), at("2026-03-25 12:00"))).toBe(at("2026-04-01 11:00"));
});

test("what was decided stays so, also where the same instant is ticked again or a new version is applied", async () => {
  const source = experiment("winner by open rate after 7d needs 10");
  const world = await begun(source);
  await go(world, "2026-03-02", "2026-03-09", "2026-03-09");
  expect((await won(world)).length).toBe(1);
  await world.apply("2026-03-09 01:00", planOf(source.replace("30d >", "30d  wait 1d >")));
  await go(world, "2026-03-09 12:00");
  expect((await won(world)).length).toBe(1);
  expect(counts(await armsOf(world), late)).toEqual({ "arm plain": late.length, "arm bold": 0 });
  // An arm that is gone cannot be taken: the split goes on.
  const other = source.replace("arm plain", "arm calm");
  await world.apply("2026-03-10", planOf(other.replace("30d >", "30d  wait 1d >")));
  await world.person("zoe");
  await world.happen("signed_up", "zoe", "2026-03-10 12:00");
  await go(world, "2026-03-10 12:00");
  expect(["arm calm", "arm bold"]).toContain((await armsOf(world)).get("zoe"));
});

test("a winner that is asked for when people are there counts from the first of them", async () => {
  const world = await begun(experiment(""));
  await go(world, "2026-03-02");
  await world.apply("2026-03-09 01:00", planOf(experiment("winner by open rate after 5d needs 10")));
  await go(world, "2026-03-09 12:00");
  expect(await won(world)).toEqual([]);
  await go(world, "2026-03-09 12:01");
  expect((await won(world)).length).toBe(1);
});

test("rates are compared as fractions, with nobody reached as none", () => {
  const winner = { by: "open", after: { amount: 1, unit: "d" }, needs: 1, competing: [] } as const;
  const best = (...of: readonly (readonly [people: number, did: number])[]) =>
    bestOf(
      { winner },
      of.map(([people, did], index) => ({ arm: String(index), count: 9, people, did })),
    )?.arm;
  expect(best([3, 1], [6, 2])).toBe("0");
  expect(best([300_000_001, 100_000_000], [3, 1])).toBe("1");
  expect(best([0, 0], [5, 0])).toBe("0");
  expect(best([0, 0], [5, 1])).toBe("1");
  expect(bestOf({ winner: { ...winner, needs: 10 } }, [{ arm: "a", count: 9, people: 9, did: 9 }])).toBeNull();
});
