// The blocks of checked steps.

import type { CheckedStep } from "./checked-program.ts";

/** In the order written; the last of `choose` and `wait for` is what happens otherwise. */
export function blocksOf(step: CheckedStep): readonly (readonly CheckedStep[])[] {
  switch (step.kind) {
    case "choose":
      return [...step.branches.map(({ steps }) => steps), step.otherwise];
    case "wait for":
      return [step.came, step.otherwise];
    case "split":
    case "experiment":
      return step.arms.map(({ steps }) => steps);
    default:
      return [];
  }
}

/** All steps, those of blocks included, in the order written. */
export function flatten(steps: readonly CheckedStep[]): readonly CheckedStep[] {
  return steps.flatMap((step) => [step, ...blocksOf(step).flatMap(flatten)]);
}
