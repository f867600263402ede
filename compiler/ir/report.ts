// What a report shows, of which programs, by what, over which time, and when it is due.

import type { Calendar } from "../../grammar/ast/expr.ts";
import type { Aggregate, Length, Term } from "./condition.ts";
import type { Recurrence } from "./program.ts";

export type ReportMeasure =
  /** `entered`, `hand offs`, `time to goal`; a rate is named `open rate`. */
  | { readonly kind: "count" | "rate"; readonly name: string }
  /** Of the events that people brought about inside the program, or within its goal's time. */
  | { readonly kind: "sum"; readonly name: string; readonly term: Aggregate };

export type ReportDimension =
  | { readonly kind: "email" | "step" | "variant" | "arm" | "segment" | "topic" | "week"; readonly name: string }
  /** A contact field, or a derived one. */
  | { readonly kind: "field"; readonly name: string; readonly term: Term };

export interface Report {
  readonly name: string;
  readonly doc: string | null;
  /** null: only when it is asked for. */
  readonly every: Recurrence | null;
  /** null: the time since its last run. */
  readonly window: Length | Calendar | null;
  /** null: all. */
  readonly programs: readonly string[] | null;
  /** Empty: what most programs are judged by. */
  readonly measures: readonly ReportMeasure[];
  readonly by: readonly ReportDimension[];
  /** An address that gets it; null: nobody. */
  readonly to: string | null;
}
