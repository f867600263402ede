// One tick: everything that an instant asks for, in one transaction, by a number of statements that only the plan decides.

import { eventTable, quote } from "../../compiler/sql/tables.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { Failed, failure } from "../failures.ts";
import type { Instant, Result } from "../ports.ts";
import { refreshDates } from "./dates.ts";
import { change, type Engine, iso, run, type Turn } from "./engine.ts";
import { endEnrollments } from "./exits.ts";
import { moveOn } from "./rounds.ts";
import { startEnrollments } from "./starts.ts";
import { readTriggerStates } from "./triggers.ts";
import { ensureSpans, farEnough, hasLocalWaits, zonesInUse } from "./zones.ts";

export interface Ticked {
  /** Rounds of steps that moved somebody. */
  readonly rounds: number;
}

/**
 * Judges everything at an instant: facts, exits and goals, starts, steps, repeated until nothing is due.
 *
 * Either all of it is written or nothing. The same instant may be ticked again: it adds only what is new.
 * @returns F401 where a later instant was ticked before, F126 and others where the database fails.
 */
export async function tick(engine: Engine, now: Instant): Promise<Result<Ticked>> {
  try {
    const zones = await zonesAt(engine, now);
    const value = await engine.database.transaction((session) => tickWith({ engine, session, now }, zones));
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}

async function tickWith(turn: Turn, zonesBefore: readonly string[]): Promise<Ticked> {
  const { engine, now } = turn;
  const [state] = await run(
    turn,
    () => `SELECT s.last_tick, count(o.state) > 0 AS has_skipped
      FROM engine_state AS s LEFT JOIN outbox AS o
        ON o.state IN ('skipped', 'failed') AND o.settled_at >= coalesce(s.last_tick, TIMESTAMP '1970-01-01')
      GROUP BY s.last_tick`,
  );
  const since = state?.last_tick == null ? null : Number(state.last_tick);
  if (since !== null && now < since) throw new Failed(failure("F401", { now: iso(now), last: iso(since) }));
  const states = await readTriggerStates(turn);
  // Every writing of the tick has its own number, so that the journal tells their order.
  let writings = 0;
  let rounds = 0;
  let zones = zonesBefore;
  for (let isNew = true, isFirst = true; ; isFirst = false) {
    if (isNew) {
      await endEnrollments(turn, "all", since, ++writings);
      const hasStarted = await startEnrollments(turn, { states, isFirst }, zones, ++writings);
      if (hasStarted) await endEnrollments(turn, "started", since, ++writings);
    }
    await refreshDates(turn);
    const moved = await moveOn(
      turn,
      { watching: isNew ? "all" : "arrived", zones, hasSkipped: !isFirst || state?.has_skipped === true },
      ++writings,
    );
    if (moved.rows === 0) break;
    isNew = moved.hasSet;
    zones = moved.zones;
    if (++rounds > mostRounds(engine)) throw new Bug("a tick does not come to an end");
    if (!isNew && !moved.hasArrived) break;
  }
  await remember(turn);
  return { rounds };
}

/** Steps only lead forward, so nobody can move more often in one instant. */
function mostRounds(engine: Engine): number {
  return 10 + 2 * Math.max(0, ...engine.plan.programs.map(({ steps }) => steps.length));
}

/** What the next tick compares with. */
async function remember(turn: Turn): Promise<void> {
  const tables = turn.engine.plan.catalog.events.map(({ name }) => quote(eventTable(name)));
  const newest = tables.map((table) => `SELECT max(batch) AS batch FROM ${table}`).join(" UNION ALL ");
  await change(
    turn,
    (builder) => `UPDATE engine_state SET last_tick = ${builder.now()}, ticks = ticks + 1,
        last_batch = (SELECT coalesce(max(b.batch), 0) FROM (${newest}) AS b)`,
  );
  await change(
    turn,
    (builder) =>
      `UPDATE trigger_state SET seen_at = ${builder.now()}, seen_batch = (SELECT last_batch FROM engine_state)`,
  );
}

/** Zones whose offsets the tick may need. They are written by themselves, since they say nothing about people. */
async function zonesAt(engine: Engine, now: Instant): Promise<readonly string[]> {
  const turn: Turn = { engine, session: engine.database, now };
  const zones = hasLocalWaits(engine.plan.programs) ? await zonesInUse(turn) : [engine.plan.project.zone];
  if (zones.some((zone) => (engine.covered.get(zone) ?? 0) < farEnough(now))) {
    const until = await engine.database.transaction((session) => ensureSpans({ engine, session, now }, zones));
    for (const [zone, end] of until) engine.covered.set(zone, end);
  }
  return zones;
}
