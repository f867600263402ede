// Conditions as formulas: segments written out, and whatever cannot be reasoned about as an opaque part that may be anything.

import { unreachable } from "../../grammar/unreachable.ts";
import { type Condition, termsOf } from "../ir/condition.ts";
import { asBehaviours } from "./aggregates.ts";
import { wordsOf } from "./chains.ts";
import { isVariable } from "./ground.ts";
import { classOf, itemOf, pieceOf } from "./values.ts";
import type { Leaf } from "./leaf.ts";
import { anything, type Normal, normalOfLeaf, nothing } from "./literal.ts";

export type Formula =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "all" | "any"; readonly of: readonly Formula[] }
  | { readonly kind: "not"; readonly of: Formula }
  /** `holds` and `fails`: what is to be fulfilled where it holds, and where it does not. */
  | { readonly kind: "leaf"; readonly leaf: Leaf; readonly holds: Normal; readonly fails: Normal }
  /** True or false, nobody knows; the same name is the same truth. */
  | { readonly kind: "opaque"; readonly name: string }
  /** A fact about an event: that it lies in a scope. */
  | { readonly kind: "flag"; readonly name: string };

export const always: Formula = { kind: "constant", value: true };
export const never: Formula = { kind: "constant", value: false };

export function allOf(of: readonly Formula[]): Formula {
  const [only] = of;
  return of.length === 1 && only ? only : { kind: "all", of };
}

export function anyOf(of: readonly Formula[]): Formula {
  const [only] = of;
  return of.length === 1 && only ? only : { kind: "any", of };
}

export function notOf(of: Formula): Formula {
  return of.kind === "not" ? of.of : { kind: "not", of };
}

export function leafOf(leaf: Leaf): Formula {
  return { kind: "leaf", leaf, holds: normalOfLeaf(leaf, true), fails: normalOfLeaf(leaf, false) };
}

/** `where` gives the formula of a segment of the plan by its id; `say` says what is computed in other words. */
export function formulaOf(
  condition: Condition,
  where: (segment: string) => Formula,
  say: (condition: Condition) => Condition | null = asBehaviours,
): Formula {
  const inner = (part: Condition) => formulaOf(part, where, say);
  switch (condition.kind) {
    case "constant":
      return condition;
    case "all":
    case "any":
      return { kind: condition.kind, of: condition.of.map(inner) };
    case "not":
      return notOf(inner(condition.of));
    case "in segment":
      return where(condition.segment);
    case "chain": {
      const { enough, sure } = wordsOf(condition);
      const whole = allOf([opaqueOf(condition), ...sure.map(inner)]);
      return enough ? anyOf([inner(enough), whole]) : whole;
    }
    default: {
      if (isLeaf(condition)) return leafOf(condition);
      const said = say(condition);
      return said ? inner(said) : opaqueOf(condition);
    }
  }
}

const opaqueOf = (condition: Condition): Formula => ({ kind: "opaque", name: JSON.stringify(condition) });

const unreasoned: ReadonlySet<Condition["kind"]> = new Set(["chain", "in program", "matches regex"]);

/** Whether it is reasoned about. */
function isLeaf(condition: Condition): condition is Leaf {
  if (unreasoned.has(condition.kind)) return false;
  if (condition.kind === "contains" && pieceOf(condition) === null && itemOf(condition) === null) return false;
  if (condition.kind === "matches glob" && classOf(condition.term) !== "text") return false;
  return termsOf(condition).every((term) => isVariable(term) || term.kind === "literal" || term.kind === "moment");
}

/** How many leaves a formula has, written out; a shared part is measured once. */
export function sizeOf(formula: Formula, sizes = new Map<Formula, number>()): number {
  const known = sizes.get(formula);
  if (known !== undefined) return known;
  const size = measure(formula, sizes);
  sizes.set(formula, size);
  return size;
}

function measure(formula: Formula, sizes: Map<Formula, number>): number {
  switch (formula.kind) {
    case "constant":
      return 0;
    case "all":
    case "any":
      return formula.of.reduce((sum, part) => sum + sizeOf(part, sizes), 0);
    case "not":
      return sizeOf(formula.of, sizes);
    case "leaf":
      return formula.leaf.kind === "one of" ? formula.leaf.values.length : 1;
    case "opaque":
    case "flag":
      return 1;
    default:
      return unreachable(formula);
  }
}

export function normalOf(formula: Formula, holds = true): Normal {
  switch (formula.kind) {
    case "constant":
      return formula.value === holds ? anything : nothing;
    case "all":
    case "any":
      return {
        kind: (formula.kind === "all") === holds ? "all" : "any",
        of: formula.of.map((part) => normalOf(part, holds)),
      };
    case "not":
      return normalOf(formula.of, !holds);
    case "leaf":
      return holds ? formula.holds : formula.fails;
    case "opaque":
    case "flag":
      return { kind: formula.kind, name: formula.name, about: `${formula.kind} ${formula.name}`, holds };
    default:
      return unreachable(formula);
  }
}
