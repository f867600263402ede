// One tick: everything that an instant asks for, in one transaction, by a number of statements that only the plan decides.

import { eventTable, quote } from "../../compiler/sql/tables.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { Failed, failure } from "../failures/failures.ts";
import type { Instant, Result, Session } from "../ports.ts";
import { refreshDates } from "./dates.ts";
import { missedNotes, startsLocally } from "./clock-starts.ts";
import { closesLocally } from "./closings.ts";
import { dateStartsOf, missedDates } from "./date-starts.ts";
import { change, type Engine, iso, run, texts, type Turn } from "./engine.ts";
import { endEnrollments, endingNotes, judgeEndings } from "./exits.ts";
import { type Notes, writeNotes } from "./notes.ts";
import { claim, type Claimed } from "./outbox.ts";
import { programsRead } from "./reads.ts";
import { pausedNames, readPaused } from "./pauses.ts";
import { forgetRequests } from "./requests.ts";
import { doubt } from "./restored.ts";
import { moveOn } from "./rounds.ts";
import { recordStages } from "./stages.ts";
import { askAgain, enter, type Entered, entryNotes, findCandidates } from "./starts.ts";
import { type TriggerStates, triggerStatesOf } from "./trigger-states.ts";
import type { Look } from "./triggers.ts";
import { contestsOf, decideWinners, noWinners } from "./winners.ts";
import { ensureSpans, farEnough, hasLocalWaits, zonesInUse } from "./zones.ts";

export interface Ticked {
  /** Rounds of steps that moved somebody. */
  readonly rounds: number;
  /** Mails of which it has to be found out first whether they went out before a backup was restored. */
  readonly doubted: number;
  /** Mails that are to be handed over at this very instant; null: none is due. Absent where the tick was not to claim any. */
  readonly claimed?: Claimed | null;
  /** How many mails the sink took; absent where there is none. */
  readonly absorbed?: number;
}

/** Takes mails in the transaction of the tick; `fresh` as in `Claiming`. @returns how many */
export type Sink = (turn: Turn, fresh: number | null) => Promise<number>;

export interface TickRequest {
  /** Where mails go in place of a mailer. */
  readonly sink?: Sink | null;
  /** Mails that are claimed at most, where they are handed over at the same instant. */
  readonly claimsMost?: number;
  /** Told what is claimed while that is being written down, which can yet fail. */
  readonly onClaimed?: (claimed: Claimed) => void;
  /** How long it is until the next instant; 0: there is one whenever something is due. */
  readonly stepMs?: number;
}

/**
 * Judges everything at an instant: facts, exits and goals, starts, steps, repeated until nothing is due.
 *
 * Either all of it is written or nothing. The same instant may be ticked again: it adds only what is new.
 * @returns F401 where a later instant was ticked before, F126 and others where the database fails.
 */
