// The members of a segment as one select. What must all hold becomes joins that keep or drop contacts; the rest is a filter.

import { Bug } from "../../grammar/unreachable.ts";
import { type Behaviour, type Condition, childrenOf } from "../ir/condition.ts";
import { gatheringKey, holds, printGathering, printKeys } from "./events.ts";
import { clauses, nested, where } from "./layout.ts";
import type { Query } from "./query.ts";
import { conjunctsOf, holdsForNone, simplify } from "./simplify.ts";
import { gatheringOf, sourcesOf } from "./sources.ts";
import { printFilter } from "./truth.ts";

/** A behaviour that must hold, or must not. */
interface Demand {
  readonly behaviour: Behaviour;
  readonly isWanted: boolean;
}

/** SELECT the ids, as `column`, of the judged contacts or of all for which the condition holds. */
export function printMemberSelect(condition: Condition, query: Query, column: "contact_id" | "key"): string {
  const conjuncts = conjunctsOf(simplify(condition, query.segments));
  const { demands, rest } = divide(conjuncts, query);
  const sources = sourcesOf(query, { alias: "c", isContact: true });
  const filters = rest.map((conjunct) => printFilter(conjunct, sources.scene));
  const { judged, dialect } = query;
  return clauses(
    column === "key" ? "SELECT c.contact_id AS key" : "SELECT c.contact_id",
    'FROM "contact" AS c',
    judged && `${dialect.semiJoin} ${judged.relation} AS j ON j.contact_id = c.contact_id`,
    ...demands.map((group, index) => printDemands(group, `x${index + 1}`, query)),
    ...sources.joins(),
    where(filters.filter((filter) => filter !== "true")),
  );
}

/** Demands grouped by the events they read, except where a filter reads the same events anyway. */
function divide(conjuncts: readonly Condition[], query: Query) {
  const others = conjuncts.filter((conjunct) => demandOf(conjunct) === null);
  const read = new Set(others.flatMap(behavioursOf).map((behaviour) => gatheringKey(behaviour, query)));
  const groups = new Map<string, Demand[]>();
  const rest: Condition[] = [];
  for (const conjunct of conjuncts) {
    const demand = demandOf(conjunct);
    const key = demand && gatheringKey(demand.behaviour, query);
    if (demand === null || key === null || read.has(key)) rest.push(conjunct);
    else groups.set(key, [...(groups.get(key) ?? []), demand]);
  }
  return { demands: [...groups.values()], rest };
}

function demandOf(conjunct: Condition): Demand | null {
  if (conjunct.kind === "behaviour") return { behaviour: conjunct, isWanted: true };
  if (conjunct.kind === "not" && conjunct.of.kind === "behaviour") return { behaviour: conjunct.of, isWanted: false };
  return null;
}

function behavioursOf(condition: Condition): readonly Behaviour[] {
  return condition.kind === "behaviour" ? [condition] : childrenOf(condition).flatMap(behavioursOf);
}

function printDemands(demands: readonly Demand[], alias: string, query: Query): string {
  const [only] = demands;
  if (!only) throw new Bug("a group of demands is empty");
  const { semiJoin, antiJoin } = query.dialect;
  const printJoin = (word: string, keys: string) =>
    `${word} ${nested(keys)} AS ${alias} ON ${alias}.key = c.contact_id`;
  if (demands.length === 1 && only.behaviour.count === null) {
    return printJoin(only.isWanted ? semiJoin : antiJoin, printKeys(only.behaviour, query));
  }
  // Where all demands hold for contacts without events, those have no row: drop the others that fail, else keep who passes.
  const keepsAbsent = demands.every(({ behaviour, isWanted }) => holdsForNone(behaviour) === isWanted);
  const keys = printGathering(
    gatheringOf(
      demands.map(({ behaviour }) => behaviour),
      query,
    ),
    query,
    (values) => {
      const passed = demands.map(({ behaviour, isWanted }, index) => {
        const held = holds(behaviour, values[index] ?? "", query);
        return isWanted ? held : `NOT (${held})`;
      });
      return { columns: [], having: keepsAbsent ? [`NOT (${passed.join(" AND ")})`] : passed };
    },
  );
  return printJoin(keepsAbsent ? antiJoin : semiJoin, keys);
}
