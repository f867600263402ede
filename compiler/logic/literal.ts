// The normal form of formulas: no `not`, only literals joined by `all` and `any`.

import { unreachable } from "../../grammar/unreachable.ts";
import type { Behaviour, Term } from "../ir/condition.ts";
import { isVariable } from "./ground.ts";
import { type Filter, filterOf, type Leaf, type ValueLeaf } from "./leaf.ts";

export type Literal = {
  /** What it is about, so that it and its opposite are seen to clash. */
  readonly about: string;
  readonly holds: boolean;
} & (
  | { readonly kind: "value"; readonly leaf: ValueLeaf }
  /** As many events as that pass the filter; `most` may be infinite. `distinct`: the column whose values are counted. */
  | {
      readonly kind: "count";
      readonly filter: Filter;
      /** The same for the same filter. */
      readonly passes: string;
      readonly distinct: string | null;
      readonly least: number;
      readonly most: number;
    }
  | { readonly kind: "list"; readonly list: string }
  | { readonly kind: "suppressed" }
  | { readonly kind: "consent"; readonly state: "subscribed" | "refused"; readonly topic: string }
  | { readonly kind: "sample"; readonly share: number; readonly salt: string }
  | { readonly kind: "flag" | "opaque"; readonly name: string }
);
export type Of<K extends Literal["kind"]> = Extract<Literal, { readonly kind: K }>;

/** Parts joined by `all` or `any`. */
export interface Joined {
  readonly kind: "all" | "any";
  readonly of: readonly Normal[];
}
export type Normal = Literal | Joined;

export function isJoined(normal: Normal): normal is Joined {
  return normal.kind === "all" || normal.kind === "any";
}

/** Conditions are lowered in one way, so that the same ones have the same text; told apart wrongly, they only cost time. */
const keyOf = (part: Leaf | Filter): string => JSON.stringify(part);

export const nothing: Normal = { kind: "any", of: [] };
export const anything: Normal = { kind: "all", of: [] };

export function normalOfLeaf(leaf: Leaf, holds: boolean): Normal {
  switch (leaf.kind) {
    case "behaviour":
      return ofBehaviour(leaf, holds);
    case "one of":
      if (leaf.values.length === 0) return holds ? nothing : anything;
      // One by one: the order of places in time depends on the instant, and other fields may be unknown.
      if (!leaf.values.some((value) => isTime(value) || isVariable(value)))
        return { kind: "value", leaf, about: keyOf(leaf), holds };
      return {
        kind: holds ? "any" : "all",
        of: leaf.values.map((right) =>
          normalOfLeaf({ kind: "compare", op: "=", left: leaf.term, right, by: leaf.by }, holds),
        ),
      };
    case "in list":
      return { kind: "list", list: leaf.list, about: `list ${leaf.list}`, holds };
    case "suppressed":
      return { kind: "suppressed", about: "suppressed", holds };
    case "subscribed":
    case "refused":
      return { kind: "consent", state: leaf.kind, topic: leaf.topic, about: `${leaf.kind} ${leaf.topic}`, holds };
    case "sample":
      return { kind: "sample", share: leaf.share, salt: leaf.salt, about: keyOf(leaf), holds };
    default:
      return { kind: "value", leaf, about: keyOf(leaf), holds };
  }
}

const isTime = (term: Term): boolean =>
  term.kind === "moment" || (term.kind === "literal" && ["day", "instant"].includes(term.literal.kind));

function ofBehaviour(behaviour: Behaviour, holds: boolean): Normal {
  const filter = filterOf(behaviour);
  const about = keyOf(filter);
  const between = (least: number, most: number): Normal => {
    if (least > most) return nothing;
    if (least <= 0 && most === Infinity) return anything;
    const distinct = behaviour.count === null ? null : behaviour.distinct;
    return {
      kind: "count",
      filter,
      passes: about,
      distinct,
      least,
      most,
      about: `${least} to ${most} of ${about}`,
      holds: true,
    };
  };
  const { op, times } = behaviour.count ?? { op: ">=" as const, times: 1 };
  switch (op) {
    case ">=":
      return holds ? between(times, Infinity) : between(0, times - 1);
    case ">":
      return holds ? between(times + 1, Infinity) : between(0, times);
    case "<=":
      return holds ? between(0, times) : between(times + 1, Infinity);
    case "<":
      return holds ? between(0, times - 1) : between(times, Infinity);
    case "=":
      return holds ? between(times, times) : { kind: "any", of: [between(0, times - 1), between(times + 1, Infinity)] };
    default:
      return unreachable(op);
  }
}
