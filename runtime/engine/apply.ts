// Makes a plan live: from then on its triggers start people. Whoever is inside a program goes on in the new version, or finishes
// their own.

import type { Plan } from "../../compiler/ir/plan.ts";
import { Failed, failure } from "../failures/failures.ts";
import type { Database, Instant, Result } from "../ports.ts";
import { keepFiles, withoutFiles } from "./attachments.ts";
import { readPinned } from "./editions.ts";
import { edgesOf, rememberPresent } from "./edges.ts";
import { change, createEngine, type Engine, integer, iso, run, text, texts, type Turn } from "./engine.ts";
import { inherit, type Inheritance } from "./lineage.ts";
import { moveHouse } from "./move-house.ts";
import { type Placing, placingsOf } from "./placing.ts";
import { movesByCalendar } from "./reads.ts";
import { recordStages } from "./stages.ts";
import { type AppliedPlan, newestPlan } from "./stored-plan.ts";
import { ensureSpans } from "./zones.ts";

export interface Applied {
  readonly engine: Engine;
  readonly version: number;
  /** False where the newest version means the same. */
  readonly isNew: boolean;
}

/**
 * Stores the plan as the newest version, where its meaning is new. The tables of its catalog must exist. `earlier` as in
 * `createEngine`.
 * @returns F401 where a later instant was ticked, F402 or F403 where people stand on a step, or are in a program, that is gone, F405 or
 * F406 where what is said of renamed and removed names cannot be; nothing is changed then.
 */
export async function applyPlan(
  database: Database,
  plan: Plan,
  now: Instant,
  earlier: Engine | null = null,
): Promise<Result<Applied>> {
  try {
    const value = await database.transaction(async (session): Promise<Applied> => {
      const newest = await newestPlan(session);
      if (newest && newest.plan.hash === plan.hash) {
        const pinned = await readPinned(session, newest.plan);
        const engine = createEngine(database, newest.plan, newest.version, { ...covered(earlier), pinned });
        return { engine, version: newest.version, isNew: false };
      }
      const version = (newest?.version ?? 0) + 1;
      const inheritance = inherit(plan, newest, version);
      const base = createEngine(database, inheritance.plan, version, earlier);
      const engine = await store({ engine: base, session, now }, newest, inheritance);
      return { engine, version, isNew: true };
    });
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}

const covered = (earlier: Engine | null) => (earlier ? { covered: earlier.covered } : {});

/** `moving`: with an engine that knows the new plan alone. Gives the one that knows the versions too that people finish. */
async function store(moving: Turn, earlier: AppliedPlan | null, inheritance: Inheritance): Promise<Engine> {
  const { plan, version, database } = moving.engine;
  await refuseEarlier(moving);
  if (earlier) {
    const placings = await placingsOf(moving.session, earlier, inheritance);
    refuseVanished(placings);
    await moveHouse(moving, { earlier, inheritance, placings });
  }
  const pinned = await readPinned(moving.session, plan);
  const turn = { ...moving, engine: createEngine(database, plan, version, { covered: moving.engine.covered, pinned }) };
  await change(
    turn,
    (builder) => `INSERT INTO applied (version, "at", hash, plan)
      VALUES (${builder.param(integer(version))}, ${builder.now()}, ${builder.param(text(plan.hash))}, ${builder.param(text(JSON.stringify(withoutFiles(plan))))})`,
  );
  await keepFiles(turn);
  await change(
    turn,
    (builder) => `INSERT INTO engine_state (only_row, last_batch, ticks, epoch)
      VALUES (1, ${builder.param(integer(0))}, 0, 0) ON CONFLICT DO NOTHING`,
  );
  if (movesByCalendar(turn.engine.inside)) await ensureSpans(turn, [plan.project.zone]);
  await recordStages(turn, null);
  await storeTriggers(turn);
  // Whoever a policy delays is asked again by those that hold from now on.
  await change(
    turn,
    (builder) => `UPDATE positions SET due = ${builder.now()} WHERE owed_at IS NOT NULL AND due > ${builder.now()}`,
  );
  return turn.engine;
}

/** Triggers that were new before the last tick would start people for events that it has passed already. */
async function refuseEarlier(turn: Turn): Promise<void> {
  const [row] = await run(turn, () => "SELECT last_tick FROM engine_state");
  const last = row?.last_tick == null ? null : Number(row.last_tick);
  if (last === null || turn.now >= last) return;
  throw new Failed(failure("F401", { now: iso(turn.now), last: iso(last) }));
}

/** Nobody is lost: whose place is gone without a word keeps the new version from being made live. */
function refuseVanished(placings: readonly Placing[]): void {
  for (const { program, step, people, fate } of placings) {
    if (fate.kind !== "vanished") continue;
    const { title, lines } = fate;
    if (fate.what === "step") throw new Failed(failure("F402", { program, step, title, people, lines }));
    const inside = placings.filter((other) => other.program === program);
    const all = inside.reduce((sum, other) => sum + other.people, 0);
    throw new Failed(failure("F403", { program, people: all, lines }));
  }
}

/** A trigger that is new remembers when it was applied; of an edge, also who is true now and so does not start. */
async function storeTriggers(turn: Turn): Promise<void> {
  const { programs } = turn.engine.plan;
  const all = programs.flatMap((program) => program.triggers.map((trigger) => ({ program, trigger })));
  const key = (program: string, trigger: string) => `${program}\u001f${trigger}`;
  const keys = all.map(({ program, trigger }) => key(program.name, trigger.id));
  const column = "concat(program, chr(31), trigger_id)";
  const rows = await run(turn, () => `SELECT ${column} AS known FROM trigger_state`);
  const known = new Set(rows.map((row) => String(row.known)));
  for (const table of ["trigger_state", "edge_member"]) {
    await change(
      turn,
      (builder) => `DELETE FROM ${table} WHERE NOT list_contains(${builder.param(texts(keys))}, ${column})`,
    );
  }
  const isNew = (program: string, trigger: string) => !known.has(key(program, trigger));
  const added = all.filter(({ program, trigger }) => isNew(program.name, trigger.id));
  if (added.length === 0) return;
  await change(
    turn,
    (builder) => `INSERT INTO trigger_state (program, trigger_id, first_applied_at, seen_batch)
      SELECT unnest(${builder.param(texts(added.map(({ program }) => program.name)))}),
        unnest(${builder.param(texts(added.map(({ trigger }) => trigger.id)))}), ${builder.now()}, -1`,
  );
  const edges = edgesOf(turn.engine).filter(
    ({ program, trigger }) => isNew(program.name, trigger.id) && !trigger.enrolsPresent,
  );
  if (edges.length === 0) return;
  await rememberPresent(turn, edges);
}
