// What holds for the mail of all programs together.

import type { Condition, Length } from "./condition.ts";

/** Clock times are minutes since midnight. */
export type PolicyRule =
  /** Marketing mails to one person in any such time. */
  | { readonly kind: "at most"; readonly emails: number; readonly length: Length }
  /** `topic` null: no mail at all. `title`: the rule in the writer's words. */
  | { readonly kind: "never send"; readonly topic: string | null; readonly to: Condition; readonly title: string };

export interface Policy {
  readonly name: string;
  readonly doc: string | null;
  /** Id of the segment behind `for`: the rules hold for who is in it at the moment; null: for everybody. */
  readonly segment: string | null;
  readonly rules: readonly PolicyRule[];
}
