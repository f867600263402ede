// The loop: tick, deliver, and on to the next instant of the grid.

import type { Length } from "../../compiler/ir/condition.ts";
import type { Ambiguous } from "../../compiler/ir/policy.ts";
import { failure } from "../failures/failures.ts";
import type { Caller, Clock, Instant, Mailer, Random, Result, Session } from "../ports.ts";
import { absorb } from "./absorb.ts";
import { emailsAllowed } from "./complaints.ts";
import { blockSize, deliver, type Delivered, type Render } from "./deliver.ts";
import { type Engine, iso } from "./engine.ts";
import { isFailureExitDue } from "./failing.ts";
import { type Calling, callingOf } from "./make-calls.ts";
import { nextMoment } from "./next-moment.ts";
import type { Claimed } from "./outbox.ts";
import { newPace, type Pace } from "./pace.ts";
import { obey, type Switch, unlessPaused } from "./pauses.ts";
import { catchUp } from "./provider.ts";
import { reconcile, recover } from "./reconcile.ts";
import { gridBefore, gridFrom } from "./schedule.ts";
import { type Sink, tick, type Ticked } from "./tick.ts";

export interface LoopTick {
  readonly at: Instant;
  readonly rounds: number;
  /** How long the tick took by the clock, and then the handing over. */
  readonly tickMs: number;
  readonly deliverMs: number;
  readonly delivered: Delivered;
}

export interface LoopRequest {
  /** The one that is live; another may be from one turn to the next. */
  readonly engine: Engine;
  readonly clock: Clock;
  readonly mailer: Mailer;
  readonly render: Render;
  /** Who makes the calls of webhooks, and what spreads them when they are tried again; absent: they stay pending. */
  readonly calls?: { readonly caller: Caller; readonly random: Random };
  /** What is made of mails of unknown outcome; absent: what policies say, and else the mailer is asked. */
  readonly ambiguous?: Ambiguous;
  /** Between two instants of the grid. */
  readonly every: Length;
  /** The last instant that may be judged. */
  readonly until?: Instant;
  /** One tick at the clock's instant. */
  readonly isOnce?: boolean;
  /** True on a clock that jumps: instants at which nothing can change are passed over. No fact may come in from outside. */
  readonly isReplay?: boolean;
  readonly signal?: AbortSignal;
  /** While it is on all programs are paused, and nothing goes out. */
  readonly stop?: Switch;
  /** Does what must not meet a tick half done; absent: nobody else wants such a turn. */
  readonly inTurn?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Before each tick: what comes in from outside. */
  readonly onFacts?: () => Promise<void>;
  /** True: marketing mails go out though too many people complained. */
  readonly isDespiteComplaints?: boolean;
  /** True: every mail that is due counts as handed over, without the mailer and without being rendered. */
  readonly hasSink?: boolean;
  /** Facts that mails bring about at once: written together with what became of the mails. */
  readonly onSettled?: (session: Session, at: Instant) => Promise<void>;
  /** Behind the delivery of each tick. Facts that it writes are met by the next one. */
  readonly onTick?: (done: LoopTick) => Promise<void> | void;
}

export interface LoopReport {
  readonly ticks: number;
  /** The last instant that was judged; null where none was. */
  readonly at: Instant | null;
}

/**
 * Ticks at the instants of the grid until `until`, an abort, or a failure. A run that was interrupted goes on behind its
 * last tick, and first hands over what that tick had promised.
 * @returns F401 where the clock, or the end of a replay, lies before the last tick, F404 where nothing can be sent, F126 and others of the database.
 */
export async function runLoop(request: LoopRequest): Promise<Result<LoopReport>> {
  const calling = callingFor(request);
  try {
    return await loop(request, calling);
  } finally {
    await calling?.end();
  }
}

/** null where nobody makes calls: a replay asks none that leaves the machine. */
function callingFor(request: LoopRequest): Calling | null {
  const { calls, clock, isReplay, signal, stop } = request;
  if (!calls || (isReplay && calls.caller.goesOut)) return null;
  return callingOf({
    get engine() {
      return request.engine;
    },
    ...calls,
    ...(isReplay ? {} : { time: () => clock.now() }),
    ...(signal ? { signal } : {}),
    ...(stop ? { stop } : {}),
  });
}

/** Pauses all programs when the switch is turned on, and lets them go on when it is off again. */
function obeying(request: LoopRequest): () => Promise<void> {
  const { stop } = request;
  let known: boolean | null = null;
  return async () => {
    const { engine } = request;
    const found = stop?.() ?? null;
    if (!stop || known === (found !== null)) return;
    const names = engine.plan.programs.map(({ name }) => name);
    await engine.database.transaction((session) => obey(session, found, names));
    known = found !== null;
  };
}

