// What must hold of the database after every single event, whatever the programs say and whatever the world did.

import type { Row } from "../../runtime/ports.ts";
import { winnerHours } from "./scenario.ts";

/** Queries that find rows only where something that must hold does not. */
const laws: Readonly<Record<string, string>> = {
  "an active enrollment has exactly one position, one that is over has none": `
    SELECT n.enrollment_id AS broken FROM enrollment AS n LEFT JOIN positions AS p ON p.enrollment_id = n.enrollment_id
    GROUP BY n.enrollment_id, n.left_at HAVING count(p.step) <> CASE WHEN n.left_at IS NULL THEN 1 ELSE 0 END`,
  "one active enrollment per program and person": `
    SELECT contact_id AS broken FROM positions GROUP BY program, contact_id HAVING count(*) > 1`,
  "the journal's last word on an enrollment is where it stands": `
    SELECT p.enrollment_id AS broken FROM positions AS p
    JOIN (SELECT enrollment_id, arg_max("next", seq) AS "next", max(seq) AS seq FROM journal WHERE seq > 0 GROUP BY ALL) AS j
      ON j.enrollment_id = p.enrollment_id
    WHERE j."next" IS DISTINCT FROM p.step OR j.seq <> p.seq`,
  "the journal counts without gaps": `
    SELECT enrollment_id AS broken FROM journal WHERE seq > 0 GROUP BY enrollment_id
    HAVING count(DISTINCT seq) <> max(seq) OR count(*) <> max(seq)`,
  "whoever left has a last word that says so, with the same reason": `
    SELECT n.enrollment_id AS broken FROM enrollment AS n ANTI JOIN journal AS j
      ON j.enrollment_id = n.enrollment_id AND j.outcome = 'left' AND j.reason = n.reason AND j.tick = n.left_at
    WHERE n.left_at IS NOT NULL`,
  "nobody passes a wait before it is due": `
    SELECT j.enrollment_id AS broken FROM journal AS j
    JOIN journal AS b ON b.enrollment_id = j.enrollment_id AND b.seq = j.seq - 1
    WHERE j.outcome IN ('waited', 'timed out') AND j.step NOT LIKE '%renewal%' AND b.due > j.tick`,
  "each send of the journal is one mail of the outbox, and the other way round": `
    SELECT coalesce(j.enrollment_id, o.enrollment_id) AS broken FROM journal AS j FULL JOIN outbox AS o
      ON o.enrollment_id = j.enrollment_id AND o.step = j.step AND o.planned_at = j.tick AND j.outcome = 'send'
    WHERE (j.outcome = 'send' AND o.send_id IS NULL) OR (o.send_id IS NOT NULL AND j.outcome IS NULL)`,
  "a mail is sent once": `SELECT "message" AS broken FROM event_sent GROUP BY ALL HAVING count(*) > 1`,
  "no address gets two copies of a step's mail by two contacts": `
    SELECT step AS broken FROM outbox WHERE state <> 'skipped' GROUP BY program, step, mailbox
    HAVING count(DISTINCT contact_id) > 1`,
  "nothing is seen before its time": `
    SELECT n.contact_id AS broken FROM enrollment AS n JOIN journal AS j
      ON j.enrollment_id = n.enrollment_id AND j.outcome = 'started' WHERE n.started_at > j.tick`,
  "a mail that failed or was skipped has a reason, in the outbox and in the journal": `
    SELECT o.send_id AS broken FROM outbox AS o ANTI JOIN journal AS j
      ON j.enrollment_id = o.enrollment_id AND j.step = o.step AND j.outcome = o.state AND j.seq = 0 AND j.reason = o.reason
    WHERE o.state IN ('failed', 'skipped')`,
  "an arm is drawn once per enrollment, as long as the program is not edited": `
    SELECT enrollment_id AS broken FROM journal WHERE outcome = 'chose' AND reason LIKE 'arm %'
    GROUP BY enrollment_id, step, version HAVING count(*) > 1`,
  "until there is a winner a person draws the same arm whenever she comes, then all take the winner": `
    SELECT j.contact_id AS broken FROM journal AS j LEFT JOIN experiment AS e ON e.program = j.program AND e.step = j.step
    WHERE j.outcome = 'chose' AND j.reason LIKE 'arm %'
    GROUP BY j.contact_id, j.program, j.step, j.version
    HAVING count(DISTINCT j.reason) FILTER (e.arm IS NULL OR j.tick < e.decided_at) > 1
      OR coalesce(bool_or(j.tick >= e.decided_at AND j.reason <> concat('arm ', e.arm)), false)`,
  "a winner is declared once, in its time, and by the journal": `
    SELECT coalesce(e.step, j.step) AS broken FROM (SELECT * FROM experiment WHERE arm IS NOT NULL) AS e
    FULL JOIN (SELECT program, step, count(*) AS n, min(tick) AS tick, min(reason) AS reason FROM journal WHERE outcome = 'won'
      GROUP BY program, step) AS j ON j.program = e.program AND j.step = e.step
    WHERE e.step IS NULL OR j.n IS DISTINCT FROM 1 OR j.tick <> e.decided_at OR NOT starts_with(j.reason, concat('arm ', e.arm, ' by'))
      OR e.decided_at < e.first_at + INTERVAL ${winnerHours} HOUR`,
  "each call of the journal is one call that is promised, and the other way round": `
    SELECT coalesce(j.enrollment_id, c.enrollment_id) AS broken
    FROM (SELECT enrollment_id, step, count(*) AS n FROM journal WHERE outcome = 'called' GROUP BY ALL) AS j
    FULL JOIN (SELECT enrollment_id, step, count(*) AS n FROM webhook_call GROUP BY ALL) AS c
      ON c.enrollment_id = j.enrollment_id AND c.step = j.step
    WHERE j.n IS DISTINCT FROM c.n`,
  "a call is pending, was made, or failed with a reason that the journal knows": `
    SELECT c.call_id AS broken FROM webhook_call AS c LEFT JOIN journal AS j
      ON j.enrollment_id = c.enrollment_id AND j.step = c.step AND j.outcome = 'failed' AND j.reason = c.reason
    WHERE c.state NOT IN ('pending', 'made', 'failed') OR (c.state = 'failed' AND j.step IS NULL) OR (c.state = 'made') <> (c.body IS NULL)`,
  "a mail that waits was told why": `
    SELECT send_id AS broken FROM outbox WHERE state = 'unknown' AND reason IS NULL`,
};

