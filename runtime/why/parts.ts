// The conditions that a computed value is made of: what turns one of them may turn what is asked of the value.

import { childrenOf, type Condition, type Term, termsIn, termsOf } from "../../compiler/ir/condition.ts";
import { conditionsOfFunnel, conditionsOfScore, millionths, type Score } from "../../compiler/ir/people.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Cell } from "../ports.ts";

export interface Part {
  readonly when: Condition;
  /** Numbers of events that may be enough for what is asked of a score. */
  readonly times: readonly number[];
}

interface Around {
  readonly plan: Plan;
  /** The value of a term; undefined where it is not known. */
  readonly stored: (term: Term) => Cell | undefined;
}

const most = 24;

/** Single conditions, those of other scores, funnels and segments that they read included. */
export function partsOf(leaf: Condition, wanted: boolean, around: Around): readonly Part[] {
  const found: Part[] = [];
  const seen = new Set<string>();
  const visit = (condition: Condition, times: readonly number[]): void => {
    const key = JSON.stringify(condition);
    if (seen.has(key) || found.length >= most) return;
    seen.add(key);
    switch (condition.kind) {
      case "all":
      case "any":
      case "not":
        for (const child of childrenOf(condition)) visit(child, []);
        return;
      case "in segment":
        for (const { id, where } of around.plan.segments) if (id === condition.segment) visit(where, []);
        return;
      default:
        found.push({ when: condition, times });
        inside(condition);
    }
  };
  const inside = (condition: Condition): void => {
    for (const term of termsOf(condition).flatMap(termsIn)) {
      if (term.kind === "chosen") for (const { when } of term.arms) visit(when, []);
      if (term.kind === "stage") {
        for (const funnel of around.plan.funnels) {
          if (funnel.name === term.name) for (const when of conditionsOfFunnel(funnel)) visit(when, []);
        }
      }
      if (term.kind === "score") {
        const score = around.plan.scores.find(({ name }) => name === term.name);
        const gap = score ? gapIn(condition, term, wanted, around) : null;
        if (!score) continue;
        for (const [rule, when] of conditionsOfScore(score).entries()) visit(when, timesOf(score, rule, gap));
      }
    }
  };
  inside(leaf);
  return found;
}

/** How many points more the condition asks for, in millionths; negative where fewer. */
function gapIn(condition: Condition, term: Term, wanted: boolean, { stored }: Around): number | null {
  if (condition.kind !== "compare" || condition.left !== term) return null;
  const { right, op } = condition;
  const value = stored(term);
  if (right.kind !== "literal" || right.literal.kind !== "number" || typeof value !== "number") return null;
  const isUp = (op === ">" || op === ">=") === wanted;
  const isBeyond = op === ">" || op === "<";
  const distance = Math.round((right.literal.value - value) * millionths);
  return distance + (isBeyond === wanted ? (isUp ? 1 : -1) : 0);
}

function timesOf({ rules }: Score, index: number, gap: number | null): readonly number[] {
  const rule = rules[index];
  if (gap === null || rule?.kind !== "each" || rule.points === 0) return [];
  const needed = Math.ceil(gap / rule.points);
  return needed > 0 ? [needed, needed + 1] : [];
}
