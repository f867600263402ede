// The time of a simulated world, and what is to happen in it: nothing but this moves the clock.

import type { Clock, Instant } from "../../runtime/ports.ts";

export interface Agenda {
  now(): Instant;
  add(at: Instant, what: () => Promise<void>): void;
  /** Moves the clock alone. */
  pass(ms: number): void;
  /** Moves on to an instant, through all that is to happen until then. */
  goOn(until: Instant): Promise<void>;
  /** As an engine sees it. */
  readonly clock: Clock;
}

interface Item {
  readonly at: Instant;
  readonly order: number;
  readonly what: () => Promise<void>;
}

/** `skew`: how far the clock that the engine reads is off at an instant. */
export function agendaOf(start: Instant, skew: (at: Instant) => number = () => 0): Agenda {
  let now = start;
  let added = 0;
  const items: Item[] = [];
  const goOn = async (until: Instant) => {
    for (;;) {
      const next = items.reduce<Item | null>(
        (first, item) =>
          first && (first.at < item.at || (first.at === item.at && first.order < item.order)) ? first : item,
        null,
      );
      if (next === null || next.at > until) break;
      items.splice(items.indexOf(next), 1);
      now = Math.max(now, next.at);
      await next.what();
    }
    now = Math.max(now, until);
  };
  const seen = () => now + skew(now);
  return {
    now: () => now,
    add: (at, what) => void items.push({ at, order: added++, what }),
    pass: (ms) => {
      now += ms;
    },
    goOn,
    clock: {
      now: seen,
      sleepUntil: async (instant) => {
        // A clock that is set back while one sleeps is slept for anew.
        while (seen() < instant) await goOn(now + Math.min(instant - seen(), 30 * 60_000));
      },
    },
  };
}
