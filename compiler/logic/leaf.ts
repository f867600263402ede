// The conditions that formulas are made of.

import { type Behaviour, childrenOf, type Condition, type Moment, type Term } from "../ir/condition.ts";

export type ValueLeaf = Extract<
  Condition,
  { readonly kind: "compare" | "one of" | "known" | "starts with" | "ends with" | "contains" | "matches glob" }
>;

const valueKinds: ReadonlySet<Condition["kind"]> = new Set([
  ...(["compare", "one of", "known", "starts with", "ends with", "contains", "matches glob"] as const),
]);

export function isValueLeaf(condition: Condition): condition is ValueLeaf {
  return valueKinds.has(condition.kind);
}

export type Leaf = Exclude<
  Condition,
  {
    readonly kind: "constant" | "all" | "any" | "not" | "in segment" | "chain" | "in program" | "matches regex";
  }
>;

/** Which events are counted, whatever the number that is asked for. */
export type Filter = Omit<Behaviour, "count" | "distinct">;

export function filterOf({ count: _count, distinct: _distinct, ...filter }: Behaviour): Filter {
  return filter;
}

/** All that is read of an event, and the places in time that bound it. */
export function filterTerms({ from, until, where }: Filter): readonly Term[] {
  const at = (moment: Moment): Term => ({ kind: "moment", moment, as: "instant" });
  return [...(from ? [at(from)] : []), ...(until ? [at(until.moment)] : []), ...(where ? termsIn(where) : [])];
}

function termsIn(condition: Condition): readonly Term[] {
  switch (condition.kind) {
    case "compare":
      return [condition.left, condition.right];
    case "one of":
      return [condition.term, ...condition.values];
    case "known":
    case "starts with":
    case "ends with":
    case "contains":
    case "matches glob":
      return [condition.term];
    default:
      return childrenOf(condition).flatMap(termsIn);
  }
}
