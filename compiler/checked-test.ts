// Tests, checked: everybody and everything bound, every value fitting its type, the clock of each clause known.

import type { Span } from "../grammar/span.ts";
import type { Checked } from "./checked.ts";
import type { CheckedSet } from "./checked-program.ts";
import type { Field } from "./ir/catalog.ts";
import type { TestClauseOf } from "./ir/test.ts";

export interface CheckedColumn {
  readonly field: Field;
  readonly value:
    | CheckedSet
    /** What a test need not say: the person's name, an address or a text made of it, the moment, or always the same. */
    | { readonly kind: "name" | "address" | "occurrence" | "now" }
    | { readonly kind: "given"; readonly text: string | null };
}

export type CheckedClause = TestClauseOf<Checked, readonly CheckedColumn[]>;

export interface CheckedTest {
  readonly title: string;
  readonly span: Span;
  readonly start: number;
  readonly clauses: readonly CheckedClause[];
}
