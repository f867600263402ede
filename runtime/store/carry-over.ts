// What a restored database must know of the time since the backup: refusals and suppressions of the database that it replaces, and
// which mails may have gone out.

import type { Sql } from "../../compiler/sql/sql.ts";
import type { Failure, Instant } from "../ports.ts";

/** The database that is to be replaced. `unreadable`: nothing can be asked of it. */
export type Replaced =
  | { readonly kind: "none" }
  | { readonly kind: "readable" }
  | { readonly kind: "unreadable"; readonly failure: Failure };

export interface CarryRequest {
  readonly at: Instant;
  readonly now: Instant;
  readonly replaced: Replaced;
}

export interface Carried {
  /** Agreements and refusals that the backup did not know. */
  readonly consents: number;
  readonly suppressions: number;
  /** Mails that the replaced database had handed over since the backup. */
  readonly told: number;
  /** Mails of the backup of which nobody knows whether they went out since. */
  readonly doubted: number;
}

interface Carrying extends CarryRequest {
  /** Of the replaced database. */
  readonly tables: ReadonlySet<string>;
}

const plain = (text: string): Sql => ({ text, params: {} });
const instant = (value: Instant) => ({ kind: "instant" as const, value });

/** Statements in the new database, beside which the replaced one is open as `replaced` where it can be read. */
export function carrying({ at, now, replaced, tables }: Carrying): readonly Sql[] {
  const isTold = replaced.kind === "readable" && tables.has("outbox");
  const has = (table: string) => replaced.kind === "readable" && tables.has(table);
  const instants = { at: instant(at), now: instant(now) };
  return [
    plain("CREATE OR REPLACE TEMP TABLE carried AS SELECT 0 AS consents, 0 AS suppressions"),
    ...(has("consent") ? [count("consents", missingConsents), plain(`INSERT INTO consent ${missingConsents}`)] : []),
    ...(has("suppression")
      ? [count("suppressions", missingSuppressions), plain(`INSERT INTO suppression ${missingSuppressions}`)]
      : []),
    ...(has("feedback_inbox")
      ? [
          plain(`INSERT INTO feedback_inbox SELECT o.place + n.last_place, o.received_at, o.told FROM replaced.feedback_inbox AS o
            CROSS JOIN (SELECT coalesce(max(place), 0) AS last_place FROM feedback_inbox) AS n
            ANTI JOIN feedback_inbox AS f ON f.told = o.told`),
        ]
      : []),
    ...(isTold ? [plain(toldMails)] : []),
    ...(has("restored_mail") ? [plain(toldBefore)] : []),
    ...(isTold ? [plain(certainMails)] : []),
    { text: doubtfulMails(isTold), params: instants },
    plain("DELETE FROM restored_waiting"),
    { text: waitingOn, params: instants },
    { text: fence(has("restored")), params: { ...instants, told: { kind: "boolean", value: isTold } } },
    // The provider is asked at once what it has been told since.
    plain("UPDATE provider_state SET asked_at = NULL, listed_at = NULL"),
    // Membership is stored by the place of rows: it is made anew.
    plain("DELETE FROM segment_store"),
  ];
}

/** How much of that there was; the names of `Carried`, in its order. */
export const carried = plain(`SELECT c.consents, c.suppressions, (SELECT count(*) FROM restored_mail),
  (SELECT count(*) FROM outbox WHERE state = 'unknown') FROM carried AS c`);

const count = (name: string, query: string): Sql =>
  plain(`UPDATE carried SET ${name} = (SELECT count(*) FROM (${query}) AS m)`);

const missingConsents = `SELECT o.address, o.topic, o.state, o."at", o.source FROM replaced.consent AS o
  ANTI JOIN consent AS c ON c.address = o.address AND c.topic = o.topic AND c.state = o.state AND c."at" = o."at"`;

const missingSuppressions = `SELECT o.address, o.reason, o."at", o.source FROM replaced.suppression AS o
  ANTI JOIN suppression AS s ON s.address = o.address AND s.reason = o.reason`;

