// Reports and tests as written.

import type { Node } from "../span.ts";
import type { Declared } from "./declaration.ts";
import type { CalendarNode, DateTimeValue, DateValue, Duration, Name, Text, Value } from "./expr.ts";
import type { Assign, Recurrence } from "./program.ts";

export type Measure = Node &
  (
    | { readonly kind: "measure"; readonly name: Name; readonly rate: boolean }
    | { readonly kind: "sum of"; readonly event: Name; readonly property: Name }
    | { readonly kind: "hand offs" | "time to goal" }
  );
export type ReportPart = Node &
  (
    | { readonly kind: "every"; readonly recurrence: Recurrence }
    | { readonly kind: "in"; readonly window: Duration | CalendarNode }
    | { readonly kind: "for" | "by"; readonly names: readonly Name[] }
    | { readonly kind: "show"; readonly measures: readonly Measure[] }
    | { readonly kind: "to"; readonly address: Text }
  );
export interface Report extends Declared {
  readonly kind: "report";
  readonly name: Name;
  readonly parts: readonly ReportPart[];
}

export interface Happened extends Node {
  readonly kind: "happened";
  readonly event: Name;
  readonly email: Name | null;
  readonly assigns: readonly Assign[];
  readonly times: number | null;
  readonly on: DateTimeValue | DateValue | null;
  readonly ago: Duration | null;
}

export type PersonState =
  | Happened
  | (Node &
      (
        | { readonly kind: "in list"; readonly list: Name }
        | { readonly kind: "subscribed to" | "unsubscribed from"; readonly topic: Name }
        | { readonly kind: "is held out" }
        | { readonly kind: "gets arm"; readonly arm: Name; readonly experiment: Name | null }
      ));
export type PersonAct =
  | Happened
  | (Node &
      (
        | { readonly kind: "assigns"; readonly assigns: readonly Assign[] }
        | { readonly kind: "enters" | "is ejected from"; readonly program: Name }
        | { readonly kind: "is forgotten" }
      ));
export type Many =
  | { readonly kind: "exactly"; readonly count: number }
  | { readonly kind: "between"; readonly low: number; readonly high: number };
export type Outcome = Node &
  (
    | { readonly kind: "in"; readonly negated: boolean; readonly name: Name }
    | {
        readonly kind: "was sent";
        readonly negated: boolean;
        readonly email: Name;
        readonly variant: Name | null;
        readonly to: Text | null;
        readonly saying: Text | null;
        readonly times: number | null;
        readonly on: DateTimeValue | DateValue | null;
      }
    | { readonly kind: "was handed off to"; readonly negated: boolean; readonly team: Name }
    | { readonly kind: "got arm"; readonly arm: Name; readonly experiment: Name | null }
    | { readonly kind: "is in program"; readonly negated: boolean; readonly program: Name }
    | { readonly kind: "is at"; readonly label: Name }
    | { readonly kind: "left" | "reached goal of"; readonly program: Name }
  );

export type Clause = Node &
  (
    | { readonly kind: "now is"; readonly at: DateTimeValue }
    | { readonly kind: "given contact"; readonly person: Name; readonly assigns: readonly Assign[] }
    | { readonly kind: "given company"; readonly company: Name; readonly assigns: readonly Assign[] }
    | { readonly kind: "given people"; readonly count: number; readonly assigns: readonly Assign[] }
    | {
        readonly kind: "given mail";
        readonly person: Name;
        readonly outcome: "is refused" | "fails";
        readonly times: number | null;
      }
    | { readonly kind: "given state"; readonly person: Name; readonly state: PersonState }
    | { readonly kind: "when"; readonly person: Name; readonly act: PersonAct }
    | { readonly kind: "when program"; readonly act: "pause" | "resume"; readonly program: Name }
    | { readonly kind: "after"; readonly duration: Duration }
    | { readonly kind: "at"; readonly at: DateTimeValue }
    | { readonly kind: "expect members"; readonly many: Many; readonly segment: Name }
    | { readonly kind: "expect sent"; readonly many: Many; readonly email: Name; readonly variant: Name | null }
    | {
        readonly kind: "expect value";
        readonly what: "score" | "stage" | "field";
        readonly name: Name;
        readonly person: Name;
        readonly check: { readonly kind: "="; readonly value: Value } | { readonly kind: "is known" | "is unknown" };
      }
    | { readonly kind: "expect"; readonly person: Name; readonly outcome: Outcome }
  );
export interface Test extends Declared {
  readonly kind: "test";
  readonly title: Text;
  readonly clauses: readonly Clause[];
}
