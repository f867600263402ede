// A process that keeps a list by hand, one change after the other; told to, it kills itself in its nth statement.

import type { Plan } from "../../compiler/ir/plan.ts";
import { keeping } from "../../runtime/keeping.ts";
import type { ListChange } from "../../runtime/index.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { mortal } from "./mortal.ts";

export interface KeepErrand {
  readonly path: string;
  readonly plan: Plan;
  readonly changes: readonly ListChange[];
  /** From 1; 0: never. */
  readonly killAt: number;
}

const errand = JSON.parse(process.argv[2] ?? "") as KeepErrand;
const opened = await openDatabase(errand.path, { threads: 1 });
if (!opened.ok) throw new Error(opened.failure.text);
const { database, begun } = mortal(opened.value, errand.killAt);
const { keepList } = keeping(database, errand.plan, systemClock());
for (const change of errand.changes) {
  const done = await keepList(change);
  if (!done.ok) throw new Error(done.failure.text);
}
await database.close();
console.log(begun());
