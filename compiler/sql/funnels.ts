// Funnels as relations: the highest stage whose condition holds, or that was reached before where nobody falls back.

import type { Funnel } from "../ir/people.ts";
import { clauses, indent, nested } from "./layout.ts";
import type { Query } from "./query.ts";
import { simplify } from "./simplify.ts";
import { sourcesOf } from "./sources.ts";
import { printTruth } from "./truth.ts";

/** SELECT of one row for each judged contact: contact_id, place, stage; NULL where no stage holds. */
export function printFunnel(funnel: Funnel, query: Query): string {
  const { builder } = query;
  const names = funnel.stages.map(({ name }) => builder.param({ kind: "text", value: name }));
  const named = names.map((name, index) => `WHEN ${index + 1} THEN ${name}`);
  const stage = named.length > 0 ? `CASE p.place ${named.join(" ")} END` : "CAST(NULL AS VARCHAR)";
  return clauses(
    `SELECT p.contact_id, p.place, ${stage} AS stage`,
    `FROM ${nested(printPlaces(funnel, names, query))} AS p`,
  );
}

function printPlaces({ name, stages, isForwardOnly }: Funnel, names: readonly string[], query: Query): string {
  const { dialect, judged } = query;
  const conditions = stages.map(({ when }) => when && simplify(when, query.segments));
  const sources = sourcesOf(
    query,
    { alias: "c", isContact: true },
    conditions.flatMap((when) => (when ? [when] : [])),
  );
  // The highest is asked first; below one that always holds none is asked.
  const always = conditions.lastIndexOf(null);
  const asked = conditions
    .flatMap((when, index) => (when && index > always ? [{ when, place: index + 1 }] : []))
    .toReversed()
    .map(({ when, place }) => `WHEN ${indent(printTruth(when, sources.scene))} THEN ${place}`);
  const now = asked.length > 0 ? `CASE ${asked.join("\n    ")} ELSE ${always + 1} END` : String(always + 1);
  const reached = isForwardOnly ? `greatest(${now}, coalesce(m.place, 0))` : now;
  return clauses(
    "SELECT c.contact_id,",
    `  nullif(${reached}, 0) AS place`,
    'FROM "contact" AS c',
    judged && `${dialect.semiJoin} ${judged.relation} AS j ON j.contact_id = c.contact_id`,
    ...sources.joins(),
    isForwardOnly ? `LEFT JOIN ${nested(printReached(name, names, query))} AS m ON m.contact_id = c.contact_id` : null,
  );
}

/** SELECT of the highest stage that was ever recorded. One that the funnel no longer has counts for nothing. */
function printReached(funnel: string, names: readonly string[], { builder }: Query): string {
  const places = names.map((stage, index) => `WHEN ${stage} THEN ${index + 1}`);
  return clauses(
    `SELECT h.contact_id, max(${places.length > 0 ? `CASE h.stage ${places.join(" ")} END` : "0"}) AS place`,
    'FROM "stage_history" AS h',
    `WHERE h.funnel = ${builder.param({ kind: "text", value: funnel })}\n  AND h."at" <= ${builder.now()}`,
    "GROUP BY h.contact_id",
  );
}
