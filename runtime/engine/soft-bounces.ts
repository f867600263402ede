// Mails that fail again and again for reasons that may pass: a full mailbox, a server that is down. Such an address is not
// suppressed, for it may be well again tomorrow; where it goes on, somebody should know.

import type { Instant, Session } from "../ports.ts";

export interface SoftBounces {
  readonly addresses: number;
  /** When the first of those failures was. */
  readonly since: Instant;
  /** The newest one that the provider gave. */
  readonly reason: string | null;
}

export const leastMails = 3;
export const leastDays = 7;
export const windowDays = 30;

const dayMs = 24 * 60 * 60_000;

/**
 * Addresses to which some different mails failed, over some days, with none delivered since the first of them. Of what
 * providers tell nothing is taken away, so the answer is the same in whatever order it came in. null: there are none.
 */
export async function softBouncesIn(session: Session, now: Instant): Promise<SoftBounces | null> {
  const [row] = await session.run({
    text: `SELECT count(*) AS addresses, min(b.first_at) AS since, arg_max(b.reason, b.last_at) AS reason
      FROM (
        SELECT f.mailbox, min(f."at") AS first_at, max(f."at") AS last_at, arg_max(f.reason, (f."at", f.feedback_id)) AS reason
        FROM feedback AS f
        LEFT JOIN (
          SELECT g.mailbox, max(g."at") AS "at" FROM feedback AS g WHERE g.kind = 'delivered' AND g."at" <= $now GROUP BY g.mailbox
        ) AS d ON d.mailbox = f.mailbox
        WHERE f.kind IN ('delayed', 'undelivered') AND f."at" > $from AND f."at" <= $now AND coalesce(f."at" > d."at", true)
        GROUP BY f.mailbox
        HAVING count(DISTINCT f.send_id) >= ${leastMails} AND max(f."at") - min(f."at") >= INTERVAL ${leastDays} DAY
      ) AS b ANTI JOIN suppression AS s ON s.address = b.mailbox`,
    params: {
      from: { kind: "instant", value: now - windowDays * dayMs },
      now: { kind: "instant", value: now },
    },
  });
  const addresses = Number(row?.addresses ?? 0);
  if (addresses === 0) return null;
  return { addresses, since: Number(row?.since), reason: row?.reason == null ? null : String(row.reason) };
}
