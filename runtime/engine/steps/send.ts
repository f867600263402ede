// A mail is proposed here; whether it may go out is decided for all programs together.

import type { StepKind } from "./kind.ts";

export const send: StepKind<"send"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: (step) => (step.onlyIf ? [step.onlyIf] : []),
  hop: (step, scene) => ({ outcome: "'send'", reason: "NULL", next: scene.next(step.next) }),
  due: (_, scene) => scene.now,
};
