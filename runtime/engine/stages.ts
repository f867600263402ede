// What is remembered of stages, so that nobody falls back where a funnel moves forward only.

import { placeTerm } from "../../compiler/ir/people.ts";
import { printTerms } from "../../compiler/sql/print.ts";
import { quote } from "../../compiler/sql/tables.ts";
import { cases, change, fill, integer, text, type Turn } from "./engine.ts";
import { remembered } from "./reads.ts";

/** Writes down who is at another stage than was recorded last. The same instant may be recorded again. */
export async function recordStages(turn: Turn): Promise<void> {
  const { plan } = turn.engine;
  const funnels = remembered(plan);
  if (funnels.length === 0) return;
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
  // What was recorded at this very instant is replaced: in a funnel that moves forward only it is not above what is now.
  await change(
    turn,
    (builder) => `DELETE FROM stage_history AS h
      WHERE h."at" = ${builder.now()} AND h.funnel IN (SELECT n.funnel FROM stage_now AS n)`,
  );
  await change(
    turn,
    (builder) => `INSERT INTO stage_history (funnel, contact_id, stage, "at")
      SELECT n.funnel, n.contact_id, n.stage, ${builder.now()}
      FROM stage_now AS n
      LEFT JOIN (
        SELECT h.funnel, h.contact_id, h.stage,
          row_number() OVER (PARTITION BY h.funnel, h.contact_id ORDER BY h."at" DESC) AS back
        FROM stage_history AS h
      ) AS l ON l.funnel = n.funnel AND l.contact_id = n.contact_id AND l.back = 1
      WHERE l.contact_id IS NULL OR n.stage IS DISTINCT FROM l.stage`,
  );
}
