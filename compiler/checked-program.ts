// Programs, checked: steps still nested as written, conditions bound and typed.

import type { RateUnit } from "../grammar/ast/declaration.ts";
import type { Span } from "../grammar/span.ts";
import type { Checked, CheckedBehaviour, CheckedValue, Operand } from "./checked.ts";
import type { Starts } from "./context.ts";
import type { Length } from "./ir/condition.ts";
import type { Type } from "./types.ts";
import type { ClockTime, Enter, OnFailure, PointInTime, Recurrence, WaitUntil } from "./ir/program.ts";

/** A date or datetime field moved by `offset`; `time` null where the field brings its own. */
export interface CheckedDate {
  readonly operand: Operand;
  readonly isAnniversary: boolean;
  readonly offset: Length | null;
  readonly time: ClockTime | null;
  readonly span: Span;
}

export type CheckedTrigger =
  /** `rest`: the other conditions of the branch. */
  | { readonly kind: "event"; readonly behaviour: CheckedBehaviour; readonly rest: readonly Checked[] }
  /** A field or a stage that changed; `rest`: the other conditions of the branch. */
  | { readonly kind: "change"; readonly operand: Operand; readonly rest: readonly Checked[]; readonly span: Span }
  | { readonly kind: "edge"; readonly when: Checked; readonly enrolsPresent: boolean }
  | { readonly kind: "every"; readonly recurrence: Recurrence }
  | { readonly kind: "at"; readonly at: PointInTime }
  | ({ readonly kind: "date" } & CheckedDate);

export type CheckedUntil = Exclude<WaitUntil, { readonly kind: "date" }> | ({ readonly kind: "date" } & CheckedDate);

export type CheckedSet =
  | { readonly kind: "unknown" }
  | { readonly kind: "value" | "add" | "remove"; readonly value: CheckedValue }
  | { readonly kind: "list"; readonly values: readonly CheckedValue[] };

export interface CheckedBranch {
  readonly when: Checked;
  readonly steps: readonly CheckedStep[];
}

/** `share` in percent. */
export interface CheckedArm {
  readonly name: string | null;
  readonly share: number;
  readonly steps: readonly CheckedStep[];
}

export interface CheckedWinner {
  readonly by: "open" | "click" | "goal";
  readonly after: Length;
  readonly needs: number;
}

export interface TypedValue {
  readonly type: Type;
  readonly value: CheckedValue;
}

/** What a call tells the webhook under one name; null is `unknown`. */
export interface CheckedPart {
  readonly name: string;
  readonly value: TypedValue | readonly TypedValue[] | null;
}

export type CheckedStep = { readonly span: Span; readonly label: string | null } & (
  | {
      readonly kind: "send";
      readonly email: string;
      /** null: the first one whose condition holds, else the email as it is. */
      readonly variant: string | null;
      /** null: the contact's address. */
      readonly to: Operand | null;
      readonly onlyIf: Checked | null;
    }
  | { readonly kind: "wait"; readonly length: Length }
  | { readonly kind: "wait until"; readonly until: CheckedUntil }
  | {
      readonly kind: "wait for";
      readonly limit: Length;
      readonly until: Checked;
      readonly same: string | null;
      readonly came: readonly CheckedStep[];
      readonly otherwise: readonly CheckedStep[];
    }
  | {
      readonly kind: "choose";
      readonly branches: readonly CheckedBranch[];
      readonly otherwise: readonly CheckedStep[];
    }
  | { readonly kind: "split"; readonly arms: readonly CheckedArm[] }
  | {
      readonly kind: "experiment";
      readonly name: string;
      readonly arms: readonly CheckedArm[];
      readonly winner: CheckedWinner | null;
    }
  | { readonly kind: "set"; readonly operand: Operand; readonly value: CheckedSet }
  | { readonly kind: "add to" | "remove from"; readonly list: string }
  | { readonly kind: "subscribe to" | "unsubscribe from"; readonly topic: string }
  | { readonly kind: "hand off"; readonly team: string; readonly note: string | null }
  | { readonly kind: "call"; readonly webhook: string; readonly parts: readonly CheckedPart[] }
  | { readonly kind: "continue in"; readonly program: string }
  | { readonly kind: "go to"; readonly target: string }
  | { readonly kind: "suppress" | "stop" }
  /** Reported already. */
  | { readonly kind: "unchecked" }
);

export interface CheckedProgram {
  readonly name: string;
  readonly doc: string | null;
  readonly why: string | null;
  readonly owner: string | null;
  readonly segment: { readonly name: string; readonly args: readonly CheckedValue[] } | null;
  readonly starts: Starts;
  readonly triggers: readonly CheckedTrigger[];
  readonly onlyIf: Checked | null;
  readonly enter: Enter;
  readonly goal: { readonly when: Checked; readonly within: Length | null; readonly target: number | null } | null;
  readonly exits: readonly Checked[];
  /** In percent. */
  readonly holdOut: number | null;
  readonly edits: "follow" | "pin";
  readonly onFailure: OnFailure;
  readonly closesAt: PointInTime | null;
  readonly sendAtMost: { readonly emails: number; readonly per: RateUnit } | null;
  readonly steps: readonly CheckedStep[];
  readonly span: Span;
}
