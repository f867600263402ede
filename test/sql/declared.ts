// Random scores and funnels, which conditions read by name.

import { type Funnel, millionths, type Score, type ScoreRule } from "../../compiler/ir/people.ts";
import { type Choice, drawBehaviour, drawCondition } from "./conditions.ts";
import { stageNames } from "./world.ts";

/** Points in millionths of which halves, sums and caps are met. */
const points = [1, 2, 500_000, 3_250_000, 40_000_000, 999_999_999];
const halfLives = [86_400_000, 90 * 60_000, 30 * 86_400_000, 365 * 86_400_000];

export function drawScore(choice: Choice, name: string): Score {
  const { dice } = choice;
  const rules = dice.times(dice.below(4), (): ScoreRule => {
    const given = dice.pick(points) * (dice.chance(25) ? -1 : 1);
    if (dice.chance(30)) return { kind: "once", when: drawCondition(choice, 1), points: given };
    const of = { ...drawBehaviour(choice), count: { op: ">=", times: 1 } } as const;
    const cap = dice.maybe(dice.pick([1, 1_000_000, 5_000_000, 100 * millionths]));
    return { kind: "each", of, points: given, cap };
  });
  const halfLife = dice.chance(65) ? dice.pick(halfLives) : null;
  return { name, doc: null, rules, halfLife, reads: [], hash: "" };
}

export function drawFunnel(choice: Choice, name: string): Funnel {
  const { dice } = choice;
  const names = dice.shuffle(stageNames).slice(0, dice.below(4));
  const stages = names.map((stage) => ({ name: stage, when: dice.chance(85) ? drawCondition(choice, 1) : null }));
  return { name, doc: null, stages, isForwardOnly: dice.chance(60), reads: [], hash: "" };
}
