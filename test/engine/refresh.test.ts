// The stored membership is what judging everybody anew gives, whatever happened since the last refresh.

import fc from "fast-check";
import { expect, test } from "vitest";
import { readsOf } from "../../compiler/sql/reads.ts";
import { rulesOf } from "../../compiler/sql/rules.ts";
import type { Values } from "../sql/world.ts";
import { changes, membersNow, membersStored, refreshIn, run, type Stage, step, withStage } from "./refresh-stage.ts";
import { planOf as worldPlan } from "./world.ts";

/** What the recorded changes make of the members that there were. */
async function replayed(stage: Stage, before: Values, from: number): Promise<Values> {
  const rows = await run(
    stage,
    `SELECT segment, contact_id, is_member FROM segment_change WHERE rowid >= ${from} ORDER BY rowid`,
  );
  const found = new Map(
    Object.entries(before).map(([id, keys]) => [id, new Set(String(keys).split(" ").filter(Boolean))]),
  );
  for (const row of rows) {
    const members = found.get(String(row.segment));
    if (row.is_member) members?.add(String(row.contact_id));
    else members?.delete(String(row.contact_id));
  }
  return Object.fromEntries([...found].map(([id, keys]) => [id, [...keys].sort().join(" ")]));
}

async function play(seed: number, seen: Map<string, number>): Promise<void> {
  await withStage(seed, async (stage) => {
    const { dice, database } = stage;
    for (let round = 0; round < 8; round++) {
      const before = round === 0 ? {} : await membersStored(stage);
      const [{ rows: logged } = { rows: 0 }] = await run(
        stage,
        'SELECT coalesce(max(rowid) + 1, 0) AS "rows" FROM segment_change',
      );
      const names = dice.times(dice.below(4), () => dice.pick(Object.keys(changes)));
      for (const name of names) await changes[name]?.(stage);
      const isBack = dice.chance(12);
      if (dice.chance(70)) step(stage, isBack);
      const { looked } = await database.transaction((session) => refreshIn(stage, session));
      const whom = looked === null ? "everybody" : looked === 0 ? "nobody" : "some";
      seen.set(whom, (seen.get(whom) ?? 0) + 1);
      const stored = await membersStored(stage);
      expect({ round, names, stored }).toEqual({ round, names, stored: await membersNow(stage) });
      if (round === 0 || isBack) continue;
      const known = Object.keys(before).filter((id) => id in stored);
      const told = await replayed(stage, before, Number(logged));
      expect(known.map((id) => [id, told[id]])).toEqual(known.map((id) => [id, stored[id]]));
    }
  });
}

test("membership is the same as if everybody were judged anew", { timeout: 300_000 }, async () => {
  const seen = new Map<string, number>();
  const seeds = fc.asyncProperty(fc.integer(), (seed) => play(seed, seen));
  await fc.assert(seeds, { numRuns: Number(process.env.REFRESH_RUNS ?? 15), endOnFailure: true });
  // Each way was gone: else the test would prove little.
  expect([...seen.keys()].sort()).toEqual(["everybody", "nobody", "some"]);
});

test("a definition that changes has only its own leaves judged anew, and those of no other segment", () => {
  const before = rulesOf(worldPlan("segment A where purchased in 30d  segment B where in A and opened in 30d"));
  const after = rulesOf(worldPlan("segment A where purchased in 60d  segment B where in A and opened in 30d"));
  const known = new Set(before.leaves.map(({ key }) => key));
  const fresh = after.leaves.filter(({ key }) => !known.has(key));
  expect(fresh.map(({ when }) => (when.kind === "behaviour" ? when.event : when.kind))).toEqual(["purchased"]);
  // What reads it means something else, too.
  expect(after.rules.map(({ key, hash }) => [key, before.rules.some((rule) => rule.hash === hash)])).toEqual([
    ["A", false],
    ["B", false],
  ]);
});

test("what is not in the table of reads is judged for everybody at every step", () => {
  const { catalog, segments } = worldPlan("segment A where purchased in 30d");
  const where = segments[0]?.where;
  if (!where) throw new Error("no segment");
  expect(readsOf(where, catalog)).toMatchObject({ isUnclear: false, tables: ["event_purchased"] });
  const later = { ...where, within: { amount: 3, unit: "d" } };
  expect(readsOf(later as never, catalog).isUnclear).toBe(true);
  expect(readsOf({ kind: "in orbit" } as never, catalog).isUnclear).toBe(true);
});
