// Delivery: claim, hand over, settle, block by block. After each commit the process may die without a mail going twice.

import type { Failure, Instant, Mailer, Message, Result, SendOutcome, Session } from "../ports.ts";
import { failure } from "../failures/failures.ts";
import type { Engine } from "./engine.ts";
import { type Gate, gatedRates, readGates } from "./gates.ts";
import { claim, type Claimed, type OutboxRow, type Settled, settle } from "./outbox.ts";
import { adjust, newPace, type Pace } from "./pace.ts";
import type { Switch } from "./pauses.ts";
import { isDue, newPicks } from "./picks.ts";
import { givenUp } from "./retrying.ts";

/** Renders mails, one result for each in the same order; `at` is when they are handed over. */
export type Render = (rows: readonly OutboxRow[], at: Instant) => Promise<readonly Result<Message>[]>;

export interface DeliverRequest {
  readonly engine: Engine;
  readonly mailer: Mailer;
  readonly render: Render;
  readonly now: Instant;
  /** The present instant, block by block; absent: `now`, on a clock that stands still meanwhile. */
  readonly time?: () => Instant;
  /** How fast the mailer takes mails, as far as is known; absent: nothing is known. */
  readonly pace?: Pace;
  readonly signal?: AbortSignal;
  /** While it is on nothing is claimed, and what is claimed is not handed over. */
  readonly stop?: Switch;
  /** Names of the emails that may go out, asked in the transaction that claims; null, or absent: all. */
  readonly allowed?: (session: Session, now: Instant) => Promise<readonly string[] | null>;
  /** What the tick itself has claimed; null: nothing is due. Absent: it has not looked. */
  readonly claimed?: Claimed | null;
  /** What that is rendered to, at `now`; absent: it is yet to be rendered. */
  readonly rendered?: ReturnType<Render> | null;
  /** In the transaction that writes down what became of mails. */
  readonly onSettled?: (session: Session) => Promise<void>;
  /** Keeps to rates that are no longer than the time between two instants; absent: they need not be kept to. */
  readonly keeping?: Keeping;
}

export interface Keeping {
  /** How long it is until the next instant. */
  readonly stepMs: number;
  /** Sleeps until then; false where the next instant comes first, or the run ends. */
  readonly wait: (until: Instant) => Promise<boolean>;
}

export interface Delivered {
  readonly sent: number;
  readonly failed: number;
  readonly unknown: number;
  /** Why nothing can be sent until a person has acted; null where all is well. */
  readonly halted: Failure | null;
}

export const blockSize = 500;
const minuteMs = 60_000;
const longestPauseMs = 6 * 60 * minuteMs;
const giveUpMs = 72 * 60 * minuteMs;

/** Hands over every mail that is due, until none is left, the mailer halts or asks for a pause, or the signal aborts. */
export async function deliver(request: DeliverRequest): Promise<Delivered> {
  const { engine, mailer, onSettled, pace = newPace(), time = () => request.now } = request;
  const total = { sent: 0, failed: 0, unknown: 0 };
  const rates = gatedRates(engine.inside, request.keeping?.stepMs ?? 0);
  // Without a mailer all mails stay pending.
  if (mailer.name === "none") return { ...total, halted: null };
  if (pace.pausedUntil !== null && !request.claimed && request.now < pace.pausedUntil)
    return { ...total, halted: null };
  // What rates let go out depends on what went out just before, so that nothing can be picked ahead of it.
  const picking = rates.length > 0 ? {} : { picks: newPicks() };
  let { rendered = null } = request;
  for (let claimed = request.claimed; ; claimed = undefined) {
    const now = Math.max(request.now, time());
    let gates: readonly Gate[] = [];
    const claimNext = () =>
      engine.database.transaction(async (session) => {
        const emails = (await request.allowed?.(session, now)) ?? null;
        const turn = { engine, session, now };
        gates = await readGates(turn, rates);
        return claim(turn, { limit: blockSize, fresh: null, emails, gates, ...picking });
      });
    if (claimed === undefined) claimed = isEnding(request) ? null : await claimNext();
    if (claimed === null) {
      if (await waitForRoom(request, gates, now)) continue;
      break;
    }
    const messages = await (rendered ?? request.render(claimed.rows, now));
    rendered = null;
    const { settled, halted, pausedUntil } = await handOver(claimed.rows, messages, {
      ...request,
      now,
      lanes: pace.lanes,
    });
    adjust(pace, pausedUntil);
    if (settled.length > 0) {
      await engine.database.transaction(async (session) => {
        await settle({ engine, session, now }, settled, mailer.delivers);
        await onSettled?.(session);
      });
    }
    for (const { state } of settled) if (state !== "pending") total[state]++;
    if (halted !== null) return { ...total, halted: failure("F404", { reason: halted }) };
    if ((!claimed.hasMore && rates.length === 0) || pausedUntil !== null) break;
  }
  return { ...total, halted: null };
}

