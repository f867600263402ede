// Conditions without sugar. Every condition is two-valued: no comparison is ever "unknown".

import type { AggregateFunction, Calendar, Unit } from "../../grammar/ast/expr.ts";
import type { Type } from "../types.ts";

/** A signed length of calendar time: `min` and `h` are exact, the others keep the wall clock of the project's zone. */
export interface Length {
  readonly amount: number;
  readonly unit: Unit;
}

/** A place in time that is known once the instant of evaluation is. Always resolved in the project's zone. */
export type Moment =
  | { readonly kind: "now" }
  /** `now` moved by a length; negative amounts lie in the past. */
  | { readonly kind: "shift"; readonly by: Length }
  /** ISO 8601 in UTC. */
  | { readonly kind: "instant"; readonly utc: string }
  /** First instant of a day (yyyy-mm-dd), or of the day behind it. */
  | { readonly kind: "day"; readonly date: string; readonly edge: "start" | "end" }
  /** First instant of a calendar period, or of the one behind it. */
  | { readonly kind: "period"; readonly calendar: Calendar; readonly edge: "start" | "end" };

/** Money is a decimal string; an instant is ISO 8601 in UTC; a duration is in seconds (d = 24h, mo = 30d, y = 365d). */
export type Literal =
  | { readonly kind: "text" | "money" | "day" | "instant"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean };

/** A stored value, or one that is written or looked up in a calendar. */
export type PlainTerm =
  | { readonly kind: "field"; readonly name: string; readonly type: Type }
  | { readonly kind: "company field"; readonly name: string; readonly type: Type }
  /** `event.plan`: a property of the enrollment's starting event; unknown for who came without one. */
  | {
      readonly kind: "start property";
      readonly name: string;
      readonly type: Type;
      /** Event kinds among the program's triggers that have this property. */
      readonly events: readonly string[];
    }
  /** Inside a behaviour's `where` only. */
  | { readonly kind: "property"; readonly name: string; readonly type: Type }
  | { readonly kind: "occurred at" }
  /** Never unknown. */
  | { readonly kind: "score"; readonly name: string; readonly type: Type }
  /** Where a person is in a funnel: the stage's name, or its place among the stages, from 1. */
  | { readonly kind: "stage"; readonly name: string; readonly type: Type; readonly as: "name" | "place" }
  | { readonly kind: "literal"; readonly literal: Literal }
  /** Resolved to a day where it is compared with a date, else to an instant. */
  | { readonly kind: "moment"; readonly moment: Moment; readonly as: "day" | "instant" };

/** A value: stored, written, or computed. */
export type Term = PlainTerm | Aggregate | Anniversary | FirstKnown | Chosen;

/** How two terms are compared: text ignoring letter case and outer space; exact text byte for byte; all else as it is. */
export type Comparison = "text" | "exact" | "plain";
export type Op = "=" | "<" | "<=" | ">" | ">=";

export interface Compare {
  readonly kind: "compare";
  readonly op: Op;
  readonly left: Term;
  readonly right: Term;
  readonly by: Comparison;
}

/** Which events count (rule 16). `all`: everything. `enrollment`: this enrollment's. `wait`: since the send before the wait. */
export type Scope = "all" | "enrollment" | "wait";

/** Some events of a kind. */
export interface Selection {
  /** Name of an event, or of the history of a contact field: see sql/history.ts. Never `everyone`, which lowers to a constant. */
  readonly event: string;
  /** Only events of this email (mail events only). */
  readonly email: string | null;
  /** False: machine opens and clicks are left out. */
  readonly countsMachines: boolean;
  readonly where: Condition | null;
  /** Included. null: from the beginning (of the scope). */
  readonly from: Moment | null;
  /** null: up to now, which is included. Events after now never count. */
  readonly until: { readonly moment: Moment; readonly isIncluded: boolean } | null;
  readonly scope: Scope;
}

export interface Behaviour extends Selection {
  readonly kind: "behaviour";
  /** null: at least one. */
  readonly count: { readonly op: Op; readonly times: number } | null;
  /** Column whose distinct values are counted (`message`, or the event's key); null: each event once. */
  readonly distinct: string | null;
}

/** One value out of some events. Of none a count or sum is 0, all else unknown. */
export interface Aggregate extends Selection {
  readonly kind: "aggregate";
  readonly function: AggregateFunction;
  /** null: the events themselves, or when they happened; so does `at`. */
  readonly property: string | null;
  /** How values of the property are told apart and put in order. */
  readonly by: Comparison;
  /** As of a behaviour, for `count of`. */
  readonly distinct: string | null;
  readonly type: Type;
}

/** The first day on or behind `from` on which a date comes round again; the day itself is its first. */
export interface Anniversary {
  readonly kind: "anniversary";
  readonly of: Term;
  readonly from: Term;
  readonly type: Type;
}

