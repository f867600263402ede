// A database whose process kills itself in the middle of a statement.

import type { Database, Session } from "../../runtime/ports.ts";

/** Dies in the nth statement of its transactions, from 1; behind the last one of each is the commit. 0: never. */
export function mortal(database: Database, killAt: number) {
  let begun = 0;
  const dying = <T>(result: T): T => {
    begun += 1;
    // The statement is on its way in another thread by the time this runs.
    if (begun === killAt) setImmediate(() => process.kill(process.pid, "SIGKILL"));
    return result;
  };
  const watched = (session: Session): Session => ({
    run: (sql) => dying(session.run(sql)),
    change: (sql) => dying(session.change(sql)),
  });
  const dyingDatabase: Database = {
    ...database,
    transaction: (work) => database.transaction(async (session) => dying(await work(watched(session)))),
  };
  return { database: dyingDatabase, begun: () => begun };
}
