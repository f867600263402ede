// On to another step of the program.

import type { StepKind } from "./kind.ts";

export const goTo: StepKind<"go to"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: () => [],
  hop: (step, scene) => ({ outcome: "'went'", reason: "NULL", next: scene.next(step.next) }),
  due: (_, scene) => scene.now,
};
