// One arm for each person, by a draw that is the same whenever it is looked at, or the one that has won.

import type { StepKind } from "./kind.ts";

export const divide: StepKind<"divide"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: () => [],
  hop(step, scene) {
    const winner = scene.winnerOf(step);
    const won = winner === null ? undefined : step.arms.find(({ name }) => name === winner);
    if (won) return { outcome: "'chose'", reason: scene.text(`arm ${won.name}`), next: scene.next(won.next) };
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
