// Programs of which a person is in one only: who is in one does not enter another, and of two at one instant the earlier
// in the list wins.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import type { NamedCondition } from "../../compiler/sql/print.ts";
import { text, texts } from "./engine.ts";
import { audienceConditions, isFor, type Restraint, restraintsOf } from "./restraints.ts";

type Exclusion = Restraint<"only one of">;

const exclusionsOf = (plan: Plan, program: string): readonly Exclusion[] =>
  restraintsOf(plan, "only one of").filter(({ rule }) => rule.programs.includes(program));

const othersIn = ({ rule }: Exclusion, program: string) => rule.programs.filter((other) => other !== program);

/** Whether somebody may be kept out of the program for being in another. */
export const hasRivals = (plan: Plan, program: string): boolean => exclusionsOf(plan, program).length > 0;

/** What must be known of people who ask to enter the program, as columns. */
export function rivalConditions(plan: Plan, program: string): readonly NamedCondition[] {
  const asked = new Set(exclusionsOf(plan, program).map(({ audience }) => audience));
  return audienceConditions(plan).filter(({ name }) => asked.has(name));
}

/** SQL of the programs that keep the person of the row `judged` out of the program; NULL: none can. */
export function printRivals(plan: Plan, program: string, judged: string, builder: Builder): string {
  const lists = exclusionsOf(plan, program).map((exclusion) => {
    const others = builder.param(texts(othersIn(exclusion, program)));
    return exclusion.audience === null ? others : `CASE WHEN ${isFor(exclusion, judged)} THEN ${others} ELSE [] END`;
  });
  return lists.length === 0 ? "CAST(NULL AS VARCHAR[])" : `list_distinct(flatten([${lists.join(", ")}]))`;
}

/** SELECT of those who ask and are in a rival of the program: contact_id and programs. */
export function printBusy(plan: Plan, program: string, builder: Builder): string {
  const others = [...new Set(exclusionsOf(plan, program).flatMap((exclusion) => othersIn(exclusion, program)))];
  return `SELECT e.contact_id, list(DISTINCT e.program ORDER BY e.program) AS programs
    FROM enrollment AS e SEMI JOIN asked AS a ON a.contact_id = e.contact_id
    WHERE e.left_at IS NULL AND list_contains(${builder.param(texts(others))}, e.program) GROUP BY e.contact_id`;
}

/** Why who is in some of the programs does not enter. */
export const busyReason = (programs: string): string => `concat('already in ', list_aggregate(${programs}, 'min'))`;

/**
 * SELECT of the same entries, without those that lose an instant to an entry into a rival: they are dropped. `entries`:
 * a relation; `asking`: programs among them.
 */
export function printWon(plan: Plan, entries: string, asking: readonly string[], builder: Builder): string {
  const ranked = inOrder(plan, asking);
  if (ranked.length < 2) return `SELECT * FROM ${entries}`;
  const won: string[] = [];
  const lost: string[] = [];
  for (const [index, program] of ranked.entries()) {
    const name = builder.param(text(program));
    const earlier = ranked.slice(0, index).map((other, place) => ({ other, place }));
    const rivals = earlier.filter(({ other }) =>
      exclusionsOf(plan, program).some(({ rule }) => rule.programs.includes(other)),
    );
    const beaten = rivals.map(({ other, place }) => {
      const rival = builder.param(text(other));
      return `SELECT r.enrollment_id, ${rival} AS rival FROM ${entries} AS r SEMI JOIN won_${place} AS w ON w.contact_id = r.contact_id
        WHERE r.program = ${name} AND r.dropped IS NULL AND list_contains(r.rivals, ${rival})`;
    });
    lost.push(...beaten);
    const isBeaten =
      beaten.length > 0 ? `ANTI JOIN (${beaten.join(" UNION ALL ")}) AS b ON b.enrollment_id = n.enrollment_id` : "";
    won.push(
      `won_${index} AS (SELECT n.contact_id FROM ${entries} AS n ${isBeaten} WHERE n.program = ${name} AND n.dropped IS NULL)`,
    );
  }
  if (lost.length === 0) return `SELECT * FROM ${entries}`;
  return `WITH ${won.join(",\n    ")},
    lost AS (SELECT l.enrollment_id, list(l.rival) AS programs FROM (${lost.join(" UNION ALL ")}) AS l GROUP BY l.enrollment_id)
    SELECT n.* REPLACE (coalesce(n.dropped, CASE WHEN l.enrollment_id IS NOT NULL THEN ${busyReason("l.programs")} END) AS dropped)
    FROM ${entries} AS n LEFT JOIN lost AS l ON l.enrollment_id = n.enrollment_id`;
}

/** Programs of lists, earlier ones first as far as the lists agree on that. */
function inOrder(plan: Plan, asking: readonly string[]): readonly string[] {
  const lists = restraintsOf(plan, "only one of").map(({ rule }) =>
    rule.programs.filter((name) => asking.includes(name)),
  );
  const left = new Set(lists.flat());
  const ordered: string[] = [];
  while (left.size > 0) {
    const isFirst = (name: string) =>
      lists.every((list) => !list.includes(name) || list.find((other) => left.has(other)) === name);
    const [next] = [[...left].find(isFirst), [...left][0]].flatMap((name) => name ?? []);
    if (next === undefined) break;
    left.delete(next);
    ordered.push(next);
  }
  return ordered;
}
