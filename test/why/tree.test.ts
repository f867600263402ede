// The parts of an answer hold as the statements say that decide membership.

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Condition } from "../../compiler/ir/condition.ts";
import type { Database } from "../../runtime/ports.ts";
import type { WhyPart } from "../../runtime/why/answer.ts";
import { branchesOf, treeOf } from "../../runtime/why/tree.ts";
import { whyIn } from "../../runtime/why/why.ts";
import { drawCase, fill, isMember, openEmpty } from "./random.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
});
afterAll(() => database.close());

const partsOf = (part: WhyPart): readonly WhyPart[] => [part, ...part.of.flatMap(partsOf)];

function agrees(part: WhyPart): boolean {
  const [first] = part.of;
  if (part.kind === "all") return part.holds === part.of.every(({ holds }) => holds);
  if (part.kind === "any") return part.holds === part.of.some(({ holds }) => holds);
  if (part.kind === "not") return part.holds !== first?.holds;
  return part.kind !== "segment" || part.holds === first?.holds;
}

/** What the whole would be if the parts that do not decide were otherwise. */
function wholeWithout(part: WhyPart): boolean {
  if (!part.decides) return !part.holds;
  if (part.kind === "all") return part.of.every(wholeWithout);
  if (part.kind === "any") return part.of.some(wholeWithout);
  const [first] = part.of;
  if (first === undefined) return part.holds;
  return part.kind === "not" ? !wholeWithout(first) : wholeWithout(first);
}

test("each part holds as it does for everybody, and the marked ones alone decide", { timeout: 300_000 }, async () => {
  const seen = { true: 0, false: 0 };
  const world = async (seed: number) => {
    const drawn = drawCase(seed);
    await fill(database, drawn.world);
    const { plan } = drawn;
    const { now: at } = drawn.world;
    for (const key of ["c0", "c5", "c13"]) {
      const why = await whyIn(database, { plan, key, segment: "X", at });
      if (!why) throw new Error("no such person");
      expect(why.isMember).toBe(await isMember(database, drawn, { key, at }));
      const conditions: readonly Condition[] = branchesOf(treeOf(plan, "X")).map(({ when }) => when);
      for (const [index, part] of partsOf(why.tree).entries()) {
        const where = conditions[index];
        if (where) expect(part.holds, part.text).toBe(await isMember(database, drawn, { key, at, where }));
        expect(agrees(part), part.text).toBe(true);
        seen[`${part.holds}`]++;
      }
      expect(wholeWithout(why.tree), JSON.stringify(why.tree, null, 1)).toBe(why.isMember);
    }
    expect(await database.run({ text: "SELECT 1 FROM duckdb_tables() WHERE temporary", params: {} })).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(fc.integer(), world), { numRuns: 25, endOnFailure: true });
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(30);
});

test("there is no answer for nobody", async () => {
  const { plan, world } = drawCase(1);
  await fill(database, world);
  expect(await whyIn(database, { plan, key: "nobody", segment: "X", at: world.now })).toBeNull();
});
