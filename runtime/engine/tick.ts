// One tick: everything that an instant asks for, in one transaction, by a number of statements that only the plan decides.

import { eventTable, quote } from "../../compiler/sql/tables.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { Failed, failure } from "../failures.ts";
import type { Instant, Result } from "../ports.ts";
import { refreshDates } from "./dates.ts";
import { change, type Engine, iso, run, type Turn } from "./engine.ts";
import { judgeEndings, writeEndings } from "./exits.ts";
import { claim, type Claimed } from "./outbox.ts";
import { moveOn } from "./rounds.ts";
import { askAgain, enter, findCandidates, writeEntries } from "./starts.ts";
import { type Look, readTriggerStates } from "./triggers.ts";
import { ensureSpans, farEnough, hasLocalWaits, zonesInUse } from "./zones.ts";

export interface Ticked {
  /** Rounds of steps that moved somebody. */
  readonly rounds: number;
  /** Mails that are to be handed over at this very instant; null: none is due. Absent where the tick was not to claim any. */
  readonly claimed?: Claimed | null;
}

/**
 * Judges everything at an instant: facts, exits and goals, starts, steps, repeated until nothing is due.
 *
 * Either all of it is written or nothing. Where they are handed over at the same instant, it claims up to `claimsMost` mails. The same instant may be ticked again: it adds only what is new.
 * @returns F401 where a later instant was ticked before, F126 and others where the database fails.
 */
export async function tick(engine: Engine, now: Instant, claimsMost = 0): Promise<Result<Ticked>> {
  try {
    const zones = await zonesAt(engine, now);
    const value = await engine.database.transaction(async (session): Promise<Ticked> => {
      const turn = { engine, session, now };
      const { rounds, isChecked } = await tickWith(turn, zones);
      return claimsMost === 0 ? { rounds } : { rounds, claimed: await claim(turn, { limit: claimsMost, isChecked }) };
    });
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}

interface Moved {
  readonly rounds: number;
  /** False where people may have left behind the check of a mail of theirs. */
  readonly isChecked: boolean;
}

async function tickWith(turn: Turn, zonesBefore: readonly string[]): Promise<Moved> {
  const { engine, now } = turn;
  const state = await readState(turn);
  if (state.last !== null && now < state.last) {
    throw new Failed(failure("F401", { now: iso(now), last: iso(state.last) }));
  }
  const since = await goalsSince(turn, state);
  const states = await readTriggerStates(turn);
  // Every writing of the tick has its own number, so that the journal tells their order.
  let writings = 0;
  let rounds = 0;
  let zones = zonesBefore;
  let isChecked = true;
  for (let isNew = true, isFirst = true; ; isFirst = false) {
    if (isNew) {
      isChecked = isFirst;
      await endAndStart(turn, { since, look: { states, isFirst }, zones, writings });
      writings += 3;
    }
    await refreshDates(turn);
    const moved = await moveOn(
      turn,
      { watching: isNew ? "all" : "arrived", zones, hasSkipped: !isFirst || state.hasSkipped },
      ++writings,
    );
    if (moved.rows === 0) break;
    isNew = moved.hasSet;
    zones = moved.zones;
    if (++rounds > mostRounds(engine)) throw new Bug("a tick does not come to an end");
    if (!isNew && !moved.hasArrived) break;
  }
  await remember(turn);
  return { rounds, isChecked };
}

interface EndAndStart {
  /** See `Judging`. */
  readonly since: Instant | null;
  readonly look: Look;
  readonly zones: readonly string[];
  /** How many writings of the tick there were before: who was inside ends in the next, then people start, then end at once. */
  readonly writings: number;
}

/**
 * Exits and goals, then starts, then the exits and goals of who has started. Few starts depend on who ends in the same
 * instant, so people are let in first and all are judged together; the few are asked for again.
 */
async function endAndStart(turn: Turn, { since, look, zones, writings }: EndAndStart): Promise<void> {
  const rounds = { inside: writings + 1, started: writings + 3 };
  const asking = await findCandidates(turn, look);
  const hasStarted = asking.length > 0 && (await enter(turn, asking, zones));
  const endings = await judgeEndings(turn, { who: "all", hasStarted, since });
  const isAgain = asking.length > 0 && endings > 0 && (await askAgain(turn));
  if (asking.length > 0) await writeEntries(turn, writings + 2);
  if (endings > 0) await writeEndings(turn, rounds);
  if (!isAgain) return;
  const hasFollowed = await enter(turn, asking, zones);
  await writeEntries(turn, writings + 2);
  if (hasFollowed && (await judgeEndings(turn, { who: "started", hasStarted: true, since })) > 0) {
    await writeEndings(turn, rounds);
  }
}

interface State {
  /** The last tick's instant. */
  readonly last: Instant | null;
  /** Whether mails were held back or refused since. */
  readonly hasSkipped: boolean;
  /** Whether files were loaded since. */
  readonly hasLoaded: boolean;
}

async function readState(turn: Turn): Promise<State> {
  const [row] = await run(
    turn,
    () => `SELECT s.last_tick, count(o.state) > 0 AS has_skipped,
        coalesce((SELECT max(batch) FROM load_batch), 0) > s.last_batch AS has_loaded
      FROM engine_state AS s LEFT JOIN outbox AS o
        ON o.state IN ('skipped', 'failed') AND o.settled_at >= coalesce(s.last_tick, TIMESTAMP '1970-01-01')
      GROUP BY s.last_tick, s.last_batch`,
  );
  return {
    last: row?.last_tick == null ? null : Number(row.last_tick),
    hasSkipped: row?.has_skipped === true,
    hasLoaded: row?.has_loaded === true,
  };
}

/** From when on goals that ran out are looked at: what was loaded late may lie before the last tick. */
async function goalsSince(turn: Turn, { last, hasLoaded }: State): Promise<Instant | null> {
  const { catalog, programs } = turn.engine.plan;
  if (last === null || !hasLoaded || !programs.some(({ goal }) => goal?.within)) return last;
  const tables = catalog.events.map(
    ({ name }) => `SELECT min(occurred_at) AS "at" FROM ${quote(eventTable(name))}
      WHERE batch > (SELECT last_batch FROM engine_state)`,
  );
  const [row] = await run(turn, () => `SELECT min(a."at") AS "at" FROM (${tables.join(" UNION ALL ")}) AS a`);
  return row?.at == null ? last : Math.min(last, Number(row.at));
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
