// Conditions as SQL booleans. Unknown is false before it can reach a NOT, so that `not X` is the exact complement of X.

import { unreachable } from "../../grammar/unreachable.ts";
import type { Behaviour, Compare, Condition, Term } from "../ir/condition.ts";
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
      return `${print(condition.term, scene)} IS NOT NULL`;
    case "compare":
    case "one of":
    case "starts with":
    case "ends with":
      return mode.settle(printComparison(condition, scene));
    case "behaviour":
    case "in segment":
    case "in list":
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
  switch (condition.kind) {
    case "known":
      return `${print(condition.term, scene)} IS NULL`;
    case "compare":
    case "one of":
    case "starts with":
    case "ends with":
      return scene.dialect.isNotTrue(printComparison(condition, scene));
    default:
      return `NOT ${printWith(condition, scene, { settle: scene.dialect.isTrue, isNegated: true })}`;
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
