// What audiences are made of besides segments, lowered: scores and funnels.

import type { Type } from "../types.ts";
import type { Behaviour, Condition, Term } from "./condition.ts";

/** Points are whole millionths, so that sums come out the same in whatever order they are added. */
export const millionths = 1_000_000;

/** Points in millionths, negative where they are subtracted. */
export type ScoreRule =
  /**
   * For each occurrence of an event, as many as a count of the behaviour finds. These alone decay. `cap`: the most that
   * is added or subtracted in all, in millionths; null: no limit.
   */
  | { readonly kind: "each"; readonly of: Behaviour; readonly points: number; readonly cap: number | null }
  | { readonly kind: "once"; readonly when: Condition; readonly points: number };

export interface Score {
  readonly name: string;
  readonly doc: string | null;
  readonly rules: readonly ScoreRule[];
  /** Milliseconds in which half of an occurrence's points are lost; null: they stay. */
  readonly halfLife: number | null;
  /** Ids of the segments that it reads, by itself or through other scores and funnels. */
  readonly reads: readonly string[];
  readonly hash: string;
}

type StageTerm = Term & { readonly kind: "stage" };

const number: Type = { scalar: { kind: "number" }, isList: false, isNullable: false };

/** `type`: of its stages. */
export const stageTerm = (name: string, type: Type): StageTerm => ({ kind: "stage", name, type, as: "name" });
/** The place of the stage among the others, from 1. */
export const placeTerm = (name: string): StageTerm => ({ kind: "stage", name, type: number, as: "place" });

export const scoreTerm = (name: string): Term & { readonly kind: "score" } => ({ kind: "score", name, type: number });

export interface Stage {
  readonly name: string;
  /** null: always. */
  readonly when: Condition | null;
}

export interface Funnel {
  readonly name: string;
  readonly doc: string | null;
  /** The lowest first. */
  readonly stages: readonly Stage[];
  /** Whether nobody falls below the highest stage that was ever recorded of them. */
  readonly isForwardOnly: boolean;
  readonly reads: readonly string[];
  readonly hash: string;
}

export function conditionsOfScore({ rules }: Pick<Score, "rules">): readonly Condition[] {
  return rules.map((rule) => (rule.kind === "each" ? rule.of : rule.when));
}

export function conditionsOfFunnel({ stages }: Pick<Funnel, "stages">): readonly Condition[] {
  return stages.flatMap(({ when }) => (when ? [when] : []));
}
