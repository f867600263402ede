// Mails of which nobody knows whether they went out: asked about once the mailer can tell, and never sent twice.

import type { Ambiguous } from "../../compiler/ir/policy.ts";
import type { Instant, Mailer } from "../ports.ts";
import { blockSize } from "./deliver.ts";
import type { Engine } from "./engine.ts";
import { type Settled, type SettledState, settle } from "./outbox.ts";
import { openEpoch, type UnknownMail, unknownMails } from "./unknown-mails.ts";

export interface ReconcileRequest {
  readonly engine: Engine;
  readonly mailer: Mailer;
  readonly now: Instant;
  /** In place of what policies say. */
  readonly ambiguous?: Ambiguous;
}

/** Questions to the mailer at the same time. */
const lanes = 16;

/**
 * To be called once before a process delivers: mails that a dead process was handing over become unknown.
 * @returns how many mails stay unknown
 */
export async function recover(request: ReconcileRequest): Promise<number> {
  const { engine, now } = request;
  await engine.database.transaction((session) => openEpoch({ engine, session, now }));
  return reconcile(request);
}

/**
 * Settles what can be told by now: what the mailer finds was sent, what it does not find is tried again. What it cannot
 * tell yet, or no longer, stays unknown.
 * @returns how many mails stay unknown
 */
export async function reconcile(request: ReconcileRequest): Promise<number> {
  const { engine, mailer, now, ambiguous } = request;
  const found = await unknownMails({ engine, session: engine.database, now });
  const mails = ambiguous ? found.map((mail) => ({ ...mail, ambiguous })) : found;
  let left = mails.length;
  const askable = mails.filter((mail) => mail.isSent || mail.ambiguous !== "reconcile" || canTell(mailer, mail, now));
  for (let start = 0; start < askable.length; start += blockSize) {
    const settled = await settledOf(askable.slice(start, start + blockSize), mailer, now);
    if (settled.length === 0) break;
    await engine.database.transaction((session) => settle({ engine, session, now }, settled, mailer.delivers));
    left -= settled.length;
  }
  return left;
}

function canTell({ find, finding }: Mailer, { from, since, like }: UnknownMail, now: Instant): boolean {
  // Most of those who enter by a condition never did before: they do not wait for what nobody can tell.
  if (like) return finding === undefined || now >= since + finding.afterMs;
  if (!find) return false;
  return finding === undefined || (now >= since + finding.afterMs && now <= from + finding.untilMs);
}

/** Without those about which the mailer could not be asked; it is not asked on behind the first of them. */
async function settledOf(mails: readonly UnknownMail[], mailer: Mailer, now: Instant): Promise<readonly Settled[]> {
  const settled = mails.flatMap((mail) => {
    if (mail.isSent) return [settledAs(mail, "sent")];
    if (mail.ambiguous === "reconcile") return [];
    return [settledAs(mail, mail.ambiguous === "never" ? "sent" : "pending")];
  });
  const asked = mails.filter((mail) => !mail.isSent && mail.ambiguous === "reconcile");
  let next = 0;
  let isAsking = true;
  const lane = async () => {
    for (let mail = asked[next++]; mail && isAsking; mail = asked[next++]) {
      const state = await whereabouts(mailer, mail, now);
      if (state === null) isAsking = false;
      else settled.push(settledAs(mail, state));
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, asked.length) }, lane));
  return settled;
}

/** null where the mailer could not be asked. */
async function whereabouts(
  mailer: Mailer,
  { sendId, from, like }: UnknownMail,
  now: Instant,
): Promise<SettledState | null> {
  const isTooLate = mailer.finding !== undefined && now > from + mailer.finding.untilMs;
  try {
    if (like) return !isTooLate && (await mailer.findLike?.(like)) === "sent" ? "sent" : "pending";
    return (await mailer.find?.(sendId, from)) === "sent" ? "sent" : "pending";
  } catch {
    return null;
  }
}

const settledAs = ({ sendId, since }: UnknownMail, state: SettledState): Settled => {
  return { sendId, state, at: since, reason: null, providerId: null, notBefore: null, isUntried: state === "pending" };
};
