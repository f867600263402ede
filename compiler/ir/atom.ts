// The single conditions that a segment is made of, each with its place in the source.

import type { Span } from "../../grammar/span.ts";
import type { Condition } from "./condition.ts";

export interface Atom {
  readonly segment: string;
  /** In the writer's words. */
  readonly text: string;
  readonly span: Span;
  readonly when: Condition;
}
