// What a plan's conditions read, found without running them.

import { childrenOf, type Condition, type Term, termsOf } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";

/** Every condition of the plan's segments and programs, at its root; not what starting events are asked for themselves. */
export function conditionsOfPlan(plan: Plan): readonly Condition[] {
  const programs = plan.programs.flatMap((program) => [
    ...program.triggers.flatMap((trigger) =>
      trigger.kind === "edge" ? [trigger.when] : trigger.rest ? [trigger.rest] : [],
    ),
    ...(program.onlyIf ? [program.onlyIf] : []),
    ...(program.goal ? [program.goal.when] : []),
    ...program.exits,
    ...program.steps.flatMap((step) => {
      if (step.kind === "send") return step.onlyIf ? [step.onlyIf] : [];
      if (step.kind === "wait for") return [step.until];
      return step.kind === "choose" ? step.branches.map(({ when }) => when) : [];
    }),
  ]);
  return [...plan.segments.map(({ where }) => where), ...programs];
}

/** The events that start people, each with what it is asked for itself. */
export function startWheres({ programs }: Plan): readonly StartWhere[] {
  return programs.flatMap(({ triggers }) => triggers.flatMap((trigger) => (trigger.kind === "event" ? [trigger] : [])));
}

interface StartWhere {
  readonly event: string;
  readonly where: Condition | null;
}

function termsWithin(condition: Condition): readonly Term[] {
  return [...termsOf(condition), ...childrenOf(condition).flatMap(termsWithin)];
}

/**
 * Contact fields of which a change may change what else happens in the same instant: those that some condition, wait or
 * step reads, those that say where and when mail goes, and those that more than one step sets.
 */
export function fieldsRead(plan: Plan): ReadonlySet<string> {
  const { address, zone, country } = plan.catalog.contact;
  const steps = plan.programs.flatMap((program) => program.steps);
  const sets = steps.flatMap((step) => (step.kind === "set" ? [step] : []));
  const terms = [
    ...conditionsOfPlan(plan).flatMap(termsWithin),
    ...steps.flatMap((step) => (step.kind === "wait until" && step.until.kind === "date" ? [step.until.field] : [])),
    ...sets.flatMap(({ value }): readonly Term[] => {
      if (value.kind === "unknown") return [];
      return value.kind === "list" ? value.items : [value.term];
    }),
  ];
  const read = terms.flatMap((term) => {
    if (term.kind === "field") return [term.name];
    return term.kind === "company field" ? ["company"] : [];
  });
  const often = sets.filter(({ field }, index) => sets.findIndex((other) => other.field === field) !== index);
  return new Set([...read, address, zone ?? address, country ?? address, ...often.map(({ field }) => field)]);
}
