// Work on the real database that leaves no trace: one transaction holds all of it and is rolled back at the end.

import { Bug } from "../../grammar/unreachable.ts";
import type { Database, Session } from "../ports.ts";

/** Thrown to roll back what was done to find out. */
class RolledBack extends Error {
  override readonly name = "RolledBack";
}

/**
 * Runs `work` on a database whose every transaction is part of one that is rolled back, also where `work` throws. Whoever
 * asks sees what was written; nobody else ever does.
 */
export async function withoutTrace<T>(database: Database, work: (shadow: Database) => Promise<T>): Promise<T> {
  const done: T[] = [];
  try {
    await database.transaction(async (session) => {
      done.push(await work(shadowOf(session)));
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  const [value] = done;
  if (value === undefined) throw new Bug("work without a trace came to nothing");
  return value;
}

function shadowOf(session: Session): Database {
  return {
    run: session.run,
    // Nothing was committed that could be written to the file by itself.
    change: async (sql) => (sql.text === "CHECKPOINT" ? 0 : session.change(sql)),
    transaction: (work) => work(session),
    close: async () => undefined,
  };
}
