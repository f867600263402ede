// What a check needs to know of the place it looks at.

import type { Expr } from "../grammar/ast/expr.ts";
import type { Checked } from "./checked.ts";
import type { EventTable } from "./ir/catalog.ts";
import type { Parameter, Report, Scope } from "./scope.ts";

/** Inside a program: what starts people in it. */
export interface Starts {
  readonly events: readonly EventTable[];
  /** False where a start was reported or is not available, so that more events may start people. */
  readonly isWhole: boolean;
}

/** `segment`: also `start when` and the head's `only if`, which read as in a segment. */
export type Place = { readonly kind: "segment" } | { readonly kind: "program"; readonly starts: Starts };

export interface Context {
  readonly scope: Scope;
  readonly report: Report;
  readonly place: Place;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The event whose properties are read inside `where (…)`; null outside. */
  readonly event: EventTable | null;
}

/** Checks the condition inside `where (…)`: handed to whatever may hold one, because conditions hold that in turn. */
export type CheckWhere = (context: Context, node: Expr) => Checked;
