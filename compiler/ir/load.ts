// What a `load` declaration means: where rows come from and how columns become fields.

import type { Span } from "../../grammar/span.ts";
import type { Type } from "../types.ts";
import type { Length, Literal } from "./condition.ts";

export type LoadTarget =
  | { readonly kind: "contact" | "company" }
  | { readonly kind: "event" | "list" | "topic"; readonly name: string };

export type LoadSource =
  | { readonly kind: "column"; readonly name: string }
  /** From 1. */
  | { readonly kind: "position"; readonly index: number };

export type MappedTo =
  | { readonly kind: "field"; readonly name: string; readonly type: Type; readonly isKey: boolean }
  /** The contact's key, in an event, a list or a topic load. */
  | { readonly kind: "contact" }
  /** When it happened, in an event, a list or a topic load. */
  | { readonly kind: "at" }
  | { readonly kind: "event id" }
  /** Of a topic load: consent, yes or no, and where it came from. */
  | { readonly kind: "state" | "source" };

export interface Mapping {
  readonly to: MappedTo;
  readonly from: LoadSource;
  /** `as`: a date format (`yyyymmdd`, `d.M.yyyy HH:mm`), or for text a pattern where `*` is the value. */
  readonly format: string | null;
  /** `in`: zone of a date without one; null is the project's. */
  readonly zone: string | null;
  /** `with (…)`: from the text in the file to a value; to null is `unknown`. */
  readonly values: readonly { readonly from: string; readonly to: Literal | null }[] | null;
  /** `otherwise`; absent (null): other values are taken as they are. `to` null is `unknown`. */
  readonly otherwise: { readonly to: Literal | null } | null;
  readonly span: Span;
}

export interface Load {
  /** What `cadenza load NAME` takes: the target's name. */
  readonly name: string;
  readonly target: LoadTarget;
  readonly format: "csv" | "parquet" | "json";
  /** Path or glob as written, relative to the data directory. */
  readonly path: string;
  /** `" "` is a run of blanks; null: found out from the file (comma, semicolon, tab or bar). */
  readonly delimiter: string | null;
  readonly hasHeader: boolean;
  readonly encoding: string | null;
  /** Texts that mean unknown, besides the empty one. */
  readonly unknown: readonly string[];
  readonly rowsWhere: readonly {
    readonly column: LoadSource;
    readonly isNegated: boolean;
    readonly values: readonly string[];
  }[];
  readonly refreshEvery: Length | null;
  readonly mappings: readonly Mapping[];
  readonly span: Span;
}
