// What came in and is not taken in yet. Whoever tells it waits for no more than that it is written down; it is taken in with
// much else at once, and in any case before anybody asks the database for anything.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Database, Instant, Session } from "../ports.ts";
import { instant, text } from "./engine.ts";
import { type Signed, takeTold, toldText } from "./feedback.ts";
import { recordTokens } from "./webhook-tokens.ts";

export interface Inbox {
  /** The door for everybody else: whatever is asked or written through it comes behind all that came in before. */
  readonly database: Database;
  /** A transaction in which nothing that waits is met. */
  receive<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Writes down what is told, within `receive`. */
  put(session: Session, told: readonly Signed[], now: Instant): Promise<void>;
  /** How much waits at most, as far as this process knows. */
  waiting(): number;
  /** Takes in all that waits. */
  takeIn(): Promise<void>;
}

/** The inbox of a database that this process alone writes. `plan`: which topics mails have. */
export function inboxOf(database: Database, plan: Plan): Inbox {
  // What a process before has left is not known before one looks.
  let told = 1;
  let taken = 0;
  /** Does the work behind all that waits, in one transaction with it. */
  const transaction = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    let seen = taken;
    const value = await database.transaction(async (session) => {
      seen = told;
      if (seen > taken) await takeWaiting(session, plan);
      return work(session);
    });
    // What was rolled back waits still.
    taken = Math.max(taken, seen);
    return value;
  };
  const takeIn = () => (told > taken ? transaction(async () => undefined) : Promise.resolve());
  return {
    database: {
      run: (sql) => (told > taken ? takeIn().then(() => database.run(sql)) : database.run(sql)),
      change: (sql) => (told > taken ? takeIn().then(() => database.change(sql)) : database.change(sql)),
      transaction,
      close: () => database.close(),
    },
    receive: (work) => database.transaction(work),
    async put(session, news, now) {
      if (news.length === 0) return;
      told += news.length;
      await session.change({
        text: "INSERT INTO feedback_inbox SELECT coalesce(max(place), 0) + 1, $now, $told FROM feedback_inbox",
        params: { now: instant(now), told: text(toldText(news)) },
      });
    },
    waiting: () => told - taken,
    takeIn,
  };
}

const isSomethingWaiting = { text: "SELECT 1 FROM feedback_inbox LIMIT 1", params: {} };

async function takeWaiting(session: Session, plan: Plan): Promise<void> {
  if ((await session.run(isSomethingWaiting)).length === 0) return;
  await takeTold(session, plan, () => "feedback_inbox");
  await recordTokens(session);
  await session.change({ text: "DELETE FROM feedback_inbox", params: {} });
}
