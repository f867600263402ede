// Where a step was that is gone: who stood there goes on where the writer says, or leaves.

import type { StepKind } from "./kind.ts";

export const removed: StepKind<"removed"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: () => [],
  hop: ({ next }, scene) =>
    next === null
      ? { outcome: "'left'", reason: "'its step was removed'", next: "NULL" }
      : { outcome: "'went'", reason: "'its step was removed'", next: scene.next(next) },
  due: (_, scene) => scene.now,
};
