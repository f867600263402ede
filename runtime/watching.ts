// Whoever watches a running engine: told of what changed, a few times a second at most, and never so often that it slows the engine.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Clock, Database, Instant } from "./ports.ts";
import type { SlowPulse } from "./engine/pulse.ts";
import type { Snapshot, TickEntry, Watched } from "./snapshot.ts";

/** Least time between two looks, and how many times as long as a look itself takes nobody looks again: in a replay, which is there to be seen, fewer. */
const lookEveryMs = 250;
const restsPerLook = 33;
const restsInReplay = 3;
/** The same for what takes as long as the history is. */
const slowEveryMs = 60_000;
const mostTicks = 500;
/** Of them at most so many are told; all are counted. */
const mostProblems = 500;

export type Watcher = (seen: Watched) => void;

export interface Watching {
  /** Tells `watcher` how things stand, and whenever they have changed; the result ends that. */
  readonly watch: (watcher: Watcher) => () => void;
  /** Something has changed. */
  readonly touch: () => void;
  /** The run has ended: whoever watches is told at once. */
  readonly end: () => void;
  readonly ticked: (entry: Omit<TickEntry, "rows">) => void;
}

export interface WatchedEngine {
  readonly database: Database;
  /** The plan that is live, and the snapshot of it. */
  readonly plan: () => Plan;
  readonly snapshot: () => Promise<Snapshot>;
  readonly isReplay: () => boolean;
  /** Of the machine, whatever clock the engine runs on. */
  readonly clock: Clock;
}

/** A database that tells of every writing through it. */
export interface Written {
  readonly database: Database;
  onWrite: () => void;
}

export function written(database: Database): Written {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    const value = await work;
    own.onWrite();
    return value;
  };
  const own: Written = {
    database: {
      run: (sql) => database.run(sql),
      change: (sql) => told(database.change(sql)),
      transaction: (work, meanwhile) => told(database.transaction(work, meanwhile)),
      close: () => database.close(),
    },
    onWrite: () => undefined,
  };
  return own;
}

/** What is known between two looks. */
interface Known {
  ticks: readonly Omit<TickEntry, "rows">[];
  seen: Watched | null;
  changes: number;
  /** Aborts when nobody watches any more; null: nobody does. */
  following: AbortController | null;
  /** Ends the rest between two looks. */
  wake: () => void;
  /** The run ended, which nobody has looked at yet. */
  isUrgent: boolean;
}

export function watchingOf(engine: WatchedEngine): Watching {
  const watchers = new Set<Watcher>();
  const known: Known = { ticks: [], seen: null, changes: 0, following: null, wake: () => undefined, isUrgent: false };
  return {
    watch: (watcher) => {
      watchers.add(watcher);
      if (known.following === null) {
        known.following = new AbortController();
        void follow(engine, known, watchers, known.following.signal);
      } else if (known.seen !== null) watcher(known.seen);
      return () => {
        watchers.delete(watcher);
        if (watchers.size > 0) return;
        known.following?.abort();
        known.following = null;
        known.wake();
      };
    },
    touch: () => {
      known.changes++;
    },
    end: () => {
      known.changes++;
      known.isUrgent = true;
      known.wake();
    },
    ticked: (entry) => {
      known.ticks = [entry, ...known.ticks].slice(0, mostTicks);
      known.changes++;
    },
  };
}

async function follow(
  engine: WatchedEngine,
  known: Known,
  watchers: ReadonlySet<Watcher>,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = engine;
  const look = looking(engine);
  let told = -1;
  // The first look takes longer than any other will, and one may be unlucky: the quicker one of the last two says what a look takes.
  let lastMs = 0;
  while (!signal.aborted) {
    let restMs = lookEveryMs;
    if (told !== known.changes) {
      told = known.changes;
      if (known.isUrgent) look.forget();
      known.isUrgent = false;
      // What cannot be read now, as while the engine closes, is read at the next change.
      const looked = await look.now(known.ticks).catch(() => null);
      if (signal.aborted) return;
      if (looked !== null) {
        known.seen = looked.seen;
        for (const watcher of watchers) watcher(looked.seen);
        const rests = engine.isReplay() ? restsInReplay : restsPerLook;
        restMs = Math.max(lookEveryMs, rests * Math.min(lastMs, looked.tookMs));
        lastMs = looked.tookMs;
      }
    }
    const rest = new AbortController();
    known.wake = () => rest.abort();
    if (signal.aborted) return;
    if (!known.isUrgent) await clock.sleepUntil(clock.now() + restMs, rest.signal);
  }
}

interface Looked {
  readonly seen: Watched;
  readonly tookMs: number;
}

/** Looks, and remembers what takes long to count, until it is told to forget it. */
function looking({ database, plan, snapshot, isReplay, clock }: WatchedEngine) {
  let slow: SlowPulse | null = null;
  let nextSlowAt: Instant = Number.NEGATIVE_INFINITY;
  let rows: ReadonlyMap<Instant, number> = new Map();
  const forget = () => {
    nextSlowAt = Number.NEGATIVE_INFINITY;
  };
  const now = async (ticks: readonly Omit<TickEntry, "rows">[]): Promise<Looked> => {
    const { pulse, slowPulse, rowsOfTicks } = await import("./engine/pulse.ts");
    const start = clock.now();
    const shot = await snapshot();
    const newest = rows.size === 0 ? Number.NEGATIVE_INFINITY : Math.max(...rows.keys());
    const asked = ticks.filter(({ at }) => at >= newest).map(({ at }) => at);
    const counted = await rowsOfTicks(database, asked);
    rows = new Map(ticks.map(({ at }) => [at, counted.get(at) ?? rows.get(at) ?? 0]));
    const told = ticks.map((tick) => ({ ...tick, rows: rows.get(tick.at) ?? 0 }));
    const slowStart = clock.now();
    if (slowStart >= nextSlowAt) {
      slow = await slowPulse(database, plan(), shot.at);
      const end = clock.now();
      nextSlowAt = end + (isReplay() ? restsInReplay : restsPerLook) * (end - slowStart);
      if (!isReplay()) nextSlowAt = Math.max(nextSlowAt, end + slowEveryMs);
    }
    const slowMs = clock.now() - slowStart;
    const { problems } = shot;
    const seen = {
      snapshot: { ...shot, problems: problems.slice(0, mostProblems) },
      problems: problems.length,
      ...(await pulse(database, plan(), shot.at, slow)),
      ticks: told,
    };
    return { seen, tookMs: clock.now() - start - slowMs };
  };
  return { now, forget };
}
