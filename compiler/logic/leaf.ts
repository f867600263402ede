// The conditions that formulas are made of.

import type { Behaviour, Condition } from "../ir/condition.ts";

export type ValueLeaf = Extract<
  Condition,
  { readonly kind: "compare" | "one of" | "known" | "starts with" | "ends with" }
>;
export type Leaf = Exclude<Condition, { readonly kind: "constant" | "all" | "any" | "not" | "in segment" }>;

/** Which events are counted, whatever the number that is asked for. */
export type Filter = Omit<Behaviour, "count" | "distinct">;

export function filterOf({ count: _count, distinct: _distinct, ...filter }: Behaviour): Filter {
  return filter;
}
