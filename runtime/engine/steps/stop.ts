// The enrollment ends here.

import type { StepKind } from "./kind.ts";

export const stop: StepKind<"stop"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: () => [],
  hop: () => ({ outcome: "'left'", reason: "'stopped'", next: "NULL" }),
  due: (_, scene) => scene.now,
};
