// How fast the mailer takes mails: as many at a time as it has taken without asking for less.

import type { Instant } from "../ports.ts";

/** Lives as long as the process delivers. */
export interface Pace {
  /** Mails that are handed over at the same time. */
  lanes: number;
  /** Nothing is handed over before; null: the mailer has not asked for that. */
  pausedUntil: Instant | null;
}

const mostLanes = 16;

export const newPace = (): Pace => ({ lanes: mostLanes, pausedUntil: null });

/** Behind a block: half as many where the mailer asked for less, else one more. */
export function adjust(pace: Pace, pausedUntil: Instant | null): void {
  pace.lanes = pausedUntil === null ? Math.min(mostLanes, pace.lanes + 1) : Math.max(1, Math.floor(pace.lanes / 2));
  pace.pausedUntil = pausedUntil;
}
