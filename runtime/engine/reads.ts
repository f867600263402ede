// What a plan's conditions read, found without running them.

import {
  type Chain,
  childrenOf,
  type Condition,
  conditionsIn,
  type Length,
  type Term,
  termsIn,
  termsOf,
} from "../../compiler/ir/condition.ts";
import { conditionsOfFunnel, conditionsOfScore, type Funnel } from "../../compiler/ir/people.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program, Step } from "../../compiler/ir/program.ts";
import { changedField, funnelAsked } from "../../compiler/sql/history.ts";
import { isExact } from "../../compiler/sql/shift.ts";

/** Funnels of which it is written down who was where: those that move forward only, and those that are asked for their past. */
export function remembered(plan: Plan): readonly Funnel[] {
  const derived = plan.derived.flatMap(({ term }) => conditionsIn(term));
  const events = [
    ...startWheres(plan).map(({ event }) => event),
    ...[...conditionsOfPlan(plan), ...derived].flatMap(eventsWithin),
  ];
  const asked = new Set(events.map(funnelAsked));
  return plan.funnels.filter(
    ({ name, isForwardOnly, stages }) => stages.length > 0 && (isForwardOnly || asked.has(name)),
  );
}

/** Every condition of the plan's programs and policies, at its root; not what starting events are asked for themselves. */
function conditionsOfPrograms(plan: Plan): readonly Condition[] {
  const ofPolicies = conditionsOfPolicies(plan);
  return [...ofPolicies, ...plan.programs.flatMap(conditionsOfProgram(plan))];
}

const conditionsOfProgram =
  (plan: Plan) =>
  (program: Program): readonly Condition[] => [
    ...program.triggers.flatMap((trigger) =>
      trigger.kind === "edge" ? [trigger.when] : trigger.kind === "event" && trigger.rest ? [trigger.rest] : [],
    ),
    ...(program.onlyIf ? [program.onlyIf] : []),
    ...(program.goal ? [program.goal.when] : []),
    ...program.exits,
    ...program.steps.flatMap((step) => {
      if (step.kind === "send") return [...(step.onlyIf ? [step.onlyIf] : []), ...variantConditions(plan, step)];
      if (step.kind === "wait for") return [step.until];
      return step.kind === "choose" ? step.branches.map(({ when }) => when) : [];
    }),
  ];

/** Every condition that the policies of a plan ask, at its root. */
function conditionsOfPolicies({ policies }: Plan): readonly Condition[] {
  return policies.flatMap(({ segment, rules }): readonly Condition[] => [
    ...(segment === null ? [] : [{ kind: "in segment", segment } as const]),
    ...rules.flatMap((rule) => (rule.kind === "never send" ? [rule.to] : [])),
  ]);
}

/** What the variants of a mail are chosen by, where the send names none. */
function variantConditions({ emails }: Plan, step: Step & { readonly kind: "send" }): readonly Condition[] {
  if (step.variant !== null) return [];
  const email = emails.find(({ name }) => name === step.email);
  return (email?.variants ?? []).flatMap(({ when }) => when ?? []);
}

/** Every condition of the plan's segments, scores, funnels and programs, at its root. */
export function conditionsOfPlan(plan: Plan): readonly Condition[] {
  const scores = plan.scores.flatMap(conditionsOfScore);
  const funnels = plan.funnels.flatMap(conditionsOfFunnel);
  return [...plan.segments.map(({ where }) => where), ...scores, ...funnels, ...conditionsOfPrograms(plan)];
}

/**
 * Every condition that decides what a tick writes: those of programs and of funnels that are recorded, and of segments,
 * scores and funnels that they read.
 */
export function conditionsInPrograms(plan: Plan): readonly Condition[] {
  const found: Condition[] = [];
  const seen = new Set<string>();
  const visit = (condition: Condition): void => {
    found.push(condition);
    if (condition.kind === "in segment" && !seen.has(`in ${condition.segment}`)) {
      seen.add(`in ${condition.segment}`);
      for (const { id, where } of plan.segments) if (id === condition.segment) visit(where);
    }
    for (const term of termsOf(condition)) {
      if ((term.kind !== "score" && term.kind !== "stage") || seen.has(`${term.kind} ${term.name}`)) continue;
      seen.add(`${term.kind} ${term.name}`);
      const isAsked = ({ name }: { readonly name: string }) => name === term.name;
      const read =
        term.kind === "score"
          ? plan.scores.filter(isAsked).flatMap(conditionsOfScore)
          : plan.funnels.filter(isAsked).flatMap(conditionsOfFunnel);
      read.forEach(visit);
    }
    childrenOf(condition).forEach(visit);
  };
  conditionsOfPrograms(plan).forEach(visit);
  remembered(plan).flatMap(conditionsOfFunnel).forEach(visit);
  return found;
}

