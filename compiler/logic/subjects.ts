// What formulas are about: two that have nothing in common say nothing of each other.

import { unreachable } from "../../grammar/unreachable.ts";
import type { Formula } from "./formula.ts";
import { isVariable, nameOf } from "./ground.ts";
import type { Leaf } from "./leaf.ts";
import { termsOf } from "./values.ts";

export type Subjects = Map<Formula, ReadonlySet<string>>;

/** A field, a kind of event, a list, a topic; a company and what is read of it are one. */
export function subjectsOf(formula: Formula, known: Subjects): ReadonlySet<string> {
  const before = known.get(formula);
  if (before) return before;
  const subjects = new Set(ownSubjects(formula, known));
  known.set(formula, subjects);
  return subjects;
}

export function isRelated(left: Formula, right: Formula, known: Subjects): boolean {
  const others = subjectsOf(right, known);
  return [...subjectsOf(left, known)].some((subject) => others.has(subject));
}

function ownSubjects(formula: Formula, known: Subjects): readonly string[] {
  switch (formula.kind) {
    case "constant":
      return [];
    case "all":
    case "any":
      return formula.of.flatMap((part) => [...subjectsOf(part, known)]);
    case "not":
      return [...subjectsOf(formula.of, known)];
    case "leaf":
      return subjectsOfLeaf(formula.leaf);
    case "opaque":
    case "flag":
      return [`${formula.kind} ${formula.name}`];
    default:
      return unreachable(formula);
  }
}

function subjectsOfLeaf(leaf: Leaf): readonly string[] {
  switch (leaf.kind) {
    case "behaviour":
      return [`event ${leaf.event}`];
    case "in list":
      return [`list ${leaf.list}`];
    case "suppressed":
      return ["suppressed"];
    case "subscribed":
    case "refused":
      return [`topic ${leaf.topic}`];
    case "sample":
      return [`sample ${leaf.salt}`];
    default:
      return termsOf(leaf)
        .filter(isVariable)
        .map((term) => (term.kind === "company field" ? "field company" : nameOf(term)));
  }
}