const atOnce = <T>(work: () => Promise<T>): Promise<T> => work();

async function loop(request: LoopRequest, calling: Calling | null): Promise<Result<LoopReport>> {
  const { clock, until, signal, inTurn = atOnce } = request;
  const obeyed = obeying(request);
  const begun = await inTurn(() => begin(request, calling, obeyed));
  if (!begun.ok) return begun;
  const { delivery } = begun.value;
  let ticks = 0;
  let { at, next } = begun.value;
  while (next !== null && (until === undefined || next <= until) && !signal?.aborted) {
    const due: Instant = next;
    await clock.sleepUntil(due, signal);
    if (signal?.aborted) break;
    const done = await inTurn(() => step(request, { delivery, obeyed }, due));
    if (!done.ok) return done;
    ({ at, next } = done.value);
    ticks++;
  }
  if (until !== undefined && !signal?.aborted && !request.isOnce) await clock.sleepUntil(until, signal);
  return { ok: true, value: { ticks, at } };
}

/** The last instant that was judged, and the next that is to be; null where there is none. */
interface Standing {
  readonly at: Instant | null;
  readonly next: Instant | null;
}

/** Takes up where the last run ended. */
async function begin(
  request: LoopRequest,
  calling: Calling | null,
  obeyed: () => Promise<void>,
): Promise<Result<Standing & { readonly delivery: Delivery }>> {
  const { engine, clock, until } = request;
  const last = await lastTick(engine);
  const start = clock.now();
  const latest = latestInstant(request, start);
  if (last !== null && latest < last) {
    return { ok: false, failure: failure("F401", { now: iso(latest), last: iso(last) }) };
  }
  const unknown = await recover({ ...request, now: Math.max(start, last ?? start) });
  const delivery: Delivery = { pace: newPace(), unknown, calling };
  await obeyed();
  let next: Instant | null = start;
  // Where the end has passed meanwhile, no further tick will hand over what the last one promised.
  const isOver = until !== undefined && start > until;
  if (last !== null && (isOver || start < last || (start === last && !request.isOnce))) {
    const delivered = await finishTick(request, delivery, last, { rounds: 0, doubted: 0 });
    if (!delivered.ok) return delivered;
    next = request.isOnce ? null : await following(request, last);
  }
  return { ok: true, value: { at: last, next, delivery } };
}

interface Stepping {
  readonly delivery: Delivery;
  readonly obeyed: () => Promise<void>;
}

/** One tick, which was due at an instant. */
async function step(request: LoopRequest, { delivery, obeyed }: Stepping, due: Instant): Promise<Result<Standing>> {
  await request.onFacts?.();
  await obeyed();
  const { engine, clock, mailer } = request;
  // After a delay the newest instant of the grid stands for those that were missed.
  const at = request.isReplay ? due : Math.max(due, gridBefore(engine.calendar, request.every, clock.now()));
  // Before the tick, as people wait for what is found out.
  if (delivery.unknown > 0) delivery.unknown = await reconcile({ ...request, now: presentAt(request, at) });
  // On a clock that stands still meanwhile, what a tick promises is claimed by the tick itself.
  const claimsMost = request.isReplay && mailer.name !== "none" ? blockSize : 0;
  const ahead = renderAhead(request, at);
  const { onClaimed } = ahead;
  const sink = sinkOf(request, at);
  const began = clock.now();
  const ticked = await tick(engine, at, { sink, claimsMost, stepMs: nextOnGrid(request, at) - at, onClaimed });
  if (!ticked.ok) return ticked;
  if (ticked.value.doubted > 0) delivery.unknown = await reconcile({ ...request, now: presentAt(request, at) });
  const delivered = await finishTick(request, delivery, at, { ...ticked.value, rendered: ahead.rendered, began });
  if (!delivered.ok) return delivered;
  return { ok: true, value: { at, next: request.isOnce ? null : await following(request, at) } };
}

/** The instant before which the last tick must lie: a replay that starts again goes on behind it, up to its own end. */
function latestInstant({ isReplay, isOnce, until }: LoopRequest, start: Instant): Instant {
  return isReplay && !isOnce ? (until ?? Number.POSITIVE_INFINITY) : start;
}

/** null where a mailer is asked. */
function sinkOf({ hasSink, onSettled }: LoopRequest, at: Instant): Sink | null {
  if (!hasSink) return null;
  return async (turn, fresh) => {
    const sent = await absorb(turn, fresh);
    if (sent > 0) await onSettled?.(turn.session, at);
    return sent;
  };
}

