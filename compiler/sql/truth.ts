// Conditions as SQL booleans. Unknown is false before it can reach a NOT, so that `not X` is the exact complement of X.

import { unreachable } from "../../grammar/unreachable.ts";
import type { Behaviour, Condition } from "../ir/condition.ts";
import { isComparing, printComparison } from "./comparison.ts";
import { printTerm, type Reader } from "./terms.ts";

/** Conditions that read other rows than the one they are judged for. */
export type Leaf = Extract<
  Condition,
  {
    kind:
      | "behaviour"
      | "chain"
      | "in segment"
      | "in list"
      | "in program"
      | "suppressed"
      | "subscribed"
      | "refused"
      | "sample";
  }
>;

export interface Scene extends Reader {
  /** A boolean that is never NULL. */
  leaf(leaf: Leaf): string;
  /** Whether it only asks for some event, which nothing else in the statement reads. */
  isAlone(leaf: Leaf): leaf is Behaviour;
  /** Whether some of those behaviours holds, as a test of membership; never below a NOT. */
  someAlone(behaviours: readonly Behaviour[]): string;
}

/** A boolean that is never NULL. */
export function printTruth(condition: Condition, scene: Scene): string {
  return printWith(condition, scene, { settle: scene.dialect.isTrue, isNegated: false });
}

/** For a WHERE, where NULL counts as false anyway. */
export function printFilter(condition: Condition, scene: Scene): string {
  return printWith(condition, scene, { settle: (bare) => bare, isNegated: false });
}

interface Mode {
  /** Makes a bare comparison fit its place. */
  settle(bare: string): string;
  /** Below a NOT. */
  readonly isNegated: boolean;
}

function printWith(condition: Condition, scene: Scene, mode: Mode): string {
  if (isComparing(condition)) return mode.settle(printComparison(condition, scene));
  switch (condition.kind) {
    case "constant":
      return condition.value ? "true" : "false";
    case "all":
      return `(${condition.of.map((child) => printWith(child, scene, mode)).join(" AND ")})`;
    case "any":
      return printAny(condition.of, scene, mode);
    case "not":
      return printNot(condition.of, scene);
    case "known":
      return `${printTerm(condition.term, scene)} IS NOT NULL`;
    case "behaviour":
    case "chain":
    case "in segment":
    case "in list":
    case "in program":
    case "suppressed":
    case "subscribed":
    case "refused":
    case "sample":
      return !mode.isNegated && scene.isAlone(condition) ? scene.someAlone([condition]) : scene.leaf(condition);
    default:
      return unreachable(condition);
  }
}

/** Behaviours that only ask for some event are one test of membership together. */
function printAny(conditions: readonly Condition[], scene: Scene, mode: Mode): string {
  const isAlone = (child: Condition): child is Behaviour =>
    !mode.isNegated && child.kind === "behaviour" && scene.isAlone(child);
  const alone = conditions.filter(isAlone);
  const others = conditions.filter((child) => !isAlone(child)).map((child) => printWith(child, scene, mode));
  const parts = alone.length > 0 ? [...others, scene.someAlone(alone)] : others;
  return parts.length === 1 ? parts.join("") : `(${parts.join(" OR ")})`;
}

function printNot(condition: Condition, scene: Scene): string {
  if (isComparing(condition)) return scene.dialect.isNotTrue(printComparison(condition, scene));
  if (condition.kind === "known") return `${printTerm(condition.term, scene)} IS NULL`;
  return `NOT ${printWith(condition, scene, { settle: scene.dialect.isTrue, isNegated: true })}`;
}