/** All of them in one query, which finds the names of those that are broken. */
export const brokenLaws = Object.entries(laws)
  .map(
    ([name, sql]) =>
      `SELECT '${name.replaceAll("'", "''")}' AS law, CAST(b.broken AS VARCHAR) AS broken FROM (${sql}) AS b`,
  )
  .join("\nUNION ALL ");

/** Where everybody stands, and who has left how, by nothing but the journal. */
export function replayed(journal: readonly Row[]): readonly string[] {
  const places = new Map<string, string>();
  for (const row of journal) {
    const { enrollment_id, program, contact_id, seq, outcome, reason, next, tick } = row;
    // A mail that failed moves nobody, and a goal that is reached behind the end brings nobody back.
    if (seq === 0 || (next === null && outcome !== "left")) continue;
    const place = outcome === "left" ? `left ${reason} ${tick}` : `at ${next} ${seq}`;
    places.set(String(enrollment_id), `${enrollment_id} ${program} ${contact_id} ${place}`);
  }
  return [...places.values()].sort();
}

/** The same by the tables that are kept for speed. */
export const projected = `
  SELECT concat_ws(' ', enrollment_id, program, contact_id, 'at', step, seq) AS place FROM positions
  UNION ALL SELECT concat_ws(' ', enrollment_id, program, contact_id, 'left', reason, epoch_ms(left_at)) FROM enrollment
  WHERE left_at IS NOT NULL ORDER BY place`;

export const journalInOrder = "SELECT * REPLACE (epoch_ms(tick) AS tick) FROM journal ORDER BY enrollment_id, seq";
