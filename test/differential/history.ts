// What is run: programs and policies as written, people, and what they do.

import type { PolicyRule } from "../../grammar/ast/declaration.ts";
import type { Expr } from "../../grammar/ast/expr.ts";
import type { Program } from "../../grammar/ast/program.ts";
import type { Happening, Person } from "./conditions.ts";

export interface History {
  readonly programs: readonly Program[];
  readonly policies: readonly PolicyRule[];
  readonly segments: ReadonlyMap<string, Expr>;
  readonly people: readonly Person[];
  readonly happenings: readonly Happening[];
  /** How long after a mail it is opened; null: never. */
  readonly opensAfter: (person: string, email: string) => number | null;
  readonly appliedAt: number;
  readonly grid: readonly number[];
}
