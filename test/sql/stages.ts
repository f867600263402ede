// Random conditions over the stages of funnels.

import type { Condition, Op, Term } from "../../compiler/ir/condition.ts";
import type { EventTable } from "../../compiler/ir/catalog.ts";
import { type Funnel, placeTerm, stageTerm } from "../../compiler/ir/people.ts";
import type { Dice } from "./dice.ts";
import { stageNames } from "./world.ts";

/** Asked by name, or by place as an order of stages is. */
export function drawStage(dice: Dice, funnels: readonly Funnel[], ops: readonly Op[]): Condition {
  const { name } = dice.pick(funnels);
  const literal = (): Term => ({ kind: "literal", literal: { kind: "text", value: dice.pick(stageNames) } });
  const stage = stageTerm(name, { scalar: { kind: "enum", values: stageNames }, isList: false, isNullable: true });
  switch (dice.below(4)) {
    case 0:
      return { kind: "known", term: stage };
    case 1:
      return { kind: "compare", op: "=", left: stage, right: literal(), by: "plain" };
    case 2:
      return { kind: "one of", term: stage, values: dice.times(1 + dice.below(2), literal), by: "plain" };
    default: {
      const place: Term = { kind: "literal", literal: { kind: "number", value: 1 + dice.below(4) } };
      return { kind: "compare", op: dice.pick(ops), left: placeTerm(name), right: place, by: "plain" };
    }
  }
}

/** What is asked of a change of stages, or of the last one. */
export function drawStageWhere(dice: Dice, { fields }: EventTable): Condition {
  const { name, type } = dice.pick(fields);
  const right: Term = { kind: "literal", literal: { kind: "text", value: dice.pick(stageNames) } };
  return { kind: "compare", op: "=", left: { kind: "property", name, type }, right, by: "plain" };
}
