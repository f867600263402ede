// Random conditions: whatever is claimed of all people is true of the people of random worlds, and whoever is shown is as claimed.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Condition } from "../../compiler/ir/condition.ts";
import type { Segment } from "../../compiler/ir/plan.ts";
import { logicOf, type People } from "../../compiler/logic/verdict.ts";
import { type Choice, drawCondition } from "../sql/conditions.ts";
import { drawFunnel, drawScore } from "../sql/declared.ts";
import { diceOf } from "../sql/dice.ts";
import { oracleOf } from "../sql/oracle.ts";
import { drawWorld } from "../sql/world.ts";
import { worldOf } from "./worlds.ts";
import { planOf } from "../support/plan-of.ts";

const counts = new Map<string, number>();
const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

test("verdicts on random conditions are true of random people, and witnesses are as claimed", {
  timeout: 300_000,
}, () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const dice = diceOf(seed);
      const world = drawWorld(dice);
      const segments: Segment[] = [];
      const choice: Choice = { dice, world, segments, scores: [], funnels: [], isInside: false, kinds: "reasoned" };
      const scores = dice.times(2, (index) => drawScore(choice, `Score${index}`));
      const funnels = dice.times(2, (index) => drawFunnel(choice, `Funnel${index}`));
      const draw = (depth: number): Condition => drawCondition({ ...choice, scores, funnels }, depth);
      for (const id of ["S0", "S1"]) segments.push({ id, name: id, doc: null, where: draw(2), reads: [], hash: "" });
      const plan = planOf(world.catalog, world.calendar, { segments, scores, funnels }, "p");
      const logic = logicOf(plan);
      const people = oracleOf(world, { segments, scores, funnels });
      for (let index = 0; index < 12; index++) {
        const depth = dice.below(3);
        const [first, second] = [draw(depth), draw(depth)];
        const { relation, both, onlyFirst, onlySecond } = logic.verdict(first, second);
        count(relation);
        const regions: readonly (readonly [People, boolean, boolean])[] = [
          [both, true, true],
          [onlyFirst, true, false],
          [onlySecond, false, true],
        ];
        const words = JSON.stringify([first, second, segments.map(({ where }) => where)]);
        for (const [found, inFirst, inSecond] of regions) {
          count(found.kind);
          if (found.kind === "none") {
            for (const contact of world.contacts) {
              const person = { contactId: String(contact.id), enrollment: null };
              const is = [people.isTrue(first, person), people.isTrue(second, person)];
              expect(is, words).not.toEqual([inFirst, inSecond]);
            }
          }
          if (found.kind === "some") {
            const alone = worldOf(plan, [found.model]);
            const oracle = oracleOf(alone, { segments, scores, funnels });
            const person = { contactId: String(found.model.contact.id), enrollment: null };
            expect(
              [oracle.isTrue(first, person), oracle.isTrue(second, person)],
              `${words}\n${JSON.stringify(found.model)}`,
            ).toEqual([inFirst, inSecond]);
          }
        }
      }
    }),
    { numRuns: 100, endOnFailure: true },
  );
  expect([...counts.keys()].toSorted()).toEqual([
    "around",
    "disjoint",
    "equivalent",
    "inside",
    "none",
    "not decided",
    "overlapping",
    "some",
  ]);
});
