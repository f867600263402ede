// Why a person is in a segment: every part of its condition judged by the SQL that decides membership.

import { calendarOf } from "../../compiler/calendar.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Database, Instant } from "../ports.ts";
import type { Why } from "./answer.ts";
import type { Asking } from "./facts.ts";
import { nextOf } from "./clock.ts";
import { flipOf } from "./flip.ts";
import { judged } from "./judged.ts";
import { withPerson } from "./person.ts";
import { treeOf } from "./tree.ts";

export interface WhyRequest {
  readonly plan: Plan;
  readonly key: string;
  /** Id of a segment of the plan. */
  readonly segment: string;
  readonly at: Instant;
}

/** null where there is no contact with that key. */
export async function whyIn(database: Database, request: WhyRequest): Promise<Why | null> {
  const { plan, key, segment, at } = request;
  const root = treeOf(plan, segment);
  return withPerson(database, { plan, key, roots: [root] }, async (session) => {
    const asking: Asking = {
      session,
      plan,
      key,
      at,
      calendar: calendarOf(plan.project.zone, plan.project.firstWeekday),
    };
    const { holds, tree } = await judged(asking, root);
    return {
      contact: key,
      segment,
      at,
      isMember: holds[root.index] === true,
      tree,
      flip: await flipOf(asking, root, holds),
      next: await nextOf(asking, root, holds[root.index] === true),
    };
  });
}
