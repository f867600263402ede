// Delivery: claim, hand over, settle, block by block. After each commit the process may die without a mail going twice.

import type { Failure, Instant, Mailer, Message, Result, SendOutcome, Session } from "../ports.ts";
import { failure } from "../failures.ts";
import type { Engine } from "./engine.ts";
import { claim, type Claimed, openEpoch, type OutboxRow, type Settled, settle, unknownMails } from "./outbox.ts";

/** Renders mails, one result for each in the same order; `at` is when they are handed over. */
export type Render = (rows: readonly OutboxRow[], at: Instant) => Promise<readonly Result<Message>[]>;

export interface DeliverRequest {
  readonly engine: Engine;
  readonly mailer: Mailer;
  readonly render: Render;
  readonly now: Instant;
  readonly signal?: AbortSignal;
  /** What the tick itself has claimed; null: nothing is due. Absent: it has not looked. */
  readonly claimed?: Claimed | null;
  /** In the transaction that writes down what became of mails. */
  readonly onSettled?: (session: Session) => Promise<void>;
}

export interface Delivered {
  readonly sent: number;
  readonly failed: number;
  readonly unknown: number;
  /** Why nothing can be sent until a person has acted; null where all is well. */
  readonly halted: Failure | null;
}

export const blockSize = 500;
/** Mails that are handed over at the same time. */
const lanes = 16;
const minuteMs = 60_000;
const longestPauseMs = 6 * 60 * minuteMs;
const giveUpMs = 72 * 60 * minuteMs;

/** Hands over every mail that is due, until none is left, the mailer halts, or the signal aborts. */
export async function deliver(request: DeliverRequest): Promise<Delivered> {
  const { engine, mailer, now, signal, onSettled } = request;
  const total = { sent: 0, failed: 0, unknown: 0 };
  // Without a mailer all mails stay pending.
  if (mailer.name === "none") return { ...total, halted: null };
  const claimNext = () =>
    engine.database.transaction((session) => claim({ engine, session, now }, { limit: blockSize, fresh: null }));
  for (let claimed = request.claimed; ; claimed = undefined) {
    if (claimed === undefined) claimed = signal?.aborted ? null : await claimNext();
    if (claimed === null) break;
    const { settled, halted } = await handOver(claimed.rows, request);
    if (settled.length > 0) {
      await engine.database.transaction(async (session) => {
        await settle({ engine, session, now }, settled, mailer.delivers);
        await onSettled?.(session);
      });
    }
    for (const { state } of settled) if (state !== "pending") total[state]++;
    if (halted !== null) return { ...total, halted: failure("F404", { reason: halted }) };
    if (!claimed.hasMore) break;
  }
  return { ...total, halted: null };
}

async function handOver(rows: readonly OutboxRow[], { mailer, render, now, signal }: DeliverRequest) {
  const messages = await render(rows, now);
  const settled: Settled[] = new Array(rows.length);
  let halted: string | null = null;
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < rows.length; index = next++) {
      const [row, message] = [rows[index], messages[index]];
      if (!row) continue;
      if (halted !== null || signal?.aborted) settled[index] = untried(row, now);
      else if (!message?.ok) settled[index] = failed(row, now, message?.failure.text ?? "it could not be rendered");
      else {
        const outcome = await sendOne(mailer, message.value);
        if (outcome.kind === "halt") halted = outcome.reason;
        settled[index] = settledAs(row, outcome, now);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, rows.length) }, lane));
  return { settled, halted: halted as string | null };
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
    case "retry": {
      const notBefore = now + Math.max(pauseBefore(row.attempt + 1), outcome.afterMs ?? 0);
      if (notBefore - row.plannedAt > giveUpMs) return failed(row, now, `given up after 72 hours: ${outcome.reason}`);
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

/**
 * To be called once before a process delivers. Mails that a dead process was handing over become unknown; where the mailer
 * can tell, they are settled: found is sent, absent is tried again. All others stay unknown and are never sent again.
 */
export async function recover(engine: Engine, mailer: Mailer, now: Instant): Promise<void> {
  const turn = { engine, session: engine.database, now };
  await engine.database.transaction((session) => openEpoch({ engine, session, now }));
  if (!mailer.find) return;
  const mails = await unknownMails(turn);
  for (let start = 0; start < mails.length; start += blockSize) {
    const block = mails.slice(start, start + blockSize);
    const found = await Promise.all(
      block.map(async ({ sendId, claimedAt }): Promise<Settled> => {
        const state = await whereabouts(mailer, sendId);
        const reason = state === "unknown" ? "the mailer could not be asked" : null;
        const isUntried = state === "pending";
        return { sendId, state, at: claimedAt, reason, providerId: null, notBefore: null, isUntried };
      }),
    );
    await engine.database.transaction((session) => settle({ engine, session, now }, found, mailer.delivers));
  }
}

async function whereabouts(mailer: Mailer, sendId: string): Promise<"sent" | "pending" | "unknown"> {
  try {
    return (await mailer.find?.(sendId)) === "sent" ? "sent" : "pending";
  } catch {
    return "unknown";
  }
}
