// Why a person is in a segment: every part of its condition judged by the SQL that decides membership.

import { calendarOf } from "../../compiler/calendar.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Database, Instant } from "../ports.ts";
import type { Why, WhyFact, WhyPart } from "./answer.ts";
import { type Asking, factsOf, judge } from "./facts.ts";
import { nextOf } from "./clock.ts";
import { flipOf } from "./flip.ts";
import { withPerson } from "./person.ts";
import { type Branch, branchesOf, decisive, treeOf } from "./tree.ts";

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
  return withPerson(database, { plan, key, root }, async (session) => {
    const asking: Asking = {
      session,
      plan,
      key,
      at,
      calendar: calendarOf(plan.project.zone, plan.project.firstWeekday),
    };
    const branches = branchesOf(root);
    const holds = await judge(asking, branches);
    const leaves = branches.filter(({ kind, when }) => kind === "leaf" && when.kind !== "in segment");
    const facts = await factsOf(
      asking,
      leaves.map(({ when }) => when),
    );
    const factsAt = new Map(leaves.map(({ index }, place) => [index, facts[place] ?? []]));
    return {
      contact: key,
      segment,
      at,
      isMember: holds[root.index] === true,
      tree: partOf(root, { holds, decides: decisive(root, holds), factsAt }),
      flip: await flipOf(asking, root, holds),
      next: await nextOf(asking, root, holds[root.index] === true),
    };
  });
}

interface Judged {
  readonly holds: readonly boolean[];
  readonly decides: ReadonlySet<number>;
  readonly factsAt: ReadonlyMap<number, readonly WhyFact[]>;
}

function partOf(branch: Branch, judged: Judged): WhyPart {
  return {
    kind: branch.kind,
    text: branch.text,
    holds: judged.holds[branch.index] === true,
    decides: judged.decides.has(branch.index),
    facts: judged.factsAt.get(branch.index) ?? [],
    of: branch.of.map((part) => partOf(part, judged)),
  };
}
