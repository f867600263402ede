// The members of a segment as one select. What must all hold becomes joins that keep or drop contacts; the rest is a filter.

import { Bug } from "../../grammar/unreachable.ts";
import type { Chain, Condition } from "../ir/condition.ts";
import { gatheredIn } from "./aggregates.ts";
import { printChain } from "./chains.ts";
import { type Demand, demandOf } from "./demands.ts";
import { gatheringKey, printGathering, printKeys } from "./events.ts";
import { clauses, nested, where } from "./layout.ts";
import type { Query } from "./query.ts";
import { conjunctsOf, simplify } from "./simplify.ts";
import { gatheringOf, sourcesOf } from "./sources.ts";
import { printFilter } from "./truth.ts";

/** Demands on the events of one table, as the contacts that meet them or, `isAbsent`, as those that fail. */
interface Keys {
  readonly select: string;
  /** The same with each contact once. */
  readonly once: string;
  readonly isAbsent: boolean;
  readonly isAggregate: boolean;
  /** All of them begin at some moment, so that few of the events are read. */
  readonly isRecent: boolean;
}

/** SELECT contact_id, each once, of the judged contacts or of all for which the condition holds. */
export function printMemberSelect(condition: Condition, query: Query): string {
  const { demands, chains, rest } = divide(conjunctsOf(simplify(condition, query.segments)), query);
  const sources = sourcesOf(query, { alias: "c", isContact: true }, rest);
  const filters = rest.map((conjunct) => printFilter(conjunct, sources.scene)).filter((filter) => filter !== "true");
  const keys = [...demands.map((group) => keysOf(group, query)), ...chains.map((chain) => chainKeysOf(chain, query))];
  const joins = sources.joins();
  // Every event has its contact: where events alone decide, the contacts need not be read.
  const lead = sources.readsContact() ? undefined : leadOf(keys);
  if (lead && keys.length === 1 && filters.length === 0) return lead.once;
  const { judged, dialect } = query;
  const restrict = judged && `${dialect.semiJoin} ${judged.relation} AS j ON j.contact_id = c.contact_id`;
  return clauses(
    "SELECT c.contact_id",
    lead ? `FROM ${nested(lead.once)} AS c` : 'FROM "contact" AS c',
    lead ? null : restrict,
    ...(lead ? keys.filter((other) => other !== lead) : chained(keys, rest, query)).map((other, index) =>
      printJoin(other, `x${index + 1}`, query),
    ),
    ...joins,
    where(filters),
  );
}

/**
 * Wanted keys that are few meet each other before they meet the contacts, unless those are few themselves: an equality
 * is taken to leave few.
 */
function chained(keys: readonly Keys[], filters: readonly Condition[], query: Query): readonly Keys[] {
  const wanted = keys.filter(({ isAbsent }) => !isAbsent);
  const [first, ...others] = wanted;
  const leavesFew = filters.some(
    (filter) => filter.kind === "one of" || (filter.kind === "compare" && filter.op === "="),
  );
  if (!first || others.length === 0 || leavesFew || !wanted.every(({ isRecent }) => isRecent)) return keys;
  const select = clauses(
    "SELECT c.contact_id",
    `FROM ${nested(first.select)} AS c`,
    ...others.map((other, index) => printJoin(other, `x${index + 1}`, query)),
  );
  return [{ ...first, select }, ...keys.filter(({ isAbsent }) => isAbsent)];
}

/** An aggregate has each contact once as it is. */
function leadOf(keys: readonly Keys[]): Keys | undefined {
  const wanted = keys.filter(({ isAbsent }) => !isAbsent);
  return wanted.find(({ isAggregate }) => isAggregate) ?? wanted[0];
}

/** Demands grouped by the events they read, except where a filter reads the same events anyway. */
function divide(conjuncts: readonly Condition[], query: Query) {
  const chains = conjuncts.filter((conjunct) => chainOf(conjunct) !== null);
  const others = conjuncts.filter((conjunct) => demandOf(conjunct, query) === null);
  const read = new Set(others.flatMap(gatheredIn).map((gathered) => gatheringKey(gathered, query)));
  const groups = new Map<string, Demand[]>();
  const rest: Condition[] = [];
  for (const conjunct of conjuncts.filter((one) => chainOf(one) === null)) {
    const demand = demandOf(conjunct, query);
    const key = demand && gatheringKey(demand.gathered, query);
    if (demand === null || key === null || read.has(key)) rest.push(conjunct);
    else groups.set(key, [...(groups.get(key) ?? []), demand]);
  }
  return { demands: [...groups.values()], chains, rest };
}

function chainOf(conjunct: Condition): Chain | null {
  if (conjunct.kind === "not") return chainOf(conjunct.of);
  return conjunct.kind === "chain" ? conjunct : null;
}

function chainKeysOf(conjunct: Condition, query: Query): Keys {
  const chain = chainOf(conjunct);
  if (!chain) throw new Bug("no chain of events");
  const [select, once] = [printChain(chain, query, "SELECT"), printChain(chain, query, "SELECT DISTINCT")];
  const isRecent = chain.first.from !== null;
  return { select, once, isAbsent: conjunct.kind === "not", isAggregate: false, isRecent };
}

function keysOf(demands: readonly Demand[], query: Query): Keys {
  const [only] = demands;
  if (!only) throw new Bug("a group of demands is empty");
  const { gathered } = only;
  if (demands.length === 1 && gathered.kind === "behaviour" && gathered.count === null) {
    const select = printKeys(gathered, query);
    const once = printKeys(gathered, query, "SELECT DISTINCT");
    return { select, once, isAbsent: !only.isWanted, isAggregate: false, isRecent: gathered.from !== null };
  }
  // Where all demands hold for contacts without events, those have no row: drop the others that fail, else keep who passes.
  const isAbsent = demands.every(({ holdsForNone, isWanted }) => holdsForNone === isWanted);
  const all = demands.map((demand) => demand.gathered);
  const select = printGathering(gatheringOf(all, query), query, (values) => {
    const passed = demands.map(({ holds, isWanted }, index) => {
      const held = holds(values[index] ?? "");
      return isWanted ? held : `NOT (${held})`;
    });
    return { columns: [], having: isAbsent ? [`NOT (${passed.join(" AND ")})`] : passed };
  });
  const isRecent = all.every(({ from }) => from !== null);
  return { select, once: select, isAbsent, isAggregate: true, isRecent };
}

function printJoin({ select, isAbsent }: Keys, alias: string, query: Query): string {
  const { semiJoin, antiJoin } = query.dialect;
  return `${isAbsent ? antiJoin : semiJoin} ${nested(select)} AS ${alias} ON ${alias}.contact_id = c.contact_id`;
}
