// What is remembered of stages: so that nobody falls back where a funnel moves forward only, and for conditions that ask who
// was where.

import { type Funnel, placeTerm } from "../../compiler/ir/people.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { printTerms } from "../../compiler/sql/print.ts";
import { quote } from "../../compiler/sql/tables.ts";
import type { Database, Instant } from "../ports.ts";
import { cases, change, createEngine, fill, integer, openEngine, run, text, type Turn } from "./engine.ts";
import { movesByCalendar } from "./reads.ts";
import { ensureSpans } from "./zones.ts";

/**
 * Writes down who is at another stage than was recorded last. The same instant may be recorded again: what changed since
 * is in the batch `setBatch`, or in that of the last load where it is null.
 */
export async function recordStages(turn: Turn, setBatch: number | null): Promise<void> {
  if (turn.engine.remembered.length > 0) await record(turn, turn.engine.remembered, setBatch);
}

/**
 * The same behind a load, by the plan that is live, else by this one. What moves forward only is remembered from the first
 * `apply` on. Of an instant before the last one nothing is written.
 */
export async function recordLoaded(database: Database, plan: Plan, now: Instant): Promise<void> {
  const live = await openEngine(database);
  const engine = live ?? createEngine(database, plan, 0);
  const funnels = engine.remembered.filter(({ isForwardOnly }) => live !== null || !isForwardOnly);
  if (funnels.length === 0) return;
  await database.transaction(async (session) => {
    const turn = { engine, session, now };
    const [row] = await run(turn, () => 'SELECT max("at") AS last FROM stage_history');
    if (row?.last != null && Number(row.last) > now) return;
    if (movesByCalendar(engine.plan)) await ensureSpans(turn, [engine.plan.project.zone]);
    await record(turn, funnels, null);
  });
}

async function record(turn: Turn, funnels: readonly Funnel[], setBatch: number | null): Promise<void> {
  const { plan } = turn.engine;
  await fill(turn, "stage_now", (builder) => {
    const terms = funnels.map(({ name }, index) => ({ name: `place ${index}`, term: placeTerm(name) }));
    const everybody = { kind: "contact", from: { text: quote("contact"), params: {} } } as const;
    const judged = builder.include(printTerms(plan, everybody, terms));
    const found = funnels.map(({ name, stages }, index) => {
      const names = stages.map((stage, place): readonly [string, string] => [
        builder.param(integer(place + 1)),
        builder.param(text(stage.name)),
      ]);
      return `SELECT ${builder.param(text(name))} AS funnel, j.contact_id, ${cases(`j."place ${index}"`, names)} AS stage FROM judged AS j`;
    });
    return `WITH judged AS (${judged}) ${found.join(" UNION ALL ")}`;
  });
  // What was recorded at this very instant, and is no longer so, never was.
  await change(
    turn,
    (builder) => `DELETE FROM stage_history AS h USING stage_now AS n
      WHERE h."at" = ${builder.now()} AND n.funnel = h.funnel AND n.contact_id = h.contact_id
        AND n.stage IS DISTINCT FROM h.stage`,
  );
  await change(
    turn,
    (builder) => `INSERT INTO stage_history (funnel, contact_id, stage, "at", batch, old, is_first)
      SELECT n.funnel, n.contact_id, n.stage, ${builder.now()},
        ${setBatch === null ? "(SELECT coalesce(max(b.batch), 0) FROM load_batch AS b)" : builder.param(integer(setBatch))},
        l.stage, l.contact_id IS NULL
      FROM stage_now AS n
      LEFT JOIN (
        SELECT h.funnel, h.contact_id, h.stage,
          row_number() OVER (PARTITION BY h.funnel, h.contact_id ORDER BY h."at" DESC) AS back
        FROM stage_history AS h WHERE h."at" <= ${builder.now()}
      ) AS l ON l.funnel = n.funnel AND l.contact_id = n.contact_id AND l.back = 1
      WHERE l.contact_id IS NULL OR n.stage IS DISTINCT FROM l.stage`,
  );
}
