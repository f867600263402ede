// Numbers and moments as an operator reads them. Moments are UTC, which the screen says once.

import type { Instant, Snapshot } from "../index.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export function countText(count: number): string {
  return count.toLocaleString("en-US");
}

export function plural(count: number, one: string): string {
  return `${countText(count)} ${count === 1 ? one : `${one}s`}`;
}

/** `2026-03-02 09:00`, in UTC. */
export function instantText(instant: Instant): string {
  return new Date(instant)
    .toISOString()
    .replace(/:\d\d\.\d{3}Z$/, "")
    .replace("T", " ");
}

/** How far away a due moment is, in its largest unit: `in 3d`, `now`. */
export function untilText(due: Instant, at: Instant): string {
  const leftMs = due - at;
  if (leftMs <= 0) return "now";
  if (leftMs < hourMs) return `in ${Math.max(1, Math.floor(leftMs / minuteMs))}min`;
  if (leftMs < 2 * dayMs) return `in ${Math.floor(leftMs / hourMs)}h`;
  return `in ${countText(Math.floor(leftMs / dayMs))}d`;
}

/** The earliest moment at which anything is due, or null. */
export function dueNext(snapshot: Snapshot): Instant | null {
  return snapshot.programs.reduce<Instant | null>((earliest, { nextDue }) => {
    if (earliest === null || nextDue === null) return earliest ?? nextDue;
    return Math.min(earliest, nextDue);
  }, null);
}

export function peopleInside(snapshot: Snapshot): number {
  return snapshot.programs.reduce((sum, { active }) => sum + active, 0);
}

/** How long something took, in its largest unit: `12 ms`, `3.4 s`. */
export function tookText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < minuteMs ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / minuteMs).toFixed(1)} min`;
}

/** A share of people in percent; `-` where there are none. */
export function rateText(did: number, people: number): string {
  return people === 0 ? "-" : `${((100 * did) / people).toFixed(1)}%`;
}

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** One cell for each share, the highest of them full; a dot where there is none. */
export function sparkText(shares: readonly (number | null)[]): string {
  const highest = Math.max(0, ...shares.map((share) => share ?? 0));
  return shares
    .map((share) => {
      if (share === null) return "·";
      return bars[highest === 0 ? 0 : Math.min(bars.length - 1, Math.floor((share / highest) * bars.length))];
    })
    .join("");
}
