// Conditions as SQL: who is in a segment, and which of several conditions hold for each subject.

import { Bug } from "../../grammar/unreachable.ts";
import type { Condition } from "../ir/condition.ts";
import type { Plan } from "../ir/plan.ts";
import type { Sql } from "./sql.ts";

/**
 * Whom conditions are judged for. A contact subject has the column contact_id. An enrollment subject has contact_id,
 * enrollment_id, program, started_at, start_event (kind or NULL), start_event_id, wait_from (when the person came to the
 * last send before the wait, else started_at) and wait_until (limit of the wait or NULL).
 */
export interface Subjects {
  readonly kind: "contact" | "enrollment";
  /** A FROM item without an alias: a quoted table or a select in parentheses. */
  readonly from: Sql;
}

export interface NamedCondition {
  /** Becomes a column; must not be one of the subjects'. */
  readonly name: string;
  readonly when: Condition;
}

/** SELECT contact_id of the members of a segment. */
export function printMembers(_plan: Plan, _segmentId: string): Sql {
  throw new Bug("not printed yet");
}

/** SELECT one row per subject: its columns, then per condition one BOOLEAN that is never NULL. */
export function printConditions(_plan: Plan, _subjects: Subjects, _conditions: readonly NamedCondition[]): Sql {
  throw new Bug("not printed yet");
}
