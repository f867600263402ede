// Aggregates that say no more than some behaviours do: how many there are, and the first and last, lowest and highest of them.

import type { Aggregate, Behaviour, Compare, Condition, Op, Term } from "../ir/condition.ts";

type Constant = Extract<Term, { readonly kind: "literal" | "moment" }>;

const turned: Readonly<Record<Op, Op>> = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

/** The same in other words; null where only the aggregate itself can say it. */
export function asBehaviours(condition: Condition): Condition | null {
  if (condition.kind === "known") return condition.term.kind === "aggregate" ? known(condition.term) : null;
  if (condition.kind === "one of") {
    const of = condition.values.map((right) => {
      return asBehaviours({ kind: "compare", op: "=", left: condition.term, right, by: condition.by });
    });
    const said = of.filter((part) => part !== null);
    return of.length > 0 && said.length === of.length ? { kind: "any", of: said } : null;
  }
  if (condition.kind !== "compare") return null;
  const { left, right, op, by } = condition;
  if (left.kind === "aggregate" && isConstant(right)) return compared(left, op, right, by);
  return right.kind === "aggregate" && isConstant(left) ? compared(right, turned[op], left, by) : null;
}

const isConstant = (term: Term): term is Constant => term.kind === "literal" || term.kind === "moment";

function compared(aggregate: Aggregate, op: Op, right: Constant, by: Compare["by"]): Condition | null {
  if (aggregate.function === "count of") return counted(aggregate, op, right);
  const read = readBy(aggregate);
  if (!read || by !== "plain") return null;
  const some = (one: Op) => happened(aggregate, { kind: "compare", op: one, left: read.term, right, by });
  const none = (one: Op): Condition => ({ kind: "not", of: some(one) });
  const { isLeast } = read;
  const beyond: Op = isLeast ? "<" : ">";
  const towards: readonly Op[] = [beyond, `${beyond}=`];
  if (towards.includes(op)) return some(op);
  if (op === "=") return { kind: "all", of: [some("="), none(beyond)] };
  const is = known(aggregate);
  return is && { kind: "all", of: [is, none(op.endsWith("=") ? beyond : `${beyond}=`)] };
}

/** What is read of each event, where the least or the greatest of all is asked for. */
function readBy({
  function: name,
  property,
  type,
}: Aggregate): { readonly term: Term; readonly isLeast: boolean } | null {
  const isTime = property === null || property === "at";
  if (isTime && ["first", "lowest", "last", "highest"].includes(name)) {
    return { term: { kind: "occurred at" }, isLeast: name === "first" || name === "lowest" };
  }
  if (isTime || (name !== "lowest" && name !== "highest")) return null;
  return {
    term: { kind: "property", name: property, type: { ...type, isNullable: true } },
    isLeast: name === "lowest",
  };
}

function known(aggregate: Aggregate): Condition | null {
  const read = readBy(aggregate);
  if (!read) return null;
  return happened(aggregate, read.term.kind === "occurred at" ? null : { kind: "known", term: read.term });
}

function counted(aggregate: Aggregate, op: Op, right: Constant): Condition | null {
  if (aggregate.property !== null || right.kind !== "literal" || right.literal.kind !== "number") return null;
  const times = right.literal.value;
  return Number.isInteger(times) ? { ...happened(aggregate, null), count: { op, times } } : null;
}

function happened(aggregate: Aggregate, more: Condition | null): Behaviour {
  const { event, email, countsMachines, where, from, until, scope, distinct } = aggregate;
  const parts = [where, more].filter((part) => part !== null);
  const [only = null] = parts;
  return {
    kind: "behaviour",
    event,
    email,
    countsMachines,
    where: parts.length > 1 ? { kind: "all", of: parts } : only,
    from,
    until,
    scope,
    count: null,
    distinct,
  };
}