/** What is known of the mailer while the loop runs. */
interface Delivery {
  readonly pace: Pace;
  /** How many mails there are of unknown outcome. */
  unknown: number;
  readonly calling: Calling | null;
}

/** What a tick leaves to be handed over; `began`: when it did, absent where it is over long since. */
interface Handed extends Ticked {
  readonly rendered?: ReturnType<Render> | null;
  readonly began?: Instant;
}

/** Hands over what a tick promised, and tells who listens. */
async function finishTick(
  request: LoopRequest,
  delivery: Delivery,
  at: Instant,
  { rounds, claimed, absorbed, rendered = null, began }: Handed,
): Promise<Result<void>> {
  const { engine, mailer, render, signal, stop, onSettled, onTick, clock, isReplay } = request;
  const ended = clock.now();
  const tickMs = began === undefined ? 0 : ended - began;
  if (absorbed !== undefined) {
    const sunk = { sent: absorbed, failed: 0, unknown: 0, halted: null };
    await onTick?.({ at, rounds, tickMs, deliverMs: 0, delivered: sunk });
    return { ok: true, value: undefined };
  }
  const now = presentAt(request, at);
  // A replay asks nobody: what it would be told lies in its future.
  if (!isReplay) await catchUp({ engine, mailer, now });
  await delivery.calling?.go(now);
  const next = nextOnGrid(request, at);
  const wait = async (until: Instant) => {
    if (until < next) await clock.sleepUntil(until, signal);
    return until < next;
  };
  const delivered = await deliver({
    engine,
    mailer,
    render,
    now,
    pace: delivery.pace,
    ...(isReplay ? {} : { time: () => clock.now(), keeping: { stepMs: next - at, wait } }),
    ...(isReplay || request.isDespiteComplaints
      ? {}
      : { allowed: (session, instant) => emailsAllowed(session, engine.plan, instant) }),
    ...(signal ? { signal } : {}),
    ...(stop ? { stop } : {}),
    ...(claimed === undefined ? {} : { claimed, rendered }),
    ...(onSettled ? { onSettled: (session) => onSettled(session, at) } : {}),
  });
  delivery.unknown += delivered.unknown;
  await onTick?.({ at, rounds, tickMs, deliverMs: clock.now() - ended, delivered });
  return delivered.halted ? { ok: false, failure: delivered.halted } : { ok: true, value: undefined };
}

/** Renders what a tick claims while the database writes down that it has: to render needs no certainty, as to hand over does. */
function renderAhead({ render }: LoopRequest, at: Instant) {
  const ahead: { rendered: ReturnType<Render> | null; onClaimed: (claimed: Claimed) => void } = {
    rendered: null,
    onClaimed: ({ rows }) => {
      ahead.rendered = render(rows, at);
      // Where the writing fails, nobody asks what became of it.
      ahead.rendered.catch(() => undefined);
    },
  };
  return ahead;
}

/** A tick stands for its own instant, and is over when the clock says. */
const presentAt = ({ isReplay, clock }: LoopRequest, at: Instant): Instant =>
  isReplay ? at : Math.max(at, clock.now());

const nextOnGrid = ({ engine, every }: Pick<LoopRequest, "engine" | "every">, at: Instant): Instant =>
  gridFrom(engine.calendar, every, at + 1);

/** The instant of the next tick; null where nothing will ever change. */
export async function following(
  request: Pick<LoopRequest, "engine" | "every" | "isReplay">,
  at: Instant,
): Promise<Instant | null> {
  const { engine, every } = request;
  const next = nextOnGrid(request, at);
  if (!request.isReplay || (await isSomebodyDue(engine, next))) return next;
  if (await isFailureExitDue({ engine, session: engine.database, now: at })) return next;
  const moment = await nextMoment(engine, at);
  return moment === null ? null : gridFrom(engine.calendar, every, moment);
}

/** The usual case in a busy replay, and much cheaper to find out than the next moment itself. */
async function isSomebodyDue({ database }: Engine, until: Instant): Promise<boolean> {
  const found = await database.run({
    text: `SELECT 1 FROM positions AS s ${unlessPaused("s")} WHERE s.due <= $until LIMIT 1`,
    params: { until: { kind: "instant", value: until } },
  });
  return found.length > 0;
}

async function lastTick({ database }: Engine): Promise<Instant | null> {
  const [row] = await database.run({ text: "SELECT last_tick FROM engine_state", params: {} });
  return row?.last_tick == null ? null : Number(row.last_tick);
}
