// Writes a field of the contact. The walk stops behind it, because all that is judged next must see the new value.

import type { StepKind } from "./kind.ts";

export const set: StepKind<"set"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: () => [],
  hop: (step, scene) => ({ outcome: "'set'", reason: "NULL", next: scene.next(step.next) }),
  due: (_, scene) => scene.now,
};