/** What is to come, or not to come, behind the event before it: strictly later, and at most `within` later. */
export interface Link {
  readonly isNegated: boolean;
  /** Without a count and a window. */
  readonly event: Behaviour;
  readonly within: Length;
  /** A property that is known and the same in both; an unknown one is the same as none. */
  readonly same: { readonly name: string; readonly by: Comparison } | null;
}

/** Some event that all links follow, one behind the other. A negated link is the last, and holds once its time is over. */
export interface Chain {
  readonly kind: "chain";
  /** Without a count; its window is the chain's, and links are of its scope. */
  readonly first: Behaviour;
  readonly links: readonly Link[];
}

export interface FirstKnown {
  readonly kind: "first known";
  readonly of: readonly Term[];
  readonly type: Type;
}

/** The value of the first arm that holds; `otherwise` null: unknown where none does. */
export interface Chosen {
  readonly kind: "chosen";
  readonly arms: readonly { readonly value: Literal; readonly when: Condition }[];
  readonly otherwise: Literal | null;
  readonly type: Type;
}

interface Matching {
  readonly term: Term;
  readonly pattern: string;
  readonly by: "text" | "exact";
}

export type Condition =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  /** False where either side is unknown. */
  | Compare
  | {
      readonly kind: "one of";
      readonly term: Term;
      readonly values: readonly Term[];
      readonly by: Comparison;
    }
  | { readonly kind: "known"; readonly term: Term }
  | {
      readonly kind: "starts with" | "ends with";
      readonly term: Term;
      readonly text: string;
      readonly by: "text" | "exact";
    }
  /** The value is in the list, or a piece of the text. */
  | { readonly kind: "contains"; readonly term: Term; readonly value: Term; readonly by: Comparison }
  /** A glob is about the whole text; an expression, in the syntax of RE2, is looked for in it. */
  | ({ readonly kind: "matches glob" } & Matching)
  | ({ readonly kind: "matches regex" } & Matching)
  | Behaviour
  | Chain
  /** Id of a segment of the plan, arguments filled in. */
  | { readonly kind: "in segment"; readonly segment: string }
  | { readonly kind: "in list"; readonly list: string }
  /** Has an enrollment there that goes on now. */
  | { readonly kind: "in program"; readonly program: string }
  /** The built-in segment Suppressed: the address bounced for good, complained, or was suppressed. */
  | { readonly kind: "suppressed" }
  | { readonly kind: "subscribed" | "refused"; readonly topic: string }
  /** `hash(project seed, segment, contact)` below the share; `share` in percent. */
  | { readonly kind: "sample"; readonly share: number; readonly salt: string };

/** Terms of a condition itself with those inside them, not of the conditions within it. */
export function termsOf(condition: Condition): readonly Term[] {
  return outerTerms(condition).flatMap(termsIn);
}

/** A term and those inside it. */
export function termsIn(term: Term): readonly Term[] {
  if (term.kind === "anniversary") return [term, ...termsIn(term.of), ...termsIn(term.from)];
  return term.kind === "first known" ? [term, ...term.of.flatMap(termsIn)] : [term];
}

function outerTerms(condition: Condition): readonly Term[] {
  switch (condition.kind) {
    case "compare":
      return [condition.left, condition.right];
    case "one of":
      return [condition.term, ...condition.values];
    case "contains":
      return [condition.term, condition.value];
    case "known":
    case "starts with":
    case "ends with":
    case "matches glob":
    case "matches regex":
      return [condition.term];
    default:
      return [];
  }
}

/** Conditions within a condition, those that its terms hold included. */
export function childrenOf(condition: Condition): readonly Condition[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.of;
    case "not":
      return [condition.of];
    case "behaviour":
      return condition.where ? [condition.where] : [];
    case "chain":
      return [condition.first, ...condition.links.map(({ event }) => event)];
    default:
      return termsOf(condition).flatMap(conditionsOf);
  }
}

/** Conditions that a term holds. */
export function conditionsOf(term: Term): readonly Condition[] {
  if (term.kind === "chosen") return term.arms.map(({ when }) => when);
  return term.kind === "aggregate" && term.where ? [term.where] : [];
}

/** Those of the terms inside it, too. */
export function conditionsIn(term: Term): readonly Condition[] {
  return termsIn(term).flatMap(conditionsOf);
}

/** The same condition with other terms in the place of its own. */
export function withTerms(condition: Condition, change: (term: Term) => Term): Condition {
  switch (condition.kind) {
    case "compare":
      return { ...condition, left: change(condition.left), right: change(condition.right) };
    case "one of":
      return { ...condition, term: change(condition.term), values: condition.values.map(change) };
    case "contains":
      return { ...condition, term: change(condition.term), value: change(condition.value) };
    case "known":
    case "starts with":
    case "ends with":
    case "matches glob":
    case "matches regex":
      return { ...condition, term: change(condition.term) };
    default:
      return condition;
  }
}
