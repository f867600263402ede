// SQL text with named parameters. Values are never written into the text.

import type { Moment } from "../ir/condition.ts";

export type Param =
  | { readonly kind: "text"; readonly value: string | null }
  | { readonly kind: "texts"; readonly value: readonly string[] }
  | { readonly kind: "number"; readonly value: number | null }
  /** A whole number bound as BIGINT. */
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean | null }
  /** Decimal text bound as DECIMAL(18,4). */
  | { readonly kind: "money"; readonly value: string }
  /** Epoch milliseconds bound as TIMESTAMP. */
  | { readonly kind: "instant"; readonly value: number | null }
  /** yyyy-mm-dd bound as DATE. */
  | { readonly kind: "day"; readonly value: string }
  /** Known once the instant of evaluation is: bound as TIMESTAMP or DATE. */
  | { readonly kind: "moment"; readonly moment: Moment; readonly as: "day" | "instant" };

/** `text` refers to its parameters as `$name`. */
export interface Sql {
  readonly text: string;
  readonly params: Readonly<Record<string, Param>>;
}
