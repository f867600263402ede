// What must hold, or must not, of the events of one table: a behaviour, or a comparison of one aggregate with fixed values.

import { Bug } from "../../grammar/unreachable.ts";
import { type Aggregate, type Behaviour, type Compare, type Condition, type Term, termsOf } from "../ir/condition.ts";
import { type Gathered, holds, isZeroOfNone } from "./aggregates.ts";
import { isComparing, printComparison } from "./comparison.ts";
import type { Query } from "./query.ts";
import { holdsForNone } from "./simplify.ts";
import { isDay, type Places } from "./terms.ts";

export interface Demand {
  readonly gathered: Gathered;
  readonly isWanted: boolean;
  /** Whether it holds, wanted or not, for who has no such events. */
  readonly holdsForNone: boolean;
  /** SQL that is never NULL, from that of the aggregate, where there are such events. */
  readonly holds: (value: string) => string;
}

/** null: it reads something else, or not from one table. */
export function demandOf(condition: Condition, query: Query): Demand | null {
  if (condition.kind === "not") {
    const inner = demandOf(condition.of, query);
    return inner && { ...inner, isWanted: !inner.isWanted };
  }
  if (condition.kind === "behaviour") return ofBehaviour(condition, query);
  return isComparing(condition) || condition.kind === "known" ? ofComparison(condition, query) : null;
}

const ofBehaviour = (behaviour: Behaviour, query: Query): Demand => ({
  gathered: behaviour,
  isWanted: true,
  holdsForNone: holdsForNone(behaviour),
  holds: (value) => holds(behaviour, value, query),
});

const isFixed = (term: Term): boolean => term.kind === "literal" || term.kind === "moment";

function ofComparison(condition: Condition, query: Query): Demand | null {
  const terms = termsOf(condition);
  const [aggregate, ...more] = terms.filter((term) => term.kind === "aggregate");
  const others = terms.filter((term) => term.kind !== "aggregate");
  if (!aggregate || more.length > 0 || aggregate.scope !== "all" || !others.every(isFixed)) return null;
  // Days of instants are read from a table of their own.
  if (terms.some(isDay)) return null;
  const ofNone = holdsOfNone(condition, aggregate);
  if (ofNone === null) return null;
  const holdsOf = (value: string): string => {
    const found = isZeroOfNone(aggregate) ? `coalesce(${value}, 0)` : value;
    if (condition.kind === "known") return `${found} IS NOT NULL`;
    if (!isComparing(condition)) throw new Bug("no comparison");
    const { builder, dialect, plan } = query;
    const reader = { builder, dialect, zone: plan.project.zone, places: { ...nowhere, aggregate: () => found } };
    return dialect.isTrue(printComparison(condition, reader));
  };
  return { gathered: aggregate, isWanted: true, holdsForNone: ofNone, holds: holdsOf };
}

/** null: not told. */
function holdsOfNone(condition: Condition, aggregate: Aggregate): boolean | null {
  // Of no events all but counts and sums are unknown.
  if (!isZeroOfNone(aggregate)) return false;
  if (condition.kind !== "compare") return null;
  const isLeft = condition.left.kind === "aggregate";
  const other = isLeft ? condition.right : condition.left;
  if (other.kind !== "literal" || !("value" in other.literal)) return null;
  const number = Number(other.literal.value);
  if (Number.isNaN(number)) return null;
  return isLeft ? compares(0, condition.op, number) : compares(number, condition.op, 0);
}

function compares(left: number, op: Compare["op"], right: number): boolean {
  return {
    "=": left === right,
    "<": left < right,
    "<=": left <= right,
    ">": left > right,
    ">=": left >= right,
  }[op];
}

const outside = (): never => {
  throw new Bug("a comparison of an aggregate reads more");
};
const nowhere: Places = {
  field: outside,
  companyField: outside,
  startProperty: outside,
  property: outside,
  score: outside,
  stage: outside,
  occurredAt: outside,
  aggregate: outside,
  truth: outside,
};
