// A wait of fixed length: its end is computed once, on arrival.

import type { StepKind } from "./kind.ts";

export const wait: StepKind<"wait"> = {
  isInstant: false,
  isWatched: () => false,
  conditions: () => [],
  hop: (step, scene) => ({ outcome: "'waited'", reason: "NULL", next: scene.next(step.next) }),
  due: (step, scene) => scene.after(step.length),
};
