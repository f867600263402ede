// The shape of a row in the table of diagnostics, and of what is reported from it.

import type { Span } from "../span.ts";

export type Severity = "error" | "warning" | "hint";

export interface Edit {
  readonly span: Span;
  readonly text: string;
}
export interface Fix {
  /** `safe` keeps the meaning, `suggested` changes it. */
  readonly kind: "safe" | "suggested";
  readonly text: string;
  readonly edits: readonly Edit[];
}
export interface Related {
  readonly span: Span;
  readonly text: string;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly span: Span;
  readonly text: string;
  /** Why it matters, and what to do. */
  readonly why: string;
  readonly fixes: readonly Fix[];
  /** Other places that belong to the finding, such as the bracket that was never closed. */
  readonly related: readonly Related[];
}

export interface Entry<P> {
  readonly severity: Severity;
  /** A plain sentence: what is there, then what was expected. User text in backticks. */
  readonly text: (params: P) => string;
  readonly why: string;
}

/** A family of codes: each code with the parameters its sentence needs. */
export type Family<Params> = { readonly [C in keyof Params]: Entry<Params[C]> };
