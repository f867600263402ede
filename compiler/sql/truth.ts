// Conditions as SQL booleans. Unknown is false before it can reach a NOT, so that `not X` is the exact complement of X.

import { unreachable } from "../../grammar/unreachable.ts";
import type { Compare, Condition, Term } from "../ir/condition.ts";
import type { Builder } from "./builder.ts";
import type { Dialect } from "./dialect.ts";
import { type Places, printTerm } from "./terms.ts";

/** Conditions that read other rows than the one they are judged for. */
export type Leaf = Extract<
  Condition,
  { kind: "behaviour" | "in segment" | "in list" | "suppressed" | "subscribed" | "refused" | "sample" }
>;

export interface Scene {
  readonly builder: Builder;
  readonly dialect: Dialect;
  readonly places: Places;
  /** The project's: days are days there. */
  readonly zone: string;
  /** A boolean that is never NULL. */
  leaf(leaf: Leaf): string;
}

/** A boolean that is never NULL. */
export function printTruth(condition: Condition, scene: Scene): string {
  return printWith(condition, scene, scene.dialect.isTrue);
}

/** For a WHERE, where NULL counts as false anyway. */
export function printFilter(condition: Condition, scene: Scene): string {
  return printWith(condition, scene, (bare) => bare);
}

function printWith(condition: Condition, scene: Scene, settle: (bare: string) => string): string {
  switch (condition.kind) {
    case "constant":
      return condition.value ? "true" : "false";
    case "all":
    case "any": {
      const word = condition.kind === "all" ? " AND " : " OR ";
      return `(${condition.of.map((child) => printWith(child, scene, settle)).join(word)})`;
    }
    case "not":
      return printNot(condition.of, scene);
    case "known":
      return `${print(condition.term, scene)} IS NOT NULL`;
    case "compare":
    case "one of":
    case "starts with":
    case "ends with":
      return settle(printComparison(condition, scene));
    case "behaviour":
    case "in segment":
    case "in list":
    case "suppressed":
    case "subscribed":
    case "refused":
    case "sample":
      return scene.leaf(condition);
    default:
      return unreachable(condition);
  }
}

function printNot(condition: Condition, scene: Scene): string {
  switch (condition.kind) {
    case "known":
      return `${print(condition.term, scene)} IS NULL`;
    case "compare":
    case "one of":
    case "starts with":
    case "ends with":
      return scene.dialect.isNotTrue(printComparison(condition, scene));
    default:
      return `NOT ${printTruth(condition, scene)}`;
  }
}

type Comparing = Extract<Condition, { kind: "compare" | "one of" | "starts with" | "ends with" }>;

/** NULL where a side is unknown. */
function printComparison(condition: Comparing, scene: Scene): string {
  const fold = (term: string) => (condition.by === "text" ? scene.dialect.fold(term) : term);
  switch (condition.kind) {
    case "compare":
      return printCompare(condition, scene, fold);
    case "one of": {
      const values = condition.values.map((value) => fold(print(value, scene)));
      return `${fold(print(condition.term, scene))} IN (${values.join(", ")})`;
    }
    case "starts with":
    case "ends with": {
      const text = fold(print(condition.term, scene));
      const part = fold(scene.builder.param({ kind: "text", value: condition.text }));
      return condition.kind === "starts with"
        ? scene.dialect.startsWith(text, part)
        : scene.dialect.endsWith(text, part);
    }
    default:
      return unreachable(condition);
  }
}

function printCompare({ op, left, right }: Compare, scene: Scene, fold: (term: string) => string): string {
  const isByDay = isDay(left) || isDay(right);
  const side = (term: Term) => fold(isByDay && !isDay(term) ? printDay(term, scene) : print(term, scene));
  return `${side(left)} ${op} ${side(right)}`;
}

function isDay(term: Term): boolean {
  if (term.kind === "literal") return term.literal.kind === "day";
  if (term.kind === "moment") return term.as === "day";
  return "type" in term && term.type.scalar.kind === "date";
}

/** The day of an instant in the project's zone: a date compares by day. */
function printDay(term: Term, scene: Scene): string {
  return scene.dialect.dayOf(print(term, scene), scene.builder.param({ kind: "text", value: scene.zone }));
}

function print(term: Term, scene: Scene): string {
  return printTerm(term, scene.places, scene.builder);
}
