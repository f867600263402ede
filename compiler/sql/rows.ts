// The events that count for a behaviour or an aggregate, as rows to be shown.

import type { Selection } from "../ir/condition.ts";
import type { Plan } from "../ir/plan.ts";
import { filtersOf } from "./events.ts";
import { clauses, where } from "./layout.ts";
import { queryOf } from "./print.ts";
import { simplify } from "./simplify.ts";
import type { Sql } from "./sql.ts";
import { eventTable, quote } from "./tables.ts";

/** SELECT of one contact's events that count, whatever the count asks for, the latest first. Never of an enrollment. */
export function printCounted(plan: Plan, contact: string, selection: Selection, limit: number): Sql {
  const query = queryOf(plan, null, []);
  const isHers = `e.contact_id = ${query.builder.param({ kind: "text", value: contact })}`;
  const simple = selection.where && simplify(selection.where, query.segments);
  return query.builder.finish(
    clauses(
      "SELECT e.*",
      `FROM ${quote(eventTable(selection.event))} AS e`,
      where([isHers, ...filtersOf({ ...selection, where: simple }, query)]),
      "ORDER BY e.occurred_at DESC, e.event_id DESC",
      `LIMIT ${limit}`,
    ),
  );
}
