// Makes a plan live: from then on its triggers start people. Whoever is inside a program goes on in the new version.

import type { Plan } from "../../compiler/ir/plan.ts";
import { Failed, failure } from "../failures.ts";
import type { Database, Instant, Result } from "../ports.ts";
import { keepFiles, withoutFiles } from "./attachments.ts";
import { edgesOf, rememberPresent } from "./edges.ts";
import { change, createEngine, type Engine, integer, iso, run, text, texts, type Turn } from "./engine.ts";
import { movesByCalendar } from "./reads.ts";
import { recordStages } from "./stages.ts";
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
 * @returns F401 where a later instant was ticked, F402 or F403 where people stand on a step, or are in a program, that is gone; nothing is changed then.
 */
export async function applyPlan(
  database: Database,
  plan: Plan,
  now: Instant,
  earlier: Engine | null = null,
): Promise<Result<Applied>> {
  try {
    const value = await database.transaction(async (session): Promise<Applied> => {
      const [newest] = await session.run({
        text: "SELECT version, hash FROM applied ORDER BY version DESC LIMIT 1",
        params: {},
      });
      const version = Number(newest?.version ?? 0);
      if (newest && newest.hash === plan.hash) {
        return { engine: createEngine(database, plan, version, earlier), version, isNew: false };
      }
      const engine = createEngine(database, plan, version + 1, earlier);
      await store({ engine, session, now });
      return { engine, version: version + 1, isNew: true };
    });
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}

async function store(turn: Turn): Promise<void> {
  const { plan, version } = turn.engine;
  await refuseEarlier(turn);
  await refuseVanished(turn);
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
  if (movesByCalendar(plan)) await ensureSpans(turn, [plan.project.zone]);
  await recordStages(turn, null);
  await storeTriggers(turn);
  // Whoever a policy delays is asked again by those that hold from now on.
  await change(
    turn,
    (builder) => `UPDATE positions SET due = ${builder.now()} WHERE owed_at IS NOT NULL AND due > ${builder.now()}`,
  );
}

/** Triggers that were new before the last tick would start people for events that it has passed already. */
async function refuseEarlier(turn: Turn): Promise<void> {
  const [row] = await run(turn, () => "SELECT last_tick FROM engine_state");
  const last = row?.last_tick == null ? null : Number(row.last_tick);
  if (last === null || turn.now >= last) return;
  throw new Failed(failure("F401", { now: iso(turn.now), last: iso(last) }));
}

/** People keep their place by the step's id; a place that is gone would lose them. */
async function refuseVanished(turn: Turn): Promise<void> {
  const rows = await run(
    turn,
    () => "SELECT program, step, count(*) AS people FROM positions GROUP BY program, step ORDER BY program, step",
  );
  for (const row of rows) {
    const [name, step, people] = [String(row.program), String(row.step), Number(row.people)];
    const program = turn.engine.plan.programs.find((candidate) => candidate.name === name);
    if (!program) {
      const inside = rows.filter((other) => other.program === name);
      const all = inside.reduce((sum, other) => sum + Number(other.people), 0);
      throw new Failed(failure("F403", { program: name, people: all }));
    }
    if (program.steps.every(({ id }) => id !== step)) {
      throw new Failed(failure("F402", { program: name, step, people }));
    }
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
