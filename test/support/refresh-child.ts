// A process that refreshes membership or ticks, adds events and does it again; told to, it kills itself in its nth statement.

import type { Plan } from "../../compiler/ir/plan.ts";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { withMembership } from "../../runtime/engine/segments/members.ts";
import { tick } from "../../runtime/engine/tick.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { mortal } from "./mortal.ts";

export interface RefreshErrand {
  readonly path: string;
  readonly plan: Plan;
  /** Whether a refresh is all that is done at an instant, or a tick of the applied plan. */
  readonly what: "refresh" | "tick";
  /** One refresh or tick at each. */
  readonly instants: readonly number[];
  /** Run before that of the same place. */
  readonly between: readonly string[];
  /** From 1; 0: never. */
  readonly killAt: number;
}

const errand = JSON.parse(process.argv[2] ?? "") as RefreshErrand;
const opened = await openDatabase(errand.path, { threads: 1 });
if (!opened.ok) throw new Error(opened.failure.text);
const { database, begun } = mortal(opened.value, errand.killAt);
const [first = 0] = errand.instants;
const applied = errand.what === "tick" ? await applyPlan(database, errand.plan, first) : null;
for (const [place, now] of errand.instants.entries()) {
  await database.change({ text: errand.between[place] ?? "SELECT 1", params: {} });
  if (applied?.ok) await tick(applied.value.engine, now);
  else await withMembership(database, errand.plan, now, async () => null);
}
await database.close();
console.log(begun());
