// A parsed file: its declarations and its comments.

import type { Node, SourceFile, Span } from "../span.ts";
import type {
  Contact,
  Derived,
  Email,
  EventDecl,
  Funnel,
  List,
  Load,
  Moved,
  Policy,
  Project,
  Score,
  Segment,
  Team,
  Topic,
  Use,
  Vocabulary,
  Webhook,
} from "./declaration.ts";
import type { Program } from "./program.ts";
import type { Report, Test } from "./suite.ts";

export type Declaration =
  | Use
  | Project
  | Contact
  | Derived
  | EventDecl
  | Load
  | List
  | Vocabulary
  | Topic
  | Policy
  | Segment
  | Score
  | Funnel
  | Email
  | Webhook
  | Team
  | Program
  | Report
  | Test
  | Moved;

export interface Comment extends Node {
  /** `doc` comments start with `##`. */
  readonly kind: "comment" | "doc";
  /** With its `#` or `##`, without the line break. */
  readonly text: string;
}

export interface File {
  readonly source: SourceFile;
  readonly declarations: readonly Declaration[];
  /** Stretches with a mistake behind which it was clear what was meant, so that they hide no other declaration. */
  readonly mended: readonly Span[];
  readonly comments: readonly Comment[];
  /** The stretches of the source that have mistakes: all that is in no declaration without one. */
  readonly broken: readonly Span[];
}
