// One arm for each person, by a draw that is the same whenever it is looked at.

import type { StepKind } from "./kind.ts";

export const divide: StepKind<"divide"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: () => [],
  hop(step, scene) {
    const first = step.arms.slice(0, -1);
    const last = step.arms.slice(-1);
    let share = 0;
    const limits = first.map((arm) => (share += arm.share));
    // Whatever rounding leaves over belongs to the last arm.
    const pick = (value: (arm: (typeof step.arms)[number], index: number) => string) => {
      const cases = first.map(
        (arm, index) => `WHEN ${scene.isDrawn(step.salt, limits[index] ?? 0)} THEN ${value(arm, index)}`,
      );
      const [rest = "NULL"] = last.map((arm) => value(arm, first.length));
      return cases.length > 0 ? `CASE ${cases.join(" ")} ELSE ${rest} END` : rest;
    };
    return {
      outcome: "'chose'",
      reason: pick(({ name }, index) => scene.text(`arm ${name ?? index + 1}`)),
      next: pick(({ next }) => scene.next(next)),
    };
  },
  due: (_, scene) => scene.now,
};
