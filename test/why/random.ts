// Random segments over random worlds, in a database as the product opens it.

import type { Condition } from "../../compiler/ir/condition.ts";
import type { Funnel, Score } from "../../compiler/ir/people.ts";
import type { Plan, Segment } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import type { Database } from "../../runtime/ports.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { build } from "../sql/build.ts";
import { type Choice, drawCondition } from "../sql/conditions.ts";
import { drawFunnel, drawScore } from "../sql/declared.ts";
import { type Dice, diceOf } from "../sql/dice.ts";
import { drawWorld, type World } from "../sql/world.ts";
import { planOf } from "../support/plan-of.ts";

export interface Case {
  readonly dice: Dice;
  readonly world: World;
  readonly plan: Plan;
}

/** The last segment reads the others. `mustRead`: what the JSON of the last must hold. */
export function drawCase(seed: number, mustRead = /./): Case {
  const dice = diceOf(seed);
  const world = drawWorld(dice);
  const [segments, scores, funnels]: [Segment[], Score[], Funnel[]] = [[], [], []];
  const choice: Choice = { dice, world, segments, scores, funnels, isInside: false, kinds: "all" };
  for (const id of ["S0", "S1", "X"]) {
    if (id === "S1") {
      scores.push(drawScore(choice, "T"));
      funnels.push(drawFunnel(choice, "F"));
    }
    let where = drawCondition(choice, 2);
    while (id === "X" && !mustRead.test(JSON.stringify(where))) {
      where = drawCondition(choice, 2);
    }
    segments.push({ id, name: id, doc: null, where, reads: [], hash: "" });
  }
  return { dice, world, plan: planOf(world.catalog, world.calendar, { segments, scores, funnels }, "p") };
}

export async function openEmpty(): Promise<Database> {
  const opened = await openDatabase(":memory:", { threads: 1 });
  if (!opened.ok) throw new Error(opened.failure.text);
  return opened.value;
}

export async function fill(database: Database, world: World): Promise<void> {
  const exec = async (text: string) => void (await database.change({ text, params: {} }));
  await build({ exec, rows: () => Promise.reject(new Error("not asked here")), close: () => undefined }, world);
}

/** Whether the person is in the segment, by the statement that lists its members. */
export async function isMember(
  database: Database,
  { plan, world }: Pick<Case, "plan" | "world">,
  { key, at, where }: { readonly key: string; readonly at: number; readonly where?: Condition },
): Promise<boolean> {
  const asked = where ?? { kind: "in segment", segment: "X" };
  const extra: Segment = { id: "Asked", name: "Asked", doc: null, where: asked, reads: [], hash: "" };
  const sql = bind(printMembers({ ...plan, segments: [...plan.segments, extra] }, "Asked"), world.calendar, at);
  return (await database.run(sql)).some((row) => row.contact_id === key);
}
