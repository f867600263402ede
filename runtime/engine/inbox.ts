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
  /** So much was written down, within `receive`, for another kind to take in. */
  noteWaiting(count: number): void;
  /** How much waits at most, as far as this process knows. */
  waiting(): number;
  /** Takes in all that waits. */
  takeIn(): Promise<void>;
}

/** What waits beside that which providers tell. */
export interface WaitingKind {
  readonly table: string;
  /** Takes in all that waits in the table, and empties it. */
  takeIn(session: Session): Promise<void>;
}

/** The inbox of a database that this process alone writes. `plan`: which topics mails have. */
export function inboxOf(database: Database, plan: Plan, others: readonly WaitingKind[] = []): Inbox {
  const kinds = [{ table: "feedback_inbox", takeIn: (session: Session) => takeFeedbackIn(session, plan) }, ...others];
  // What a process before has left is not known before one looks.
  let told = 1;
  let taken = 0;
  /** Does the work behind all that waits, in one transaction with it. */
  const transaction = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    let seen = taken;
    const value = await database.transaction(async (session) => {
      seen = told;
      if (seen > taken) await takeWaiting(session, kinds);
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
    noteWaiting(count) {
      told += count;
    },
    waiting: () => told - taken,
    takeIn,
  };
}

async function takeWaiting(session: Session, kinds: readonly WaitingKind[]): Promise<void> {
  const asked = kinds.map(({ table }, index) => `EXISTS (SELECT 1 FROM ${table}) AS kind_${index}`);
  const [found] = await session.run({ text: `SELECT ${asked.join(", ")}`, params: {} });
  for (const [index, kind] of kinds.entries()) if (found?.[`kind_${index}`] === true) await kind.takeIn(session);
}

async function takeFeedbackIn(session: Session, plan: Plan): Promise<void> {
  await takeTold(session, plan, () => "feedback_inbox");
  await recordTokens(session);
  await session.change({ text: "DELETE FROM feedback_inbox", params: {} });
}
