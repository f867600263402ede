// What holds for the mail of all programs together.

import type { Condition, Length } from "./condition.ts";

/**
 * `title`: the rule in a writer's words. Clock times are minutes since midnight; `isLocal`: in each person's zone. `at most`
 * is about the marketing mails of one person.
 */
export type PolicyRule = { readonly title: string } & (
  | { readonly kind: "at most"; readonly emails: number; readonly length: Length }
  /** In any such time, to all people whom the policy is for. */
  | { readonly kind: "at most in total"; readonly emails: number; readonly per: RateUnit }
  /** `topic` null: no mail at all. */
  | { readonly kind: "never send"; readonly topic: string | null; readonly to: Condition }
  /** `to` at or before `from`: over midnight. */
  | {
      readonly kind: "quiet hours" | "send only between";
      readonly from: number;
      readonly to: number;
      readonly isLocal: boolean;
    }
  /** 1 is Monday; `weekdays`: outside of the weekend, by a local clock that of the person's country. */
  /** Days of the project's zone. `isLocal` is always false. */
  | { readonly kind: "no sending on holidays"; readonly holidays: readonly Holiday[]; readonly isLocal: boolean }
  /** Who is in one of them does not enter another; of two at one instant the earlier wins. */
  | { readonly kind: "only one of"; readonly programs: readonly string[] }
  /** What is made of mails of which nobody knows whether they went out. */
  | { readonly kind: "on ambiguous"; readonly mode: Ambiguous }
  | { readonly kind: "send only on"; readonly days: readonly number[] | "weekdays"; readonly isLocal: boolean }
);

export type RateUnit = "second" | "minute" | "hour" | "day";

export interface Holiday {
  /** yyyy-mm-dd. */
  readonly day: string;
  /** For whose people it holds; null: for all. */
  readonly country: string | null;
}

/** `resend` may mail twice, `never` counts as sent what perhaps was not. */
export type Ambiguous = "reconcile" | "resend" | "never";

export interface Policy {
  readonly name: string;
  readonly doc: string | null;
  /** Id of the segment behind `for`: the rules hold for who is in it at the moment; null: for everybody. */
  readonly segment: string | null;
  readonly rules: readonly PolicyRule[];
}
