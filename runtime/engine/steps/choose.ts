// The first branch that holds.

import type { StepKind } from "./kind.ts";

export const choose: StepKind<"choose"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: (step) => step.branches.map(({ when }) => when),
  hop(step, scene) {
    const branches = step.branches.map((branch, index) => ({ holds: scene.condition(step, index), to: branch.next }));
    const pick = (value: (to: (typeof branches)[number]["to"], index: number) => string, otherwise: string) =>
      `CASE ${branches.map(({ holds, to }, index) => `WHEN ${holds} THEN ${value(to, index)}`).join(" ")} ELSE ${otherwise} END`;
    return {
      outcome: "'chose'",
      reason: pick((_, index) => scene.text(`branch ${index + 1}`), "'otherwise'"),
      next: pick((to) => scene.next(to), scene.next(step.otherwise)),
    };
  },
  due: (_, scene) => scene.now,
};
