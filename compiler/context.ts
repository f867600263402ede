// What a check needs to know of the place it looks at.

import type { Parameter, Report, Scope } from "./scope.ts";
import type { EventTable } from "./ir/catalog.ts";

/** `segment`: also `start when` and the head's `only if`, which read as in a segment. */
export type Place =
  | { readonly kind: "segment" }
  /** `starts`: the events that start people; an edge starts people without one. */
  | { readonly kind: "program"; readonly starts: readonly EventTable[]; readonly hasEdge: boolean };

export interface Context {
  readonly scope: Scope;
  readonly report: Report;
  readonly place: Place;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The event whose properties are read inside `where (…)`; null outside. */
  readonly event: EventTable | null;
}
