// Slows a source of snapshots down to what an eye can follow: a replay ticks far faster than a screen should redraw.

import type { Snapshot } from "../index.ts";

export interface SnapshotSource {
  /** The latest snapshot, or null before the first. */
  current(): Snapshot | null;
  /** Calls the listener whenever there is a newer one; the result ends that. */
  subscribe(listener: () => void): () => void;
}

export interface PacedSource extends SnapshotSource {
  /** Ends the timer and the subscription. */
  readonly close: () => void;
}

/** Passes the first change on at once, then at most one every `everyMs`; the last one is never lost. */
export function paced(source: SnapshotSource, everyMs: number): PacedSource {
  const listeners = new Set<() => void>();
  let seen = source.current();
  let timer: NodeJS.Timeout | null = null;
  let isBehind = false;
  const pass = () => {
    seen = source.current();
    isBehind = false;
    timer = setTimeout(() => {
      timer = null;
      if (isBehind) pass();
    }, everyMs);
    for (const listener of listeners) listener();
  };
  const unsubscribe = source.subscribe(() => {
    if (timer === null) pass();
    else isBehind = true;
  });
  return {
    current: () => seen,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      unsubscribe();
      listeners.clear();
    },
  };
}
