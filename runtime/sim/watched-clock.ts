// A virtual clock that tells when it is about to pass certain instants, so that the world can be looked at as it stood then.

import type { Clock, Instant } from "../ports.ts";
import { virtualClock } from "./virtual-clock.ts";

export interface WatchedClock extends Clock {
  /** Passes all instants that are left. */
  finish(): Promise<void>;
}

/** `instants` in order; `onPass` is called once for each, before anything happens at that instant or behind it. */
export function watchedClock(
  start: Instant,
  instants: readonly Instant[],
  onPass: (index: number) => Promise<void>,
): WatchedClock {
  const clock = virtualClock(start);
  let next = 0;
  const passUntil = async (end: Instant) => {
    for (let at = instants[next]; at !== undefined && at <= end; at = instants[next]) await onPass(next++);
  };
  return {
    now: clock.now,
    sleepUntil: async (instant) => {
      await passUntil(instant);
      await clock.sleepUntil(instant);
    },
    finish: () => passUntil(Number.POSITIVE_INFINITY),
  };
}
