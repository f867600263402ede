// A checked email to its IR.

import { type CheckedEmail, replacing } from "../check/email.ts";
import { hashOf } from "../hash.ts";
import type { Email } from "../ir/plan.ts";
import { lowerCondition, type Room } from "./condition.ts";

/** Whoever is about to get it is judged as for a segment. */
export function lowerEmail(room: Room, { email, variants, skipsCaps }: CheckedEmail): Email {
  const lowered: Omit<Email, "hash"> = {
    ...email,
    skipsCaps,
    variants: variants.map((variant) => {
      return { ...replacing(variant), when: variant.when && lowerCondition(room, variant.when) };
    }),
  };
  return { ...lowered, hash: hashOf(lowered) };
}
