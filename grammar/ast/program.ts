// Programs and their steps as written.

import type { Node } from "../span.ts";
import type { Declared, RateUnit } from "./declaration.ts";
import type {
  ClockValue,
  DateTimeValue,
  Duration,
  Expr,
  Name,
  NumberValue,
  PercentValue,
  Text,
  Value,
} from "./expr.ts";

export interface Time extends Node {
  readonly kind: "time";
  readonly clock: ClockValue;
  readonly local: boolean;
}
export interface DateField extends Node {
  readonly kind: "date field";
  readonly anniversary: boolean;
  readonly name: Name;
  readonly time: Time | null;
}
export interface Recurrence extends Node {
  readonly kind: "recurrence";
  /** `day`, `month`, `quarter`, or a weekday. */
  readonly every: Name;
  readonly time: Time | null;
}
export interface Offset extends Node {
  readonly kind: "offset";
  readonly duration: Duration;
  readonly direction: "before" | "after";
}

export type Head = Node &
  (
    | { readonly kind: "start when"; readonly when: Expr }
    | { readonly kind: "start every"; readonly recurrence: Recurrence }
    | { readonly kind: "start at" | "closes at"; readonly at: DateTimeValue; readonly local: boolean }
    | { readonly kind: "start on"; readonly offset: Offset | null; readonly date: DateField }
    | { readonly kind: "only if" | "exit when"; readonly when: Expr }
    | { readonly kind: "enter once"; readonly per: Name | null }
    | { readonly kind: "enter again"; readonly after: Duration }
    | { readonly kind: "enter every time" }
    | { readonly kind: "hold out"; readonly share: PercentValue }
    | {
        readonly kind: "goal";
        readonly when: Expr;
        readonly within: Duration | null;
        readonly target: PercentValue | null;
      }
    | { readonly kind: "edits"; readonly mode: "follow" | "pin" }
    | { readonly kind: "on failure"; readonly mode: "skip" | "stop" | "exit" }
    | { readonly kind: "send at most"; readonly emails: NumberValue; readonly per: RateUnit }
    | { readonly kind: "why" | "owner"; readonly text: Text }
  );

export type Assign = Node & {
  readonly kind: "assign";
  readonly name: Name;
  /** null is `unknown`; an array is a list in parentheses. */
  readonly value: Value | readonly Value[] | null;
};

export type WaitUntil =
  | { readonly kind: "weekday"; readonly weekday: Name; readonly time: Time }
  | { readonly kind: "clock"; readonly time: Time }
  | { readonly kind: "moment"; readonly at: DateTimeValue; readonly local: boolean }
  | { readonly kind: "date"; readonly offset: Offset | null; readonly date: DateField };

export interface Branch extends Node {
  readonly kind: "branch";
  readonly when: Expr;
  readonly then: Block;
}
export interface Arm extends Node {
  readonly kind: "arm";
  /** null in a `split`. */
  readonly name: Name | null;
  readonly share: PercentValue;
  readonly block: Block;
}
export interface Winner extends Node {
  readonly kind: "winner";
  readonly by: "open" | "click" | "goal";
  readonly after: Duration;
  readonly needs: NumberValue;
}
export interface Block extends Node {
  readonly kind: "block";
  readonly steps: readonly Step[];
}

interface Labelled extends Node {
  readonly label: Name | null;
}
export type Step = Labelled &
  (
    | {
        readonly kind: "send";
        readonly email: Name;
        readonly variant: Name | null;
        readonly to: Name | null;
        readonly onlyIf: Expr | null;
      }
    | { readonly kind: "wait"; readonly duration: Duration }
    | { readonly kind: "wait until"; readonly until: WaitUntil }
    | {
        readonly kind: "wait up to";
        readonly limit: Duration;
        readonly until: Expr;
        readonly same: Name | null;
        readonly then: Block | null;
        readonly otherwise: Block | null;
      }
    | { readonly kind: "if"; readonly branches: readonly Branch[]; readonly otherwise: Block | null }
    | { readonly kind: "split"; readonly arms: readonly Arm[] }
    | {
        readonly kind: "experiment";
        readonly name: Name;
        readonly arms: readonly Arm[];
        readonly winner: Winner | null;
      }
    | { readonly kind: "set"; readonly assign: Assign }
    | { readonly kind: "set add" | "set remove"; readonly name: Name; readonly value: Value }
    | { readonly kind: "add to" | "remove from"; readonly list: Name }
    | { readonly kind: "hand off"; readonly team: Name; readonly note: Text | null }
    | { readonly kind: "call"; readonly webhook: Name; readonly assigns: readonly Assign[] }
    | { readonly kind: "continue in"; readonly program: Name }
    | { readonly kind: "go to"; readonly target: Name }
    | { readonly kind: "subscribe to" | "unsubscribe from"; readonly topic: Name }
    | { readonly kind: "suppress" | "stop" }
  );

export interface Program extends Declared {
  readonly kind: "program";
  readonly name: Name;
  readonly segment: Name | null;
  readonly args: readonly Value[] | null;
  /** In the order written; a head behind a step is reported by the checker, which needs both in one list. */
  readonly parts: readonly (Head | Step)[];
}
