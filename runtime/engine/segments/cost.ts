// What judging each segment for everybody takes, in rows: the same on every machine.

import { calendarOf } from "../../../compiler/calendar.ts";
import type { Condition, Selection } from "../../../compiler/ir/condition.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import { gatheredIn } from "../../../compiler/sql/aggregates.ts";
import { bind } from "../../../compiler/sql/bind.ts";
import { eventRelation } from "../../../compiler/sql/history.ts";
import { leafKey, type Rules, rulesOf, rulesRead } from "../../../compiler/sql/rules.ts";
import type { Instant, Session } from "../../ports.ts";
import { printed } from "../engine.ts";

/** How many rows of contacts and events are read to judge each segment for everybody. */
export async function rowsRead(session: Session, plan: Plan, now: Instant): Promise<ReadonlyMap<string, number>> {
  const rules = rulesOf(plan);
  if (rules.rules.length === 0) return new Map();
  const calendar = calendarOf(plan.project.zone, plan.project.firstWeekday);
  const counts = new Map<string, number>();
  const statement = printed((builder) =>
    [
      'SELECT NULL AS leaf, count(*) AS "rows" FROM "contact"',
      ...rules.leaves.flatMap(({ key, when }) =>
        selectionsIn(when).map(({ event, from }) => {
          const start = from && builder.param({ kind: "moment", moment: from, as: "instant" });
          const where = start ? `WHERE e.occurred_at >= ${start}` : "";
          return `SELECT '${key}', count(*) FROM ${eventRelation(plan.catalog, event, builder)} AS e ${where}`;
        }),
      ),
    ].join(" UNION ALL "),
  );
  for (const { leaf, rows } of await session.run(bind(statement, calendar, now))) {
    const key = String(leaf);
    counts.set(key, (counts.get(key) ?? 0) + Number(rows));
  }
  const contacts = counts.get("null") ?? 0;
  return new Map(
    rules.rules.map(({ key }) => {
      const leaves = leavesBelow(rules, key);
      return [key, [...leaves].reduce((sum, leaf) => sum + (counts.get(leaf) ?? 0), contacts)];
    }),
  );
}

/** The events that a leaf reads, those of its links and of the values that it computes included. */
function selectionsIn(when: Condition): readonly Selection[] {
  return when.kind === "chain" ? [when.first, ...when.links.map(({ event }) => event)] : gatheredIn(when);
}

/** Keys of the leaves that a rule reads, itself or through others. */
function leavesBelow({ rules }: Rules, key: string): ReadonlySet<string> {
  const known = new Map(rules.map((rule) => [rule.key, rule]));
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const leaf = leafKey(name);
    if (leaf !== null) found.add(leaf);
    for (const read of rulesRead(known.get(name)?.when ?? { kind: "constant", value: true })) visit(read);
  };
  visit(key);
  return found;
}
