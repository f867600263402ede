// A process that keeps a list by hand, one change after the other; told to, it kills itself in its nth statement.

import type { Plan } from "../../compiler/ir/plan.ts";
import { keeping } from "../../runtime/keeping.ts";
import type { ListChange } from "../../runtime/index.ts";
import type { Database, Session } from "../../runtime/ports.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";

export interface KeepErrand {
  readonly path: string;
  readonly plan: Plan;
  readonly changes: readonly ListChange[];
  /** From 1; 0: never. */
  readonly killAt: number;
}

const errand = JSON.parse(process.argv[2] ?? "") as KeepErrand;
let begun = 0;

function mortal(session: Session): Session {
  const dying = <T>(result: T): T => {
    begun += 1;
    // The statement is on its way in another thread by the time this runs.
    if (begun === errand.killAt) setImmediate(() => process.kill(process.pid, "SIGKILL"));
    return result;
  };
  return { run: (sql) => dying(session.run(sql)), change: (sql) => dying(session.change(sql)) };
}

const opened = await openDatabase(errand.path, { threads: 1 });
if (!opened.ok) throw new Error(opened.failure.text);
const database: Database = {
  ...opened.value,
  transaction: (work) => opened.value.transaction((session) => work(mortal(session))),
};
const { keepList } = keeping(database, errand.plan, systemClock());
for (const change of errand.changes) {
  const done = await keepList(change);
  if (!done.ok) throw new Error(done.failure.text);
}
await database.close();
console.log(begun);
