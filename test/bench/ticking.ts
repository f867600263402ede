// What benchmarks of ticks share: transactions that end as if they had not been, and figures that any difference changes.

import type { Database } from "../../runtime/ports.ts";

export const plain = (text: string) => ({ text, params: {} });

class RolledBack extends Error {}

/** The same database, whose transactions end as if they had not been. */
export function rollingBack(database: Database): Database {
  return {
    ...database,
    transaction: async (work) => {
      let value: Awaited<ReturnType<typeof work>> | undefined;
      await database
        .transaction(async (session) => {
          value = await work(session);
          throw new RolledBack();
        })
        .catch((error: unknown) => {
          if (!(error instanceof RolledBack)) throw error;
        });
      return value as Awaited<ReturnType<typeof work>>;
    },
  };
}

/** What a tick leaves behind, in figures that any difference would change. */
export const figures = `SELECT (SELECT count(*) FROM positions) AS inside, (SELECT count(*) FROM outbox) AS mails,
  (SELECT bit_xor(hash(send_id, mailbox, planned_at)) FROM outbox) AS mail_mark,
  (SELECT bit_xor(hash(enrollment_id, step, due, wait_from, seq)) FROM positions) AS position_mark,
  (SELECT bit_xor(hash(enrollment_id, seq, step, outcome, reason, "next", due)) FROM journal) AS journal_mark`;