/** Mails that left the backup's sight: handed over since, as far as the replaced database knows. */
const toldMails = `INSERT INTO restored_mail
  SELECT o.send_id, CASE WHEN o.state = 'sent' THEN 'sent' ELSE 'unknown' END,
    coalesce(o.claimed_at, o.settled_at, o.planned_at), coalesce(o.settled_at, o.claimed_at, o.planned_at),
    o.program, o.step, CASE WHEN n.enrollment_id IS NOT NULL THEN o.contact_id END
  FROM replaced.outbox AS o
  LEFT JOIN (
    SELECT l.enrollment_id FROM replaced.enrollment AS l ANTI JOIN enrollment AS k ON k.enrollment_id = l.enrollment_id
    WHERE l.start_event IS NULL
  ) AS n ON n.enrollment_id = o.enrollment_id
  ANTI JOIN outbox AS b ON b.send_id = o.send_id AND b.state IN ('sent', 'failed', 'skipped')
  WHERE o.state IN ('sent', 'claimed', 'unknown')
  ON CONFLICT (send_id) DO UPDATE SET state = excluded.state, from_at = excluded.from_at, until_at = excluded.until_at,
    program = excluded.program, step = excluded.step, contact_id = excluded.contact_id`;

/** Of a restoring before this one. */
const toldBefore = `INSERT INTO restored_mail
  SELECT o.send_id, o.state, o.from_at, o.until_at, o.program, o.step, o.contact_id FROM replaced.restored_mail AS o
  ANTI JOIN outbox AS b ON b.send_id = o.send_id AND b.state IN ('sent', 'failed', 'skipped') ON CONFLICT DO NOTHING`;

/** What the replaced database knows not to have gone out. */
const certainMails = `UPDATE outbox SET state = 'pending', claim_epoch = NULL
  FROM replaced.outbox AS o WHERE o.send_id = outbox.send_id AND o.state IN ('pending', 'failed', 'skipped')
    AND outbox.state IN ('claimed', 'unknown')`;

/** Mails that were under way when the backup was made; what is known to be `sent` is settled by the first look at them. */
const doubtfulMails = (
  isTold: boolean,
): string => `UPDATE outbox SET state = 'unknown', reason = 'under way when the backup was made', claim_epoch = NULL,
    attempt = CASE WHEN d.is_pending THEN outbox.attempt + 1 ELSE outbox.attempt END,
    claimed_at = coalesce(d.from_at, least(coalesce(outbox.claimed_at, $at), $at)), settled_at = coalesce(d.until_at, $now)
  FROM (
    SELECT b.send_id, b.state = 'pending' AS is_pending, m.from_at, m.until_at
    FROM outbox AS b LEFT JOIN restored_mail AS m ON m.send_id = b.send_id
    ${isTold ? "LEFT JOIN replaced.outbox AS o ON o.send_id = b.send_id" : ""}
    WHERE b.state IN ('pending', 'claimed', 'unknown') ${isTold ? "AND (m.send_id IS NOT NULL OR o.send_id IS NULL)" : ""}
  ) AS d WHERE d.send_id = outbox.send_id`;

/** Who was in a wait at the time of the backup that nothing ends but the clock, and that lasts until now. */
const waitingOn = `INSERT INTO restored_waiting SELECT s.enrollment_id FROM positions AS s
  WHERE s.due > $now AND s.wait_until IS NULL AND s.arrived_at <= $at ON CONFLICT DO NOTHING`;

/** Where the database was restored not long before, too, what is in doubt since then stays so. */
const fence = (hasBefore: boolean): string => `INSERT INTO restored
  SELECT 1, coalesce(min(b.backup_at), $at), $now, $told AND count(b.backup_at) = 0
  FROM (
    SELECT f.backup_at, f.restored_at, f.is_told FROM restored AS f
    ${hasBefore ? "UNION ALL SELECT o.backup_at, o.restored_at, o.is_told FROM replaced.restored AS o" : ""}
  ) AS b WHERE NOT b.is_told AND b.restored_at > $now - INTERVAL 3 DAY
  ON CONFLICT (only_row) DO UPDATE SET backup_at = excluded.backup_at, restored_at = excluded.restored_at,
    is_told = excluded.is_told`;
