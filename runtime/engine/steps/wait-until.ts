// A wait for a clock ends when it was due on arrival; one for a date is read anew in every tick, since dates change.

import type { StepKind } from "./kind.ts";

export const waitUntil: StepKind<"wait until"> = {
  isInstant: false,
  isWatched: () => false,
  conditions: ({ until }) => (until.kind === "date" ? [{ kind: "known", term: until.field }] : []),
  hop(step, scene) {
    const next = scene.next(step.next);
    if (step.until.kind !== "date") return { outcome: "'waited'", reason: "NULL", next };
    const isKnown = scene.condition(step, 0);
    return {
      outcome: `CASE WHEN ${isKnown} THEN 'waited' ELSE 'left' END`,
      reason: `CASE WHEN NOT ${isKnown} THEN 'no date' END`,
      next: `CASE WHEN ${isKnown} THEN ${next} END`,
    };
  },
  // The next round of the same tick moves a date's wait to its own end.
  due: (step, scene) => (step.until.kind === "date" ? scene.now : scene.endOf(step, step.until)),
};