const isEnding = ({ signal, stop }: DeliverRequest): boolean => signal?.aborted === true || (stop?.() ?? null) !== null;

/** Whether mails that a rate holds back may be claimed now: when it has room again before the next instant comes. */
async function waitForRoom(request: DeliverRequest, gates: readonly Gate[], now: Instant): Promise<boolean> {
  const full = gates.flatMap(({ room, more }) => (room === 0 && more !== null ? [more] : []));
  const { engine, keeping } = request;
  if (!keeping || full.length === 0 || isEnding(request)) return false;
  if (!(await isDue({ engine, session: engine.database, now }))) return false;
  return (await keeping.wait(Math.max(now + 1, Math.min(...full)))) && !isEnding(request);
}

interface HandedOver {
  readonly settled: readonly Settled[];
  /** Why nothing can be sent until a person has acted. */
  readonly halted: string | null;
  /** The mailer asked that nothing be handed over before. */
  readonly pausedUntil: Instant | null;
}

async function handOver(
  rows: readonly OutboxRow[],
  messages: readonly Result<Message>[],
  request: DeliverRequest & { readonly lanes: number },
): Promise<HandedOver> {
  const { mailer, now, time, lanes } = request;
  const settled: Settled[] = new Array(rows.length);
  const state: { halted: string | null; pausedUntil: Instant | null } = { halted: null, pausedUntil: null };
  let next = 0;
  // An answer may be long in coming, and rates count from when it came.
  const answered = () => Math.max(now, time?.() ?? now);
  const lane = async () => {
    for (let index = next++; index < rows.length; index = next++) {
      const [row, message] = [rows[index], messages[index]];
      if (!row) continue;
      if (state.halted !== null || state.pausedUntil !== null || isEnding(request)) {
        settled[index] = { ...untried(row, now), notBefore: state.pausedUntil };
      } else if (!message?.ok) {
        settled[index] = failed(row, now, message?.failure.text ?? "it could not be rendered");
      } else {
        const outcome = await sendOne(mailer, message.value);
        if (outcome.kind === "halt") state.halted = outcome.reason;
        if (outcome.kind === "slow down") state.pausedUntil = now + Math.max(minuteMs, outcome.afterMs ?? 0);
        settled[index] = settledAs(row, outcome, answered());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, rows.length) }, lane));
  return { settled, ...state };
}

/** A mailer that throws has told nothing: the mail may have gone out. */
async function sendOne(mailer: Mailer, message: Message): Promise<SendOutcome> {
  try {
    return await mailer.send(message);
  } catch (error) {
    return { kind: "unknown", reason: error instanceof Error ? error.message : String(error) };
  }
}

function settledAs(row: OutboxRow, outcome: SendOutcome, now: Instant): Settled {
  const plain = { sendId: row.sendId, at: now, reason: null, providerId: null, notBefore: null, isUntried: false };
  switch (outcome.kind) {
    case "sent":
      return { ...plain, state: "sent", providerId: outcome.providerId };
    case "refused":
      return failed(row, now, outcome.reason);
    case "unknown":
      return { ...plain, state: "unknown", reason: outcome.reason };
    case "halt":
      return untried(row, now);
    case "slow down":
    case "retry": {
      const notBefore = now + Math.max(pauseBefore(row.attempt + 1), outcome.afterMs ?? 0);
      if (notBefore - row.plannedAt > giveUpMs) return failed(row, now, `${givenUp}: ${outcome.reason}`);
      return { ...plain, state: "pending", reason: outcome.reason, notBefore };
    }
  }
}

/** 1, 2, 4 … minutes, at most 6 hours. */
function pauseBefore(attempt: number): number {
  return Math.min(minuteMs * 2 ** Math.max(0, attempt - 2), longestPauseMs);
}

const failed = ({ sendId }: OutboxRow, at: Instant, reason: string): Settled => ({
  sendId,
  state: "failed",
  at,
  reason,
  providerId: null,
  notBefore: null,
  isUntried: false,
});

const untried = ({ sendId }: OutboxRow, at: Instant): Settled => ({
  sendId,
  state: "pending",
  at,
  reason: null,
  providerId: null,
  notBefore: null,
  isUntried: true,
});
