// The brake on complaints: where too many people call a sender's mails spam, mailbox providers block all of them.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Instant, Session } from "../ports.ts";

export interface Complaints {
  readonly delivered: number;
  readonly complained: number;
}

export const windowDays = 7;
/** From here on providers block a sender; they forgive after days below it. */
export const mostPerMille = 3;
/** So that a single person who complains stops nobody who has few readers. */
const leastComplaints = 3;

/** Mails of the last days by what the provider told of them. */
export async function complaintsIn(session: Session, now: Instant): Promise<Complaints> {
  const [row] = await session.run({
    text: `SELECT count(DISTINCT coalesce(send_id, feedback_id)) FILTER (kind = 'delivered') AS delivered,
        count(DISTINCT coalesce(send_id, feedback_id)) FILTER (kind = 'complained') AS complained
      FROM feedback WHERE kind IN ('delivered', 'complained') AND "at" > $since AND "at" <= $now`,
    params: {
      since: { kind: "instant", value: now - windowDays * 24 * 60 * 60_000 },
      now: { kind: "instant", value: now },
    },
  });
  return { delivered: Number(row?.delivered ?? 0), complained: Number(row?.complained ?? 0) };
}

export function areTooMany({ delivered, complained }: Complaints): boolean {
  return complained >= leastComplaints && complained * 1000 >= delivered * mostPerMille;
}

/** Emails that may go out all the same; null: all of them may. */
export async function emailsAllowed(session: Session, plan: Plan, now: Instant): Promise<readonly string[] | null> {
  if (!areTooMany(await complaintsIn(session, now))) return null;
  return plan.emails.filter(({ isTransactional }) => isTransactional).map(({ name }) => name);
}
