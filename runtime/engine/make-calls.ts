// Makes the calls that steps have promised, each webhook by itself: one that is slow or down holds up nothing else.
//
// A call that was made and not written down, as the process died, is made again with the same id.

import type { Call, Caller, CallOutcome, Instant, Random } from "../ports.ts";
import { type DueCall, dueCalls, hasCalls, type SettledCall, settleCalls, webhooksDue } from "./calls.ts";
import type { Engine } from "./engine.ts";
import type { Switch } from "./pauses.ts";
import { givenUp } from "./retrying.ts";

export interface CallingRequest {
  /** The one that is live; another may be later. */
  readonly engine: Engine;
  readonly caller: Caller;
  readonly random: Random;
  /** The present instant; absent: that of the tick, on a clock that stands still meanwhile. */
  readonly time?: () => Instant;
  readonly signal?: AbortSignal;
  /** While it is on nothing is called. */
  readonly stop?: Switch;
}

export interface Calling {
  /** Starts to make what is due. On a clock that stands still it is made when this resolves, else it goes on beside the ticks. */
  go(now: Instant): Promise<void>;
  /** Waits for the calls that are under way. */
  end(): Promise<void>;
}

/** Calls of one webhook that are read, made and written down at a time, and how many at the same time. */
const blockSize = 50;
const lanes = 4;
const minuteMs = 60_000;
const longestPauseMs = 6 * 60 * minuteMs;
const giveUpMs = 72 * 60 * minuteMs;

const nothing: Calling = { go: async () => undefined, end: async () => undefined };

export function callingOf(request: CallingRequest): Calling {
  const { caller, time } = request;
  if (caller.name === "none") return nothing;
  let known: Engine | null = null;
  let has = false;
  const mayCall = async (engine: Engine) => {
    if (engine !== known) has = await hasCalls({ engine, session: engine.database });
    known = engine;
    return has;
  };
  const pauses = new Map<string, Instant>();
  const running = new Map<string, Promise<void>>();
  const broken: unknown[] = [];
  const end = async () => {
    await Promise.all(running.values());
    if (broken.length > 0) throw broken[0];
  };
  const go = async (now: Instant) => {
    if (broken.length > 0) throw broken[0];
    const { engine } = request;
    if (!(await mayCall(engine))) return;
    for (const webhook of await webhooksDue({ engine, session: engine.database, now })) {
      if (running.has(webhook) || now < (pauses.get(webhook) ?? now)) continue;
      const made = makeAll(request, webhook, now)
        .then((until) => void (until !== null && pauses.set(webhook, until)))
        .catch((error: unknown) => void broken.push(error))
        .finally(() => running.delete(webhook));
      running.set(webhook, made);
    }
    if (!time) await end();
  };
  return { go, end };
}

/** @returns until when the webhook is to be left alone; null where it may be called at any time */
async function makeAll(request: CallingRequest, webhook: string, start: Instant): Promise<Instant | null> {
  const { engine, time = () => start } = request;
  while (!isEnding(request)) {
    const now = Math.max(start, time());
    const due = await dueCalls({ engine, session: engine.database, now }, webhook, blockSize);
    if (due.length === 0) return null;
    const { settled, pausedUntil } = await makeBlock(request, webhook, due, now);
    if (settled.length > 0)
      await engine.database.transaction((session) => settleCalls({ engine, session, now }, settled));
    if (pausedUntil !== null) return pausedUntil;
  }
  return null;
}

interface Made {
  /** Without the calls that an abort cut off: they are due again. */
  readonly settled: readonly SettledCall[];
  readonly pausedUntil: Instant | null;
}

const isEnding = ({ signal, stop }: CallingRequest): boolean => signal?.aborted === true || (stop?.() ?? null) !== null;

async function makeBlock(
  request: CallingRequest,
  webhook: string,
  due: readonly DueCall[],
  now: Instant,
): Promise<Made> {
  const { engine, caller, random, signal } = request;
  const url = engine.plan.webhooks.find(({ name }) => name === webhook)?.url ?? null;
  const settled: SettledCall[] = [];
  let pausedUntil: Instant | null = null;
  let next = 0;
  const lane = async () => {
    for (let call = due[next++]; call && !isEnding(request); call = due[next++]) {
      if (pausedUntil !== null) {
        settled.push({ ...plain(call), state: "pending", notBefore: pausedUntil, isUntried: true });
        continue;
      }
      const { id, body } = call;
      const outcome = url === null ? gone(webhook) : await makeOne(caller, { id, webhook, url, body, at: now }, signal);
      if (signal?.aborted && outcome.kind !== "taken") continue;
      const one = settledAs(call, outcome, now, random);
      if (outcome.kind === "slow down" && one.notBefore !== null) {
        pausedUntil = Math.max(pausedUntil ?? 0, now + Math.max(minuteMs, outcome.afterMs ?? 0));
      }
      settled.push(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, due.length) }, lane));
  return { settled, pausedUntil };
}

const gone = (webhook: string): CallOutcome => {
  return { kind: "refused", reason: `the project has no webhook ${webhook} any more` };
};

/** A caller that throws has told nothing: the receiver may have heard it, and knows a repeat by its id. */
async function makeOne(caller: Caller, call: Call, signal: AbortSignal | undefined): Promise<CallOutcome> {
  try {
    return await caller.call(call, signal);
  } catch (error) {
    return { kind: "retry", reason: error instanceof Error ? error.message : String(error), afterMs: null };
  }
}

const plain = ({ id }: DueCall) => ({ id, reason: null, notBefore: null, isUntried: false });

function settledAs(call: DueCall, outcome: CallOutcome, now: Instant, random: Random): SettledCall {
  if (outcome.kind === "taken") return { ...plain(call), state: "made" };
  if (outcome.kind === "refused") return { ...plain(call), state: "failed", reason: outcome.reason };
  const notBefore = now + Math.max(pauseBehind(call.attempt + 1, random), outcome.afterMs ?? 0);
  if (notBefore - call.plannedAt > giveUpMs) {
    return { ...plain(call), state: "failed", reason: `${givenUp}: ${outcome.reason}` };
  }
  return { ...plain(call), state: "pending", reason: outcome.reason, notBefore };
}

/** Behind the nth try half to the whole of 1, 2, 4 … minutes, at most 6 hours: calls that failed together do not return together. */
function pauseBehind(attempt: number, random: Random): number {
  const longest = Math.min(minuteMs * 2 ** Math.min(30, attempt - 1), longestPauseMs);
  return Math.round(longest * (0.5 + random.next() / 2));
}
