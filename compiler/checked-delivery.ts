// What surrounds programs, checked: policies, who takes hand-offs and calls, reports, and what was renamed or removed.

import type { RateUnit } from "../grammar/ast/declaration.ts";
import type { Calendar } from "../grammar/ast/expr.ts";
import type { Span } from "../grammar/span.ts";
import type { Checked, Operand } from "./checked.ts";
import type { Recurrence } from "./ir/program.ts";
import type { CheckedProgram } from "./checked-program.ts";
import type { Length } from "./ir/condition.ts";
import type { Move } from "./ir/plan.ts";

/** Clock times are minutes since midnight; `isLocal`: in each person's zone. 1 is Monday. */
export type CheckedRule = { readonly span: Span } & (
  | {
      readonly kind: "quiet hours" | "send only between";
      readonly from: number;
      /** At or before `from`: over midnight. */
      readonly to: number;
      readonly isLocal: boolean;
    }
  | { readonly kind: "send only on"; readonly days: readonly number[] | "weekdays"; readonly isLocal: boolean }
  | { readonly kind: "no sending on holidays" }
  | { readonly kind: "at most"; readonly emails: number; readonly length: Length }
  | { readonly kind: "at most in total"; readonly emails: number; readonly per: RateUnit }
  /** `topic` null: no mail at all. */
  | { readonly kind: "never send"; readonly topic: string | null; readonly to: Checked }
  | { readonly kind: "only one of"; readonly programs: readonly string[] }
  | { readonly kind: "on ambiguous"; readonly mode: "reconcile" | "resend" | "never" }
);

export interface CheckedPolicy {
  readonly name: string;
  readonly doc: string | null;
  /** null: for everybody. */
  readonly segment: CheckedProgram["segment"];
  readonly rules: readonly CheckedRule[];
}

export interface CheckedTeam {
  readonly name: string;
  readonly title: string | null;
}

export interface CheckedWebhook {
  readonly name: string;
  readonly url: string;
}

export type CheckedMeasure =
  /** `entered`, `open rate`, `hand offs`, `time to goal`. */
  { readonly kind: "count" | "rate"; readonly name: string } | { readonly kind: "sum"; readonly operand: Operand };

export type CheckedDimension =
  | { readonly kind: "email" | "step" | "variant" | "arm" | "segment" | "topic" | "week" }
  | { readonly kind: "field"; readonly operand: Operand };

export interface CheckedReport {
  readonly name: string;
  readonly doc: string | null;
  readonly every: Recurrence | null;
  /** null: the time since its last run. */
  readonly window: Length | Calendar | null;
  /** null: all. */
  readonly programs: readonly string[] | null;
  readonly measures: readonly CheckedMeasure[];
  readonly by: readonly CheckedDimension[];
  readonly to: string | null;
}

export interface CheckedDelivery {
  readonly policies: readonly CheckedPolicy[];
  readonly teams: readonly CheckedTeam[];
  readonly webhooks: readonly CheckedWebhook[];
  readonly reports: readonly CheckedReport[];
  readonly moves: readonly Move[];
}
