// Who is held out gets nothing, and leaves when the goal's time is over.

import type { StepKind } from "./kind.ts";

export const heldOut: StepKind<"held out"> = {
  isInstant: false,
  isWatched: () => false,
  conditions: () => [],
  hop: () => ({ outcome: "'left'", reason: "'held out'", next: "NULL" }),
  // Nobody comes here from another step; who starts here is due when the goal's time is over.
  due: (_, scene) => scene.now,
};
