// What failed for reasons that pass, tried again at a person's word instead of after its pause.

import type { Instant, Session } from "../ports.ts";
import { instant, texts } from "./engine.ts";
import { allPaused } from "./pauses.ts";

/** How the reason of what was tried in vain for 72 hours starts. */
export const givenUp = "given up after 72 hours";

export interface RetriedWork {
  readonly mails: number;
  readonly calls: number;
  readonly programs: readonly string[];
  readonly unknown: number;
}

/** Whoever a failure made leave gets nothing any more. */
const isRetried = (row: string): string => `list_contains($programs, ${row}.program) AND (
    (${row}.state = 'pending' AND ${row}.attempt > 0 AND ${row}.not_before > $now)
    OR (${row}.state = 'failed' AND starts_with(${row}.reason, '${givenUp}')
      AND NOT EXISTS (SELECT 1 FROM enrollment AS n WHERE n.enrollment_id = ${row}.enrollment_id AND n.reason = 'failed')))`;

export async function retry(session: Session, programs: readonly string[], now: Instant): Promise<RetriedWork> {
  const params = { programs: texts(programs), now: instant(now) };
  const again = (table: string) =>
    session.change({
      text: `UPDATE ${table} SET state = 'pending', not_before = $now, settled_at = NULL WHERE ${isRetried(table)}`,
      params,
    });
  const mails = await again("outbox");
  const calls = await again("webhook_call");
  const goingOn = await session.run({
    text: `DELETE FROM paused WHERE list_contains($programs, program) AND reason IS NOT NULL AND reason <> '${allPaused}'
      RETURNING program`,
    params: { programs: params.programs },
  });
  const [unknown] = await session.run({
    text: "SELECT count(*) AS n FROM outbox WHERE state = 'unknown' AND list_contains($programs, program)",
    params: { programs: params.programs },
  });
  return { mails, calls, programs: goingOn.map((row) => String(row.program)).sort(), unknown: Number(unknown?.n) };
}