export async function tick(
  engine: Engine,
  now: Instant,
  { sink = null, claimsMost = 0, stepMs = 0, onClaimed }: TickRequest = {},
): Promise<Result<Ticked>> {
  try {
    const zones = await zonesAt(engine, now);
    const work = async (session: Session): Promise<Ticked> => {
      const turn = { engine, session, now };
      const { rounds, isRestored, fresh } = await tickWith(turn, zones, stepMs);
      if (sink) return { rounds, doubted: 0, absorbed: await sink(turn, fresh) };
      const doubted = isRestored ? await doubt(turn) : 0;
      if (claimsMost === 0) return { rounds, doubted };
      return { rounds, doubted, claimed: await claim(turn, { limit: claimsMost, fresh: doubted > 0 ? null : fresh }) };
    };
    const value = await engine.database.transaction(work, ({ claimed }) => {
      if (claimed) onClaimed?.(claimed);
    });
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}

interface Moved {
  readonly rounds: number;
  /** Whether mails were planned in a database that was restored. */
  readonly isRestored: boolean;
  /** See `Claiming`. */
  readonly fresh: number | null;
}

async function tickWith(turn: Turn, zonesBefore: readonly string[], stepMs: number): Promise<Moved> {
  const { engine, now } = turn;
  const state = await readState(turn);
  if (state.last !== null && now < state.last) {
    throw new Failed(failure("F401", { now: iso(now), last: iso(state.last) }));
  }
  const { paused } = state;
  const since = await goalsSince(turn, state);
  // Every writing of the tick has its own number, so that the journal tells their order.
  let writings = 0;
  let rounds = 0;
  let sends = 0;
  let zones = zonesBefore;
  // False where people may have left behind the check of a mail of theirs.
  let isChecked = true;
  let setBatch: number | null = null;
  let hasContinued = false;
  let winners = noWinners;
  let turned = await turnsSoFar(turn);
  for (let isNew = true, isFirst = true; ; isFirst = false) {
    let notes: readonly Notes[] = [];
    if (isNew) {
      isChecked = isFirst;
      await recordStages(turn, setBatch);
      const hasRequests = isFirst && state.hasRequests;
      const look = { states: state.triggers, isFirst, setBatch, hasContinued, zones, hasRequests, paused };
      notes = await endAndStart(turn, { since, look, writings });
      writings += 3;
      if (isFirst) winners = await decideWinners(turn, ++writings);
    }
    await refreshDates(turn);
    writings += 1;
    // No other writing of any tick has this number.
    setBatch = -(state.ticks * mostWritings + writings);
    const hasSkipped = !isFirst || state.hasSkipped;
    const watching = isNew ? "all" : "arrived";
    const { hasUnknown } = state;
    const request = { watching, zones, hasSkipped, hasUnknown, setBatch, paused, winners, stepMs } as const;
    const moved = await moveOn(turn, { ...request, notes }, writings);
    const turns = await turnsSoFar(turn);
    const hasTurned = turns > turned;
    turned = turns;
    if (moved.rows === 0 && !hasTurned) break;
    hasContinued = moved.hasContinued;
    isNew = moved.hasActed || hasTurned || hasContinued;
    sends += moved.sends;
    zones = moved.zones;
    if (++rounds > mostRounds(engine)) throw new Bug("a tick does not come to an end");
    if (!isNew && !moved.hasArrived) break;
  }
  await remember(turn, paused);
  return { rounds, isRestored: state.isRestored && sends > 0, fresh: isChecked && !state.hasPending ? sends : null };
}

interface EndAndStart {
  /** See `Judging`. */
  readonly since: Instant | null;
  readonly look: Look;
  /** How many writings of the tick there were before: who was inside ends in the next, then people start, then end at once. */
  readonly writings: number;
}

/**
 * Exits and goals, then starts, then the exits and goals of who has started. Few starts depend on who ends in the same
 * instant, so people are let in first and all are judged together; the few are asked for again.
 * @returns what the journal is yet to say of them
 */
async function endAndStart(turn: Turn, { since, look, writings }: EndAndStart): Promise<readonly Notes[]> {
  const ended = endingNotes({ inside: writings + 1, started: writings + 3 });
  const entered = entryNotes(writings + 2);
  const missed = look.isFirst ? missedStarts(turn, look, writings + 2) : [];
  const asking = await findCandidates(turn, look);
  const first = asking.length > 0 ? await enter(turn, asking, look.zones) : nobody;
  const endings = await judgeEndings(turn, {
    who: "all",
    hasStarted: first.hasStarted,
    since,
    hasRequests: look.hasRequests,
  });
  const isAgain = first.hasDropped && endings > 0 && (await askAgain(turn));
  const notes = [...(asking.length > 0 ? [entered] : []), ...(endings > 0 ? [ended] : [])];
  // The round writes them in the same statement, but where something stands between: what reads what it will change itself,
  // further notes, and winners.
  const isLater = missed.length === 0 && !isAgain && contestsOf(turn.engine.plan).length === 0;
  if (!isLater) await writeNotes(turn, [...missed, ...notes]);
  if (endings > 0) await endEnrollments(turn);
  if (look.hasRequests) await change(turn, () => forgetRequests);
  if (!isAgain) return isLater ? notes : [];
  const { hasStarted } = await enter(turn, asking, look.zones);
  const newEndings = hasStarted
    ? await judgeEndings(turn, { who: "started", hasStarted, since, hasRequests: false })
    : 0;
  await writeNotes(turn, [entered, ...(newEndings > 0 ? [ended] : [])]);
  if (newEndings > 0) await endEnrollments(turn);
  return [];
}

/** For the journal: starts that come too late to be made up for. */
function missedStarts(turn: Turn, { states, zones, paused }: Look, round: number): readonly Notes[] {
  const programs = turn.engine.plan.programs.filter(({ name }) => !paused.has(name));
  const dates = dateStartsOf(programs).map((start) =>
    missedDates(turn, start, { state: states(start.program, start.trigger), zones, round }),
  );
  return [missedNotes(turn, states, { programs, zones, round }), ...dates].filter((notes) => notes !== null);
}

const nobody: Entered = { hasStarted: false, hasDropped: false };
const mostWritings = 1_000_000;

interface State {
  /** How many ticks there were, this one counted. */
  readonly ticks: number;
  /** The last tick's instant. */
  readonly last: Instant | null;
  /** Whether mails were held back or refused since. */
  readonly hasSkipped: boolean;
  /** Whether of some mail nobody knows whether it went out. */
  readonly hasUnknown: boolean;
  /** Whether mails of earlier ticks are due. */
  readonly hasPending: boolean;
  /** Whether the database was restored from a backup. */
  readonly isRestored: boolean;
  /** Whether something was asked for by hand. */
  readonly hasRequests: boolean;
  /** Programs in which nobody enters, moves or is mailed for now. */
  readonly paused: ReadonlySet<string>;
  /** Whether files were loaded since. */
  readonly hasLoaded: boolean;
  readonly triggers: TriggerStates;
}

async function readState(turn: Turn): Promise<State> {
  const rows = await run(
    turn,
    (
      builder,
    ) => `SELECT s.last_tick, s.ticks, o.skipped_at >= coalesce(s.last_tick, TIMESTAMP '1970-01-01') AS has_skipped,
        o.pending_from <= ${builder.now()} AS has_pending, o.has_unknown, b.newest > s.last_batch AS has_loaded,
        r.has_requests, f.is_restored, p.paused, t.program, t.trigger_id, t.first_applied_at, t.seen_at, t.seen_batch
      FROM engine_state AS s
      CROSS JOIN (
        SELECT max(settled_at) FILTER (state IN ('skipped', 'failed')) AS skipped_at,
          min(not_before) FILTER (state = 'pending') AS pending_from, count(*) FILTER (state = 'unknown') > 0 AS has_unknown
        FROM outbox WHERE state IN ('pending', 'skipped', 'failed', 'unknown')
      ) AS o
      CROSS JOIN (SELECT max(batch) AS newest FROM load_batch) AS b
      CROSS JOIN (SELECT count(*) > 0 AS has_requests FROM request) AS r
      CROSS JOIN (SELECT count(*) > 0 AS is_restored FROM restored) AS f
      CROSS JOIN ${pausedNames} AS p
      LEFT JOIN trigger_state AS t ON true`,
  );
  const [row] = rows;
  const last = row?.last_tick == null ? null : Number(row.last_tick);
  return {
    ticks: Number(row?.ticks ?? 0) + 1,
    last,
    hasSkipped: row?.has_skipped === true,
    hasUnknown: row?.has_unknown === true,
    hasPending: row?.has_pending === true,
    isRestored: row?.is_restored === true,
    hasLoaded: row?.has_loaded === true,
    hasRequests: row?.has_requests === true,
    paused: readPaused(row?.paused),
    triggers: triggerStatesOf(
      rows.filter(({ program }) => program !== null),
      last,
    ),
  };
}

/** From when on goals that ran out are looked at: what was loaded late may lie before the last tick. */
async function goalsSince(turn: Turn, { last, hasLoaded }: State): Promise<Instant | null> {
  const { catalog, programs } = turn.engine.inside;
  if (last === null || !hasLoaded || !programs.some(({ goal }) => goal?.within)) return last;
  const tables = catalog.events.map(
    ({ name }) => `SELECT min(occurred_at) AS "at" FROM ${quote(eventTable(name))}
      WHERE batch > (SELECT last_batch FROM engine_state)`,
  );
  const [row] = await run(turn, () => `SELECT min(a."at") AS "at" FROM (${tables.join(" UNION ALL ")}) AS a`);
  return row?.at == null ? last : Math.min(last, Number(row.at));
}

/** How often people came into programs or left them at this instant, of those by which conditions turn. */
async function turnsSoFar(turn: Turn): Promise<number> {
  const read = programsRead(turn.engine.inside);
  if (read.length === 0) return 0;
  const [row] = await run(
    turn,
    (builder) => `SELECT count(*) AS n FROM journal
      WHERE tick = ${builder.now()} AND outcome IN ('started', 'left') AND list_contains(${builder.param(texts(read))}, program)`,
  );
  return Number(row?.n ?? 0);
}

/**
 * Steps lead round only through a wait, within a program and from one to the next, and conditions that turn start nobody
 * twice in one instant, so nobody can move more often, come or go.
 */
function mostRounds({ inside: plan }: Engine): number {
  const lengths = plan.programs.map(({ steps }) => steps.length + 1);
  const leads = plan.programs.some(({ steps }) => steps.some(({ kind }) => kind === "continue in"));
  const most = leads ? lengths.reduce((sum, length) => sum + length, 0) : Math.max(0, ...lengths);
  return 10 + 2 * most + 4 * programsRead(plan).length;
}

/** What the next tick compares with. */
async function remember(turn: Turn, paused: ReadonlySet<string>): Promise<void> {
  const tables = turn.engine.plan.catalog.events.map(({ name }) => quote(eventTable(name)));
  const newest = [...tables, "contact_change", "stage_history"]
    .map((table) => `SELECT max(batch) AS batch FROM ${table}`)
    .join(" UNION ALL ");
  await change(
    turn,
    (builder) => `UPDATE engine_state SET last_tick = ${builder.now()}, ticks = ticks + 1,
        last_batch = (SELECT coalesce(max(b.batch), 0) FROM (${newest}) AS b)`,
  );
  await change(
    turn,
    (builder) =>
      `UPDATE trigger_state SET seen_at = ${builder.now()}, seen_batch = (SELECT last_batch FROM engine_state)
        WHERE NOT list_contains(${builder.param(texts([...paused]))}, program)`,
  );
}

/** Zones whose offsets the tick may need. They are written by themselves, since they say nothing about people. */
async function zonesAt(engine: Engine, now: Instant): Promise<readonly string[]> {
  const turn: Turn = { engine, session: engine.database, now };
  const { programs } = engine.plan;
  const isLocal = hasLocalWaits(engine.inside.programs) || startsLocally(programs) || closesLocally(programs);
  const zones = isLocal ? await zonesInUse(turn) : [engine.plan.project.zone];
  if (zones.some((zone) => (engine.covered.get(zone) ?? 0) < farEnough(now))) {
    const until = await engine.database.transaction((session) => ensureSpans({ engine, session, now }, zones));
    for (const [zone, end] of until) engine.covered.set(zone, end);
  }
  return zones;
}
