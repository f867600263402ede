// What a new plan calls the things of the one that is live, so that nothing looks new that only has another name.

import type { Plan } from "../../compiler/ir/plan.ts";
import { inherit, type Inheritance } from "../engine/lineage.ts";
import type { AppliedPlan } from "../engine/stored-plan.ts";
import { Failed } from "../failures/failures.ts";
import type { Happened } from "./announced.ts";
import type { PlannedChange } from "./foreseen.ts";

export interface Heritage {
  /** The new plan, with the first names of what had others. */
  readonly next: Plan;
  /** The live plan by the names that the new one has, to be compared and not to be run. */
  readonly live: Plan | null;
  /** The id that a segment of the live plan has in the new one. */
  readonly segment: (id: string) => string;
  /** What happened, by the new names. */
  readonly named: (all: readonly Happened[]) => readonly Happened[];
  /** What is called otherwise now. */
  readonly changes: readonly PlannedChange[];
}

const asItIs = (live: AppliedPlan | null, next: Plan): Heritage => ({
  next,
  live: live?.plan ?? null,
  segment: (id) => id,
  named: (all) => all,
  changes: [],
});

export function heritageOf(live: AppliedPlan | null, next: Plan): Heritage {
  if (live === null) return asItIs(live, next);
  try {
    return heritage(live, inherit(next, live, live.version + 1));
  } catch (error) {
    // What is said of names cannot be: apply refuses, and says why.
    if (error instanceof Failed) return asItIs(live, next);
    throw error;
  }
}

function heritage({ plan: live }: AppliedPlan, { plan: next, renames, steps }: Inheritance): Heritage {
  const program = (name: string) => renames.program.get(name) ?? name;
  const email = (name: string) => renames.email.get(name) ?? name;
  const segment = (id: string) => {
    const [name = id] = id.split("(");
    const now = renames.segment.get(name);
    return now === undefined ? id : `${now}${id.slice(name.length)}`;
  };
  const stepNames = new Map(steps.map(({ program: of, from, to }) => [JSON.stringify([of, from]), to]));
  const step = (of: string, id: string) => stepNames.get(JSON.stringify([of, id])) ?? id;
  return {
    next,
    live: {
      ...live,
      emails: live.emails.map((one) => ({ ...one, name: email(one.name) })),
      segments: live.segments.map((one) => ({ ...one, id: segment(one.id) })),
      programs: live.programs.map((one) => {
        const name = program(one.name);
        const all = one.steps.map((own) => ({ ...own, id: step(name, own.id) }));
        return { ...one, name, segment: one.segment && segment(one.segment), steps: all };
      }),
    },
    segment,
    named: (all) =>
      all.map((one) => ({
        ...one,
        program: program(one.program),
        email: one.email && email(one.email),
        step: one.step && step(program(one.program), one.step),
      })),
    changes: renamingsOf(renames, steps),
  };
}

function renamingsOf(renames: Inheritance["renames"], steps: Inheritance["steps"]): readonly PlannedChange[] {
  const change = (kind: string, name: string, what: string): PlannedChange => ({
    kind,
    name,
    how: "changed",
    category: "text-only",
    what,
  });
  return [
    ...Object.entries(renames).flatMap(([kind, names]) =>
      [...names].map(([from, to]) => change(kind, to, `its name, which was \`${from}\``)),
    ),
    ...steps.map(({ program, from, to }) => change("program", program, `step \`${from}\` is called \`${to}\` now`)),
  ];
}
