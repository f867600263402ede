// What is part of the language and nothing executes yet: each construct with its code and the words it is reported in.

import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import type { Span } from "../grammar/span.ts";

type Code = "E254";
type Row = readonly [Code, string];

const constructs = {
  // Clauses of tests.
  "is forgotten": ["E254", "`is forgotten`"],
} as const satisfies Record<string, Row>;

export type Construct = keyof typeof constructs;

export function isConstruct(kind: string): kind is Construct {
  return Object.hasOwn(constructs, kind);
}

/** A construct that is checked like all others, and that no run could honour. */
export interface NotYet extends Diagnostic {
  readonly construct: string;
}

export function unavailable(construct: Construct, span: Span, words?: string): NotYet {
  const [code, usual] = constructs[construct];
  return { ...diagnose(code, span, { construct: words ?? usual }), construct: words ?? usual };
}

export function isNotYet(found: Diagnostic): found is NotYet {
  return "construct" in found;
}

/** The same as a warning, for who only wants to know whether the sources are right. */
export function foretold({ span, construct }: NotYet): Diagnostic {
  return diagnose("W840", span, { construct });
}

/** The same in a test, which is the only thing that it keeps from running. */
export function foretoldInTest({ span, construct }: NotYet): Diagnostic {
  return diagnose("W860", span, { construct });
}
