// A clock that jumps: sleeping moves it at once to the instant slept for.

import type { Clock, Instant } from "../ports.ts";

export interface VirtualClock extends Clock {
  /** Moves to an instant; earlier ones are ignored, for time never runs backwards. */
  moveTo(instant: Instant): void;
}

export function virtualClock(start: Instant): VirtualClock {
  let at = start;
  const moveTo = (instant: Instant) => {
    at = Math.max(at, instant);
  };
  return {
    now: () => at,
    sleepUntil: async (instant) => moveTo(instant),
    moveTo,
  };
}
