// How far ahead it is certain that decay carries nobody across a limit, beside scores worked out exactly in between.

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Score, scoreTerm } from "../../compiler/ir/people.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printScoreOutlook } from "../../compiler/sql/print.ts";
import { build } from "./build.ts";
import { drawScore } from "./declared.ts";
import { type Dice, diceOf } from "./dice.ts";
import { type Duck, duck } from "./duck.ts";
import { oracleOf } from "./oracle.ts";
import { drawWorld, type World } from "./world.ts";
import { planOf } from "../support/plan-of.ts";

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

/** Only what happened already, and rules to which nothing but age makes a difference. */
function drawDecaying(dice: Dice): { readonly world: World; readonly score: Score } {
  const drawn = drawWorld(dice);
  const events = new Map([...drawn.events].map(([name, rows]) => [name, rows.filter(({ at }) => at <= drawn.now)]));
  const isPast = ({ at }: { readonly at: number }) => at <= drawn.now;
  const world = { ...drawn, events, changes: drawn.changes.filter(isPast), records: drawn.records.filter(isPast) };
  const choice = { dice, world, segments: [], scores: [], funnels: [], isInside: false, kinds: "all" } as const;
  const score = drawScore(choice, "S");
  const rules = score.rules.flatMap((rule) =>
    rule.kind === "each" ? [{ ...rule, of: { ...rule.of, where: null, from: null, until: null } }] : [],
  );
  return { world, score: { ...score, rules, halfLife: dice.pick([90 * 60_000, 86_400_000, 30 * 86_400_000]) } };
}

const hourMs = 3_600_000;
const yearMs = 365 * 86_400_000;

test("nobody crosses a limit before the outlook ends", { timeout: 240_000 }, async () => {
  const seen = { quiet: 0, crossed: 0, never: 0 };
  const world = async (seed: number) => {
    const dice = diceOf(seed);
    const { world, score } = drawDecaying(dice);
    await build(database, world);
    const people = world.contacts.map((contact) => String(contact.id));
    const valuesAt = (now: number) => {
      const oracle = oracleOf({ ...world, now }, { segments: [], scores: [score], funnels: [] });
      return people.map((contactId) => Number(oracle.valueIn(scoreTerm("S"), { contactId, enrollment: null })));
    };
    const now = valuesAt(world.now);
    const half = Math.round((Math.max(...now) * 1e6) / dice.pick([1.01, 1.5, 2])) / 1e6;
    const limits = [dice.pick([0.5, 1, 2, 10]), half].filter((limit) => limit > 0);
    const sidesAt = (at: number) =>
      valuesAt(at)
        .map((value) => limits.map((limit) => Math.sign(value - limit)).join(" "))
        .join(", ");
    const sql = bind(
      printScoreOutlook(planOf(world.catalog, world.calendar, { scores: [score] }), "S", limits),
      world.calendar,
      world.now,
    );
    const [row] = await database.rows(sql);
    const ms = row?.ms === null ? null : Number(row?.ms);
    const sides = sidesAt(world.now);
    if (ms === null) {
      seen.never++;
      for (const later of [hourMs, yearMs, 40 * yearMs]) expect(sidesAt(world.now + later)).toBe(sides);
      return;
    }
    // What is left of less than a thousandth of a point is looked at by the hour only.
    if (ms <= hourMs) return;
    seen.quiet++;
    for (const part of [0.3, 0.9, 1]) expect(sidesAt(world.now + Math.floor(ms * part) - 1)).toBe(sides);
    if (sidesAt(world.now + Math.ceil(ms * 1.05)) !== sides) seen.crossed++;
  };
  for (const [kind, numRuns] of [
    ["quiet", 9],
    ["crossed", 5],
    ["never", 1],
  ] as const) {
    const property = fc.asyncProperty(fc.integer(), async (seed) => {
      const before = seen[kind];
      await world(seed);
      // A world that shows something else was looked at as well, but is not one of the runs asked for.
      fc.pre(seen[kind] > before);
    });
    await fc.assert(property, { numRuns, maxSkipsPerRun: 400, endOnFailure: true });
  }
});
