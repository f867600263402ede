// A mail is proposed here; whether it may go out is decided for all programs together.

import type { Origin, Scene, StepKind, StepOf } from "./kind.ts";

export const send: StepKind<"send"> = {
  isInstant: true,
  isWatched: () => false,
  conditions: (step, origin) => [
    ...(step.onlyIf ? [step.onlyIf] : []),
    ...(step.variant === null ? origin.variantsOf(step.email).map(({ when }) => when) : []),
  ],
  hop: (step, scene) => ({ outcome: "'send'", reason: "NULL", next: scene.next(step.next) }),
  due: (_, scene) => scene.now,
};

/** SQL of the variant that somebody gets; NULL: the email as it is. */
export function variantOf(step: StepOf<"send">, origin: Origin, scene: Scene): string {
  if (step.variant !== null) return scene.text(step.variant);
  const from = step.onlyIf ? 1 : 0;
  const tried = origin
    .variantsOf(step.email)
    .map(({ name }, index) => `WHEN ${scene.condition(step, from + index)} THEN ${scene.text(name)}`);
  return tried.length > 0 ? `CASE ${tried.join(" ")} END` : "NULL";
}
