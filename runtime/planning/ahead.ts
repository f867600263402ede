// The engine run forward from the first tick, with nobody doing anything: what is due, and whom conditions turn for by time alone.

import type { Length } from "../../compiler/ir/condition.ts";
import type { Engine } from "../engine/engine.ts";
import { instant, printed } from "../engine/engine.ts";
import { settle } from "../engine/outbox.ts";
import { following } from "../engine/run.ts";
import { tick } from "../engine/tick.ts";
import { Failed } from "../failures/failures.ts";
import type { Database, Instant } from "../ports.ts";

/** Mails of one email of one program, and how many of them caps or rates held back or delayed. */
export interface Count {
  readonly program: string;
  readonly email: string;
  readonly day: number;
  readonly month: number;
}
export interface Counts {
  readonly mails: readonly Count[];
  /** Rows of the journal that held a mail back, by the reason in words. */
  readonly held: readonly (Count & { readonly reason: string })[];
}

export const dayMs = 86_400_000;
const monthDays = 30;

/** The first day by hours, the rest of the month by days: nobody will notice that a wait of an hour takes a day then. */
const phases: readonly { readonly every: Length; readonly until: Instant }[] = [
  { every: { amount: 1, unit: "h" }, until: dayMs },
  { every: { amount: 1, unit: "d" }, until: monthDays * dayMs },
];

/** Goes on from a tick at `from`; counts what the journal has behind `end`. */
export async function runAhead(engine: Engine, from: Instant, end: number): Promise<Counts> {
  let at = from;
  await sendAll(engine, at);
  for (const { every, until } of phases) {
    for (;;) {
      const next = await following({ engine, every, isReplay: true }, at);
      if (next === null || next > from + until) break;
      at = next;
      const ticked = await tick(engine, at);
      if (!ticked.ok) throw new Failed(ticked.failure);
      await sendAll(engine, at);
    }
  }
  return countsOf(engine.database, from, end);
}

/** Every mail that is due goes out and arrives. */
async function sendAll(engine: Engine, at: Instant): Promise<void> {
  const due = await engine.database.run(
    printed(
      (builder) =>
        `SELECT send_id FROM outbox WHERE state = 'pending' AND not_before <= ${builder.param(instant(at))} ORDER BY send_id`,
    ),
  );
  const sent = due.map((row) => ({
    sendId: String(row.send_id),
    state: "sent" as const,
    at,
    reason: null,
    providerId: null,
    notBefore: null,
    isUntried: false,
  }));
  await settle({ engine, session: engine.database, now: at }, sent, true);
}

/** A mail that is delayed again and again is one; who comes to a send again is mailed again. */
const mail = "concat_ws(chr(31), j.enrollment_id, j.step, CASE WHEN j.outcome = 'send' THEN j.seq END)";

async function countsOf(database: Database, from: Instant, end: number): Promise<Counts> {
  const rows = await database.run(
    printed(
      (builder) => `SELECT j.program, j.email, CASE WHEN j.outcome <> 'send' THEN j.reason END AS reason,
          count(DISTINCT ${mail}) FILTER (j.tick <= ${builder.param(instant(from + dayMs))}) AS "day",
          count(DISTINCT ${mail}) AS "month"
        FROM journal AS j WHERE j.rowid > ${builder.param({ kind: "integer", value: end })} AND j.email IS NOT NULL
          AND j.outcome IN ('send', 'skipped', 'delayed') GROUP BY ALL ORDER BY ALL`,
    ),
  );
  const counted = rows.map((row) => ({
    program: String(row.program),
    email: String(row.email),
    day: Number(row.day),
    month: Number(row.month),
    reason: row.reason === null ? null : String(row.reason),
  }));
  return {
    mails: counted.flatMap(({ reason, ...count }) => (reason === null ? [count] : [])),
    held: counted.flatMap(({ reason, ...count }) => (reason === null ? [] : [{ ...count, reason }])),
  };
}
