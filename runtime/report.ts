// What a report says: plain values, JSON-safe. Every number counts distinct people but hand-offs, sums and times.

import type { Cell, Instant } from "./ports.ts";

/** How much better those who were mailed did than those who were held out, with its interval of 95%. */
export interface Lift {
  /** Held-out people. */
  readonly people: number;
  /** The same figure of theirs: a share (0 to 1) or an amount for each person. */
  readonly held: number;
  /** The figure of those who were not held out, less `held`. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

export interface ReportCell {
  /** A count, a share (0 to 1) of a rate, a sum, or seconds; null where there is nothing to say, or it is about something else. */
  readonly value: number | null;
  /** Of a rate: of how many people, and how many of them. */
  readonly of: { readonly people: number; readonly did: number } | null;
  readonly lift: Lift | null;
}

export interface ReportRow {
  /** One value for each word behind `by`; null is unknown. Empty: the whole program. */
  readonly by: readonly Cell[];
  /** In the order of the measures. */
  readonly cells: readonly ReportCell[];
}

export interface ReportOfProgram {
  readonly program: string;
  readonly why: string | null;
  /** Share of a goal's target, 0 to 1; null where none is named. */
  readonly target: number | null;
  readonly total: ReportRow;
  readonly rows: readonly ReportRow[];
}

export interface ReportMeasureView {
  readonly name: string;
  readonly kind: "people" | "rate" | "sum" | "hand-offs" | "seconds";
  /** How it is counted, in a sentence. */
  readonly how: string;
}

export interface ReportView {
  readonly report: string;
  readonly doc: string | null;
  /** As of when. */
  readonly at: Instant;
  /** Who entered and what was mailed from then on, included; null: ever. */
  readonly from: Instant | null;
  /** And before then. */
  readonly until: Instant;
  readonly measures: readonly ReportMeasureView[];
  readonly by: readonly string[];
  readonly programs: readonly ReportOfProgram[];
}
