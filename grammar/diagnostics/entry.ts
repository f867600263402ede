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

/** A list is an array. */
export type Value = string | number | boolean | null | readonly (string | number)[];
export type Values = Readonly<Record<string, Value>>;
/** By what matters of her alone: null is unknown, instants are ISO 8601 in UTC. */
export interface Person {
  readonly now: string;
  readonly contact: Values;
  /** null: she has none, or nobody asked. */
  readonly company: Values | null;
  readonly events: readonly {
    readonly event: string;
    readonly at: string;
    readonly properties: Values;
    /** Of what is asked inside a program: `enrollment`, `wait`, `wait for the newest`. */
    readonly countsIn: readonly string[];
  }[];
  /** When she entered, and came to the last send before a wait; null where nobody asks. */
  readonly enrollment: { readonly startedAt: string; readonly waitFrom: string } | null;
  /** What the event said that started her enrollment. */
  readonly startingEvent: Values;
  readonly lists: readonly string[];
  readonly isSuppressed: boolean;
  readonly consents: readonly { readonly topic: string; readonly isYes: boolean }[];
}
/** Somebody who shows a finding. */
export interface Example {
  /** `someone with seats = 4 fulfils it`, to stand behind `for example`. */
  readonly text: string;
  readonly person: Person;
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
  /** null where a person shows nothing, or none was found. */
  readonly example: Example | null;
}

export interface Entry<P> {
  readonly severity: Severity;
  /** A plain sentence: what is there, then what was expected. User text in backticks. */
  readonly text: (params: P) => string;
  readonly why: string;
  /** What a person shows, who is described as `someone …`. */
  readonly example?: (who: string, params: P) => string;
}

/** A family of codes: each code with the parameters its sentence needs. */
export type Family<Params> = { readonly [C in keyof Params]: Entry<Params[C]> };
