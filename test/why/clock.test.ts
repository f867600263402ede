// Time alone turns an answer at the named instant and not before.

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../runtime/ports.ts";
import { whyIn } from "../../runtime/why/why.ts";
import { drawCase, fill, isMember, openEmpty } from "./random.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
});
afterAll(() => database.close());

const dayMs = 86_400_000;

test("the answer turns at the named instant, and not before", { timeout: 300_000 }, async () => {
  const seen = { at: 0, "not within": 0, "not worked out": 0 };
  const world = async (seed: number) => {
    const drawn = drawCase(seed, seed % 2 === 0 ? /./ : /"kind":"(shift|period)"/);
    const { plan, dice } = drawn;
    const turned = seen.at;
    const { now } = drawn.world;
    await fill(database, drawn.world);
    for (const key of ["c0", "c3", "c5"]) {
      const why = await whyIn(database, { plan, key, segment: "X", at: now });
      if (!why) throw new Error("no such person");
      const { next, isMember: isIn } = why;
      seen[next.kind]++;
      if (next.kind === "not worked out") continue;
      const end = next.kind === "at" ? next.at - 1 : now + 3650 * dayMs;
      const between = dice.times(12, () => now + Math.floor((dice.below(1000) / 1000) ** 3 * (end - now)));
      for (const at of [...between, end]) {
        expect(await isMember(database, drawn, { key, at }), `${key} at ${new Date(at).toISOString()}`).toBe(isIn);
      }
      if (next.kind === "at") expect(await isMember(database, drawn, { key, at: next.at })).toBe(!isIn);
    }
    // A world in which nobody turns was looked at as well, but is not one of the runs asked for.
    fc.pre(seen.at > turned);
  };
  await fc.assert(fc.asyncProperty(fc.integer(), world), { numRuns: 3, maxSkipsPerRun: 100, endOnFailure: true });
  expect(seen["not within"]).toBeGreaterThan(0);
});
