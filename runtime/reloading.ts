// Loads that a running engine runs again: when their files have changed, or the time that `refresh every` names is over.

import { calendarOf } from "../compiler/calendar.ts";
import type { Load } from "../compiler/ir/load.ts";
import type { OpenRequest } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { chosen, loadOne, placeOf, recordStagesLoaded } from "./loading.ts";
import type { Clock, Database, Instant, Result } from "./ports.ts";
import type { FilesLook } from "./store/load/files.ts";
import type { LoadState } from "./store/load/states.ts";

/** Whoever writes a file has come to its end when it has not grown for so long, or looks the same at the next look. */
const restMs = 2_000;
/** What failed is tried again when its files have changed, and else so often. */
const again: Instant = 15 * 60_000;

interface Tried {
  readonly print: string | null;
  readonly at: Instant;
}

/** To be called before each tick: runs what is due, and remembers what failed as a problem. */
export function reloading(database: Database, bound: OpenRequest, clock: Clock): () => Promise<void> {
  const { plan } = bound;
  // Read anew each time: the plan may be another one later.
  const shiftOf = () => calendarOf(plan.project.zone, plan.project.firstWeekday).shift;
  const seen = new Map<Load, string>();
  const failed = new Map<Load, Tried>();

  /** Whether a load that failed is not tried yet. */
  const isResting = (load: Load, print: string | null, now: Instant): boolean => {
    const tried = failed.get(load);
    return tried !== undefined && tried.print === print && now - tried.at < again;
  };
  const isDue = (load: Load, state: LoadState | undefined, look: FilesLook, now: Instant): boolean => {
    const { refreshEvery } = load;
    if (refreshEvery && (!state?.at || shiftOf()(state.at, refreshEvery) <= now)) return true;
    if (!state?.at || look.print === state.files) return false;
    // Of a load before anybody wrote down what files were like.
    if (state.files === null && look.writtenAt <= state.at) return false;
    return now - look.writtenAt >= restMs || seen.get(load) === look.print;
  };
  const runDue = async (load: Load, state: LoadState | undefined, now: Instant): Promise<boolean> => {
    const { lookAtFiles } = await import("./store/load/files.ts");
    const { rememberFailed } = await import("./store/load/states.ts");
    if (!load.refreshEvery && !state?.at) return false;
    const { dataDir } = placeOf(bound);
    const look = await caught(async () => ({ ok: true, value: await lookAtFiles(database, load, dataDir) }));
    const print = look.ok ? look.value.print : null;
    if (isResting(load, print, now)) return false;
    const due = look.ok && isDue(load, state, look.value, now);
    if (print !== null) seen.set(load, print);
    if (look.ok && !due) return false;
    const loaded: Result<unknown> = look.ok ? await loadOne(database, bound, load, now) : look;
    if (loaded.ok) failed.delete(load);
    else {
      failed.set(load, { print, at: now });
      await rememberFailed(database, load, loaded.failure, now);
    }
    return loaded.ok;
  };

  return async () => {
    const loads = chosen(plan.loads, undefined);
    if (!loads.ok || loads.value.length === 0) return;
    const { loadKey, loadStates } = await import("./store/load/states.ts");
    const states = await loadStates(database);
    const now = clock.now();
    let hasLoaded = false;
    for (const load of loads.value) {
      hasLoaded = (await runDue(load, states.get(loadKey(load)), now)) || hasLoaded;
    }
    if (hasLoaded) await recordStagesLoaded(database, plan, now);
  };
}
