// Programs, checked: steps still nested as written, conditions bound and typed.

import type { Span } from "../grammar/span.ts";
import type { Checked, CheckedBehaviour, CheckedValue, Operand } from "./checked.ts";
import type { Starts } from "./context.ts";
import type { Length } from "./ir/condition.ts";
import type { ClockTime, Enter, WaitUntil } from "./ir/program.ts";

export type CheckedTrigger =
  /** `rest`: the other conditions of the branch. */
  | { readonly kind: "event"; readonly behaviour: CheckedBehaviour; readonly rest: readonly Checked[] }
  | { readonly kind: "edge"; readonly when: Checked; readonly enrolsPresent: boolean };

export type CheckedUntil =
  | Exclude<WaitUntil, { readonly kind: "date" }>
  | {
      readonly kind: "date";
      readonly operand: Operand;
      readonly offset: Length | null;
      readonly time: ClockTime | null;
      readonly span: Span;
    };

export type CheckedSet =
  | { readonly kind: "unknown" }
  | { readonly kind: "value" | "add" | "remove"; readonly value: CheckedValue }
  | { readonly kind: "list"; readonly values: readonly CheckedValue[] };

export interface CheckedBranch {
  readonly when: Checked;
  readonly steps: readonly CheckedStep[];
}

export type CheckedStep = { readonly span: Span; readonly label: string | null } & (
  | { readonly kind: "send"; readonly email: string; readonly onlyIf: Checked | null }
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
  | { readonly kind: "set"; readonly operand: Operand; readonly value: CheckedSet }
  | { readonly kind: "stop" }
  /** Reported already, or not available. */
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
  readonly steps: readonly CheckedStep[];
  readonly span: Span;
}
