// What is part of the language and nothing executes yet, in the words in which it is reported: clauses of tests alone, each
// of which keeps its own test from running and nothing else.

import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import type { Span } from "../grammar/span.ts";

const constructs = { "is forgotten": "`is forgotten`" } as const satisfies Record<string, string>;

export type Construct = keyof typeof constructs;

/** A construct that is checked like all others, and that no run could honour. */
export interface NotYet extends Diagnostic {
  readonly construct: string;
}

export function unavailable(construct: Construct, span: Span, words: string = constructs[construct]): NotYet {
  return { ...diagnose("W860", span, { construct: words }), construct: words };
}

export function isNotYet(found: Diagnostic): found is NotYet {
  return "construct" in found;
}