/** The events that start people, each with what it is asked for itself. */
export function startWheres({ programs }: Plan): readonly StartWhere[] {
  return programs.flatMap(({ triggers }) => triggers.flatMap((trigger) => (trigger.kind === "event" ? [trigger] : [])));
}

interface StartWhere {
  readonly event: string;
  readonly where: Condition | null;
}

/** A time in which an event may yet be followed by another: when it is over, something may hold by that alone. */
export interface Running {
  readonly event: string;
  readonly within: Length;
}

/** Of all conditions that say `not followed by`, each once. */
export function runningTimes(plan: Plan): readonly Running[] {
  const found = conditionsOfPlan(plan)
    .flatMap(chainsIn)
    .flatMap(({ first, links }): readonly Running[] => {
      const last = links.at(-1);
      const { event } = links.at(-2)?.event ?? first;
      return last?.isNegated ? [{ event, within: last.within }] : [];
    });
  return [...new Map(found.map((running) => [JSON.stringify(running), running])).values()];
}

/** Whether instants of rows are moved by days or months, so that the offsets of the project's zone must be written. */
export function movesByCalendar(plan: Plan): boolean {
  const links = conditionsOfPlan(plan)
    .flatMap(chainsIn)
    .flatMap((chain) => chain.links);
  return links.some(({ within }) => !isExact(within));
}

function chainsIn(condition: Condition): readonly Chain[] {
  return condition.kind === "chain" ? [condition] : childrenOf(condition).flatMap(chainsIn);
}

function termsWithin(condition: Condition): readonly Term[] {
  return [...termsOf(condition), ...childrenOf(condition).flatMap(termsWithin)];
}

function eventsWithin(condition: Condition): readonly string[] {
  const own = condition.kind === "behaviour" ? [condition.event] : [];
  return [...own, ...childrenOf(condition).flatMap(eventsWithin)];
}

/** Programs of which some condition asks whether people are inside. */
export function programsRead(plan: Plan): readonly string[] {
  const programsIn = (condition: Condition): readonly string[] =>
    condition.kind === "in program" ? [condition.program] : childrenOf(condition).flatMap(programsIn);
  return [...new Set(conditionsOfPlan(plan).flatMap(programsIn))];
}
const within = (term: Term): readonly Term[] => [...termsIn(term), ...conditionsIn(term).flatMap(termsWithin)];

/** Dates that people start by or wait for. */
export function datesRead({ programs }: Plan): readonly Term[] {
  return programs.flatMap(({ triggers, steps }) => [
    ...triggers.flatMap((trigger) => (trigger.kind === "date" ? [trigger.field] : [])),
    ...steps.flatMap((step) => (step.kind === "wait until" && step.until.kind === "date" ? [step.until.field] : [])),
  ]);
}

/** Whether some step tells a webhook of a person, with all that is known of them. */
function tellsWebhooks({ programs, webhooks }: Plan): boolean {
  const names = new Set(webhooks.map(({ name }) => name));
  return programs.some(({ steps }) =>
    steps.some((step) => step.kind === "call" || (step.kind === "hand off" && names.has(step.team))),
  );
}

/**
 * Contact fields of which a change may change what else happens in the same instant: those that some condition, wait or
 * step reads, those that say where and when mail goes, and those that more than one step sets.
 */
export function fieldsRead(plan: Plan): ReadonlySet<string> {
  const { address, zone, country } = plan.catalog.contact;
  const steps = plan.programs.flatMap((program) => program.steps);
  const sets = steps.flatMap((step) => (step.kind === "set" ? [step] : []));
  const asked = plan.programs.flatMap(({ triggers }) =>
    triggers.flatMap((one) => (one.kind === "event" ? [one.event] : [])),
  );
  const changed = [...asked, ...conditionsOfPlan(plan).flatMap(eventsWithin)].flatMap(
    (event) => changedField(event) ?? [],
  );
  const terms = [
    ...conditionsOfPlan(plan).flatMap(termsWithin),
    ...datesRead(plan),
    ...steps.flatMap((step) => (step.kind === "send" ? (step.to ?? []) : [])),
    ...sets.flatMap(({ value }): readonly Term[] => {
      if (value.kind === "unknown") return [];
      return value.kind === "list" ? value.items : [value.term];
    }),
  ];
  const read = terms.flatMap(within).flatMap((term) => {
    if (term.kind === "field") return [term.name];
    return term.kind === "company field" ? ["company"] : [];
  });
  const often = sets.filter(({ field }, index) => sets.findIndex((other) => other.field === field) !== index);
  return new Set([
    ...read,
    ...changed,
    address,
    zone ?? address,
    country ?? address,
    ...(tellsWebhooks(plan) ? sets.map(({ field }) => field) : []),
    ...often.map(({ field }) => field),
  ]);
}
