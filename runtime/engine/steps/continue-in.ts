// The enrollment ends here, and one in another program begins.

import type { StepKind } from "./kind.ts";

export const continueIn: StepKind<"continue in"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: () => [],
  hop: (step, scene) => ({ outcome: "'left'", reason: scene.text(`continued in ${step.program}`), next: "NULL" }),
  due: (_, scene) => scene.now,
};
