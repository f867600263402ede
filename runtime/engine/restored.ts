// A database that was restored from a backup does not know what was mailed since. Mails that were due since start as unknown, so
// that they are looked up before they go out.

import type { Builder } from "../../compiler/sql/builder.ts";
import { change, text, type Turn } from "./engine.ts";

/** Waits that are taken once more may end so much later than they did the first time, by quiet hours and caps. */
const slackDays = 3;

const doubtful = "due since the backup that was restored";
/** Of who has entered by a condition, under an id that nobody can have known before. */
export const maybeRepeated = "may have gone out since the backup that was restored";

/** Who had entered by a condition enters again with the first facts; whoever does later enters anew. */
const againHours = 24;
const isAgain = (row: string): string =>
  `${row}.start_event IS NULL AND ${row}.started_at > r.restored_at AND ${row}.started_at <= r.restored_at + INTERVAL ${againHours} HOUR`;

/**
 * Makes those of the mails that the tick has planned unknown that may have gone out before the backup was restored.
 * @returns how many
 */
export async function doubt(turn: Turn): Promise<number> {
  const isPlanned = (builder: Builder) => `o.state = 'pending' AND o.attempt = 0 AND o.planned_at = ${builder.now()}`;
  await change(
    turn,
    (builder) => `INSERT INTO restored_mail (send_id, state, from_at, until_at)
      SELECT o.send_id, any_value(m.state), min(m.from_at), max(m.until_at)
      FROM outbox AS o CROSS JOIN restored AS r
      JOIN restored_mail AS m ON m.contact_id = o.contact_id AND m.program = o.program AND m.step = o.step
      JOIN enrollment AS n ON n.enrollment_id = o.enrollment_id
      WHERE ${isPlanned(builder)} AND ${isAgain("n")}
      GROUP BY o.send_id ON CONFLICT DO NOTHING`,
  );
  return change(
    turn,
    (builder) => `UPDATE outbox SET state = 'unknown', attempt = 1, claimed_at = d.from_at, settled_at = d.until_at,
        reason = CASE WHEN d.is_repeated THEN ${builder.param(text(maybeRepeated))} ELSE ${builder.param(text(doubtful))} END
      FROM (
        SELECT o.send_id, m.send_id IS NULL AND g.enrollment_id IS NOT NULL AS is_repeated, coalesce(m.from_at, r.backup_at) AS from_at, coalesce(m.until_at, r.restored_at) AS until_at
        FROM outbox AS o CROSS JOIN restored AS r
        LEFT JOIN restored_mail AS m ON m.send_id = o.send_id
        LEFT JOIN enrollment AS n ON n.enrollment_id = o.enrollment_id AND n.started_at <= r.restored_at
        LEFT JOIN enrollment AS g ON g.enrollment_id = o.enrollment_id AND ${isAgain("g")}
        LEFT JOIN restored_waiting AS w ON w.enrollment_id = o.enrollment_id
        WHERE ${isPlanned(builder)} AND (m.send_id IS NOT NULL
          OR NOT r.is_told AND (n.enrollment_id IS NOT NULL AND w.enrollment_id IS NULL OR g.enrollment_id IS NOT NULL)
            AND ${builder.now()} <= r.restored_at + (r.restored_at - r.backup_at) + INTERVAL ${slackDays} DAY)
      ) AS d WHERE outbox.send_id = d.send_id`,
  );
}
