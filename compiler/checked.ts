// The checked tree: every name bound, every value fitting its type. Parameters still stand where arguments will.

import type { AggregateFunction } from "../grammar/ast/expr.ts";
import type { Span } from "../grammar/span.ts";
import type { EventTable } from "./ir/catalog.ts";
import type { Length, Literal, Moment, Op, PlainTerm } from "./ir/condition.ts";
import type { Type } from "./types.ts";

export type CheckedValue =
  | { readonly kind: "literal"; readonly literal: Literal }
  | { readonly kind: "length"; readonly length: Length }
  /** A place in time: from its first instant to `end`, which is outside; `end` null: that instant alone. */
  | { readonly kind: "point"; readonly start: Moment; readonly end: Moment | null }
  | { readonly kind: "term"; readonly term: CheckedTerm }
  | { readonly kind: "parameter"; readonly name: string };

/** What is read of a person, or of an event inside `where (…)`. */
export type CheckedTerm =
  | PlainTerm
  | CheckedAggregate
  /** The day of every year on which a date comes round again. */
  | { readonly kind: "anniversary"; readonly of: CheckedTerm }
  | { readonly kind: "derived"; readonly field: DerivedField };

/** A derived field, as conditions and mails see it. */
export interface DerivedField {
  readonly name: string;
  readonly type: Type;
  /** What it stands for where that is one thing: it is then compared like that. */
  readonly source: Operand | null;
}

/** One value out of all events of a kind. */
export interface CheckedAggregate {
  readonly kind: "aggregate";
  readonly function: AggregateFunction;
  readonly event: EventTable;
  /** Null: the events themselves, or when they happened; so does `at`. */
  readonly property: string | null;
  readonly where: Checked | null;
  readonly window: CheckedWindow | null;
  readonly type: Type;
}

/** What is compared: a field, a property, when an event happened, or what is computed from them. */
export interface Operand {
  readonly term: CheckedTerm;
  readonly type: Type;
  /** As the writer calls it: `seats`, `company.plan`, `sum of purchased.amount in 1y`. */
  readonly name: string;
}

export type CheckedWindow =
  | { readonly kind: "last"; readonly length: CheckedValue }
  | { readonly kind: "since"; readonly start: Moment }
  | { readonly kind: "before"; readonly bound: CheckedValue }
  /** Both ends included. */
  | { readonly kind: "between"; readonly low: CheckedValue; readonly high: CheckedValue }
  | { readonly kind: "since start" | "ever" };

/** Events of a kind, some or all. */
export interface CheckedEventTerm {
  readonly event: EventTable;
  readonly email: string | null;
  readonly countsMachines: boolean;
  readonly where: Checked | null;
}

/** An event that came, or did not come, within a time after the link before it. */
export interface CheckedFollow extends CheckedEventTerm {
  readonly isNegated: boolean;
  readonly within: Length;
  /** A property that has one value in both. */
  readonly same: string | null;
  readonly span: Span;
}

export interface CheckedBehaviour extends CheckedEventTerm {
  readonly kind: "behaviour";
  readonly count: { readonly op: Op; readonly times: number } | null;
  readonly window: CheckedWindow | null;
  /** Never together with a count; a negated one comes last. */
  readonly follows: readonly CheckedFollow[];
  readonly span: Span;
}

export type Checked = { readonly span: Span } & (
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "all" | "any"; readonly of: readonly Checked[] }
  | { readonly kind: "not"; readonly of: Checked }
  /** `isNegated`: written as `!=`, `is not` or `not in`. */
  | {
      readonly kind: "compare";
      readonly op: Op;
      readonly isNegated: boolean;
      readonly operand: Operand;
      readonly value: CheckedValue;
    }
  | {
      readonly kind: "one of";
      readonly isNegated: boolean;
      readonly operand: Operand;
      readonly values: readonly CheckedValue[];
    }
  | { readonly kind: "between"; readonly operand: Operand; readonly low: CheckedValue; readonly high: CheckedValue }
  | { readonly kind: "known"; readonly isNegated: boolean; readonly operand: Operand }
  | { readonly kind: "starts with" | "ends with"; readonly operand: Operand; readonly text: string }
  /** In a list: whether all of the values are in it, or any. In a text: the same of pieces of text. */
  | {
      readonly kind: "contains";
      readonly isAll: boolean;
      readonly operand: Operand;
      readonly values: readonly CheckedValue[];
    }
  /** `isRegex` false: a glob over the whole text. */
  | { readonly kind: "matches"; readonly isRegex: boolean; readonly operand: Operand; readonly pattern: string }
  /** Contact fields and stages only, as far back as their history goes. */
  | { readonly kind: "changed"; readonly operand: Operand; readonly window: CheckedWindow | null }
  | { readonly kind: "has been"; readonly operand: Operand; readonly value: CheckedValue; readonly length: Length }
  | CheckedBehaviour
  | { readonly kind: "in program"; readonly name: string }
  | { readonly kind: "in segment"; readonly name: string; readonly args: readonly CheckedValue[] }
  | { readonly kind: "in list"; readonly name: string }
  | { readonly kind: "suppressed" }
  | { readonly kind: "subscribed" | "refused"; readonly topic: string }
  | { readonly kind: "sample"; readonly share: number }
  /** Reported already, or not available: nothing is known about it, and nothing is reported again. */
  | { readonly kind: "unchecked" }
);
