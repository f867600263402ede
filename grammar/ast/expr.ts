// Conditions and values as written. Nothing here is resolved: a name may turn out to be a field or an event.

import type { Node } from "../span.ts";

export interface Name extends Node {
  readonly kind: "name";
  readonly text: string;
}

export interface Text extends Node {
  readonly kind: "text";
  /** With escapes undone. */
  readonly value: string;
}

export const units = ["min", "h", "d", "w", "mo", "y"] as const;
export type Unit = (typeof units)[number];

export interface Duration extends Node {
  readonly kind: "duration";
  readonly amount: number;
  readonly unit: Unit;
}

export const periodUnits = ["week", "month", "quarter", "year"] as const;
export type PeriodUnit = (typeof periodUnits)[number];
export type Calendar =
  | { readonly kind: "today" | "yesterday" | "tomorrow" }
  | { readonly kind: "this" | "last" | "next"; readonly unit: PeriodUnit };
export interface CalendarNode extends Node {
  readonly kind: "calendar";
  readonly calendar: Calendar;
}

/** A literal number keeps its digits, so that printing gives back what was written. */
export interface NumberValue extends Node {
  readonly kind: "number";
  readonly value: number;
  readonly digits: string;
  readonly currency: Name | null;
}
export interface PercentValue extends Node {
  readonly kind: "percent";
  /** `10%` is 10. */
  readonly value: number;
  readonly digits: string;
}
export interface DateValue extends Node {
  readonly kind: "date";
  /** yyyy-mm-dd, as written; whether that day exists is for the checker. */
  readonly value: string;
}
export interface DateTimeValue extends Node {
  readonly kind: "datetime";
  /** yyyy-mm-ddThh:mm[:ss]. */
  readonly value: string;
  /** `Z`, `+02:00`, or null for the project's zone. */
  readonly offset: string | null;
}
export interface ClockValue extends Node {
  readonly kind: "clock";
  readonly hour: number;
  readonly minute: number;
}
export interface Relative extends Node {
  readonly kind: "relative";
  readonly duration: Duration;
  readonly direction: "ago" | "from now";
}
export interface Instantly extends Node {
  readonly kind: "today" | "now";
}
export interface FieldValue extends Node {
  readonly kind: "field value";
  readonly name: Name;
}
export interface YesNo extends Node {
  readonly kind: "yes" | "no";
}

/** A bare `name` is an enum value, a parameter or a declared name: the type decides. */
export type Value =
  | FieldValue
  | Relative
  | DateValue
  | DateTimeValue
  | Instantly
  | NumberValue
  | PercentValue
  | Text
  | Name
  | YesNo
  | ClockValue
  | Duration;

export type Operand =
  | { readonly kind: "field"; readonly name: Name; readonly span: Node["span"] }
  | { readonly kind: "path"; readonly base: "company" | "event"; readonly name: Name; readonly span: Node["span"] }
  | { readonly kind: "score" | "stage" | "anniversary"; readonly name: Name; readonly span: Node["span"] }
  | Aggregate;

export type AggregateFunction =
  | "count of"
  | "count of distinct"
  | "sum of"
  | "average of"
  | "lowest"
  | "highest"
  | "first"
  | "last";
export interface Aggregate extends Node {
  readonly kind: "aggregate";
  readonly function: AggregateFunction;
  readonly event: Name;
  readonly property: Name | null;
  readonly where: Expr | null;
  readonly window: Window | null;
}

export type CompareOp = "=" | "!=" | "<" | "<=" | ">" | ">=";
export type Bound = Value | CalendarNode;

export type Check = Node &
  (
    | { readonly kind: "compare"; readonly op: CompareOp; readonly value: Value }
    | { readonly kind: "one of"; readonly negated: boolean; readonly values: readonly Value[] }
    | { readonly kind: "is"; readonly negated: boolean; readonly value: Value }
    | { readonly kind: "is known" | "is unknown"; readonly negated: boolean }
    | { readonly kind: "after" | "before"; readonly bound: Bound }
    | { readonly kind: "between"; readonly low: Value; readonly high: Value }
    | { readonly kind: "in calendar"; readonly calendar: CalendarNode }
    | { readonly kind: "changed"; readonly window: Window | null }
    | { readonly kind: "has been"; readonly value: Value; readonly duration: Duration }
    | { readonly kind: "contains"; readonly mode: "value" | "any of" | "all of"; readonly values: readonly Value[] }
    | { readonly kind: "starts with" | "ends with"; readonly text: Text }
    | { readonly kind: "matches"; readonly regex: boolean; readonly pattern: Text }
  );

export type Window = Node &
  (
    | { readonly kind: "in duration"; readonly duration: Duration }
    | { readonly kind: "in calendar"; readonly calendar: CalendarNode }
    | { readonly kind: "in parameter"; readonly name: Name }
    | { readonly kind: "since"; readonly date: DateValue }
    | { readonly kind: "since start" | "ever" }
    | { readonly kind: "before"; readonly bound: Bound }
    | { readonly kind: "between"; readonly low: Value; readonly high: Value }
  );

export type CountOp = "at least" | "at most" | "exactly" | "more than" | "fewer than";
export interface Count extends Node {
  readonly kind: "count";
  readonly op: CountOp;
  readonly times: number;
}

export interface EventTerm extends Node {
  readonly kind: "event term";
  readonly event: Name;
  readonly email: Name | null;
  readonly machines: boolean;
  readonly where: Expr | null;
}
export interface Follow extends Node {
  readonly kind: "follow";
  readonly negated: boolean;
  readonly term: EventTerm;
  readonly within: Duration;
  readonly same: Name | null;
}
/** Also what a bare field with `before`, `between` or `in last month` parses to: the resolver decides by the name. */
export interface Behaviour extends Node {
  readonly kind: "behaviour";
  readonly term: EventTerm;
  readonly count: Count | null;
  readonly window: Window | null;
  readonly follows: readonly Follow[];
}

export interface And extends Node {
  readonly kind: "and";
  readonly terms: readonly Expr[];
}
export interface Or extends Node {
  readonly kind: "or";
  readonly terms: readonly Expr[];
}
export interface Not extends Node {
  readonly kind: "not";
  readonly term: Expr;
}
/** Parentheses as written. */
export interface Group extends Node {
  readonly kind: "group";
  readonly inner: Expr;
}
export interface Sample extends Node {
  readonly kind: "sample";
  readonly share: PercentValue;
}
/** `in Customers`, `in Quiet(60d)`: a segment or a list. */
export interface Member extends Node {
  readonly kind: "member";
  readonly name: Name;
  readonly args: readonly Value[] | null;
}
export interface InProgram extends Node {
  readonly kind: "in program";
  readonly name: Name;
}
export interface Consent extends Node {
  readonly kind: "subscribed to" | "unsubscribed from";
  readonly topic: Name;
}
export interface Checked extends Node {
  readonly kind: "checked";
  readonly operand: Operand;
  readonly check: Check;
}

export type Expr = And | Or | Not | Group | Sample | Member | InProgram | Consent | Checked | Behaviour;
