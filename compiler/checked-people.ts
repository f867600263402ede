// What audiences are made of besides segments, checked: derived fields, scores, funnels and vocabularies.

import type { Checked, Operand } from "./checked.ts";
import type { Length, Literal } from "./ir/condition.ts";
import type { Type } from "./types.ts";

export type CheckedDerivedBody =
  | { readonly kind: "operand"; readonly operand: Operand }
  | { readonly kind: "first known"; readonly operands: readonly Operand[] }
  /** The value of the first arm that holds; `otherwise` null: unknown where none does. */
  | { readonly kind: "choice"; readonly arms: readonly CheckedArmOfChoice[]; readonly otherwise: Literal | null };

export interface CheckedArmOfChoice {
  readonly value: Literal;
  readonly when: Checked;
}

export interface CheckedDerived {
  readonly name: string;
  readonly doc: string | null;
  readonly type: Type;
  readonly body: CheckedDerivedBody;
}

export interface CheckedScoreRule {
  readonly when: Checked;
  /** Negative where they are subtracted. */
  readonly points: number;
  readonly cap: number | null;
  /** Whether the points are given for each occurrence of the event, and decay. */
  readonly isPerOccurrence: boolean;
}

export interface CheckedScore {
  readonly name: string;
  readonly doc: string | null;
  readonly rules: readonly CheckedScoreRule[];
  readonly halves: Length | null;
}

export interface CheckedFunnel {
  readonly name: string;
  readonly doc: string | null;
  /** The lowest first; `when` null: always. */
  readonly stages: readonly { readonly name: string; readonly when: Checked | null }[];
  readonly isForwardOnly: boolean;
}

/** The words of one value of a field. */
export interface CheckedVocabulary {
  readonly name: string;
  readonly terms: ReadonlyMap<string, { readonly singular: string; readonly plural: string | null }>;
}
