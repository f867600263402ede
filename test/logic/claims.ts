// What findings say of people, as conditions that can be asked of the compiled SQL.

import { settingsOf } from "../../compiler/analyse/facts.ts";
import type { CheckedProject } from "../../compiler/check/project.ts";
import type { Checked } from "../../compiler/checked.ts";
import type { CheckedPolicy, CheckedRule } from "../../compiler/checked-delivery.ts";
import type { CheckedProgram, CheckedStep, CheckedTrigger } from "../../compiler/checked-program.ts";
import { flatten } from "../../compiler/checked-steps.ts";
import type { Behaviour, Condition } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { lowerCondition } from "../../compiler/lower/condition.ts";
import { segmentsOf } from "../../compiler/lower/segments.ts";
import { catalogOf } from "../../compiler/plan.ts";
import type { Diagnostic, Example } from "../../grammar/diagnostics/entry.ts";
import type { Span } from "../../grammar/span.ts";
import { planOf } from "../support/plan-of.ts";

export interface Asked {
  readonly when: Condition;
  readonly holds: boolean;
}

/** Nobody is as all of them say, of whoever one of these starts. */
interface Never {
  readonly all: readonly Asked[];
  readonly starts: readonly Behaviour[];
}

export interface Claim {
  readonly name: string;
  readonly code: string;
  readonly plan: Plan;
  readonly never: readonly Never[];
  readonly example: Example | null;
  /** Of the example all of these, and one of those at least. */
  readonly asked: readonly Asked[];
  readonly some: readonly Asked[];
  /** Events that start the program that she is in. */
  readonly starting: readonly string[];
}
type Said = Pick<Claim, "never" | "asked" | "some" | "starting">;

type Place = "outside" | "inside";

export function claimsOf(project: CheckedProject, found: readonly Diagnostic[], text: string): readonly Claim[] {
  const segments = segmentsOf(project);
  for (const { name, parameters } of project.segments.values()) if (parameters.length === 0) segments.require(name, []);
  const lower = (node: Checked, salt: string, place: Place = "outside"): Condition => {
    const setting = settingsOf({ name: salt } as CheckedProgram)[place];
    return lowerCondition({ ...setting, segment: segments.require, derived: segments.derived }, node);
  };
  const member = (segment: CheckedProgram["segment"]): readonly Condition[] =>
    segment ? [{ kind: "in segment", segment: segments.require(segment.name, segment.args) }] : [];
  const asking = { project, lower, member };
  const said = found.map((one) => [one, saidBy(asking, one)] as const);
  const { catalog, settings } = { catalog: catalogOf(project.scope), settings: project.scope.settings };
  const parts = { segments: segments.all(), scores: segments.scores(), funnels: segments.funnels() };
  const plan = planOf(catalog, settings, parts, settings.seed);
  return said.flatMap(([{ code, example, text: words }, claim]) =>
    claim ? [{ name: `${code} ${words}\n${example?.text ?? ""}\n${text}`, code, plan, example, ...claim }] : [],
  );
}

interface Asking {
  readonly project: CheckedProject;
  readonly lower: (node: Checked, salt: string, place?: Place) => Condition;
  readonly member: (segment: CheckedProgram["segment"]) => readonly Condition[];
}

const isAt = (left: Span, right: Span): boolean =>
  left.file === right.file && left.start === right.start && left.end === right.end;

const holding = (all: readonly Condition[]): readonly Asked[] => all.map((when) => ({ when, holds: true }));
const failing = (all: readonly Condition[]): readonly Asked[] => all.map((when) => ({ when, holds: false }));

function saidBy(asking: Asking, found: Diagnostic): Said | null {
  switch (found.code) {
    case "W409":
    case "W410":
    case "W411":
      return ofOrder(asking, found);
    case "W520":
      return ofStart(asking, found);
    case "W526":
      return ofOtherwise(asking, found);
    case "W527":
    case "W528":
    case "W531":
    case "W532":
      return ofPolicies(asking, found);
    case "W529":
      return ofSend(asking, found);
    case "W530":
      return ofExclusion(asking, found);
    default:
      return null;
  }
}

/** Conditions of choices, variants and stages by the place that a finding names. */
function ofOrder({ project, lower }: Asking, { code, span, related }: Diagnostic): Said | null {
  const choices = project.derived.flatMap(({ name, body }) =>
    body.kind === "choice" ? body.arms.map(({ when }) => ({ when, span: when.span, salt: name })) : [],
  );
  const variants = project.emails.flatMap(({ name, variants }) =>
    variants.flatMap(({ when }) => (when ? [{ when, span: when.span, salt: name }] : [])),
  );
  const stages = project.funnels.flatMap(({ name, stages }) => {
    const nodes = project.scope.funnels.get(name)?.stages ?? [];
    return stages.flatMap(({ when }, index) => {
      const node = nodes[index];
      return node ? [{ when, span: code === "W410" ? node.name.span : node.span, salt: name, whole: node.span }] : [];
    });
  });
  const all = [...choices, ...variants, ...stages];
  const at = (place: Span) =>
    all.find((one) => isAt(one.span, place) || ("whole" in one && isAt(one.whole, place))) ?? null;
  const takers = related
    .flatMap((one) => at(one.span) ?? [])
    .flatMap(({ when, salt }) => (when ? [lower(when, salt)] : []));
  if (takers.length < related.length) return null;
  const own = code === "W411" ? [] : at(span);
  if (own === null) return null;
  const mine = "salt" in own && own.when ? [lower(own.when, own.salt)] : [];
  const never = [{ all: [...holding(mine), ...failing(takers)], starts: [] }];
  return { never, asked: holding(mine), some: holding(takers), starting: [] };
}

function entering(
  { lower, member }: Asking,
  { name, segment, triggers, onlyIf }: CheckedProgram,
): readonly Condition[] {
  const of = triggers.map(
    (trigger): Condition => ({ kind: "all", of: happening(trigger).map((one) => lower(one, name)) }),
  );
  return [
    ...member(segment),
    ...(triggers.length > 0 ? [{ kind: "any", of } as const] : []),
    ...(onlyIf ? [lower(onlyIf, name)] : []),
  ];
}

function happening(trigger: CheckedTrigger): readonly Checked[] {
  if (trigger.kind === "edge") return trigger.enrolsPresent ? [] : [trigger.when];
  if (trigger.kind === "event") return [trigger.behaviour, ...trigger.rest];
  return trigger.kind === "change" ? trigger.rest : [];
}

/** The events that start people; none where something else may. */
function startsOf({ lower }: Asking, { name, triggers }: CheckedProgram): readonly Behaviour[] {
  const events = triggers.flatMap((trigger) => (trigger.kind === "event" ? [lower(trigger.behaviour, name)] : []));
  const behaviours = events.filter((one) => one.kind === "behaviour");
  return behaviours.length === triggers.length ? behaviours : [];
}

const eventsOf = ({ triggers }: CheckedProgram): readonly string[] =>
  triggers.flatMap((one) => (one.kind === "event" ? [one.behaviour.event.name] : []));

/** What ends an enrollment before any step. */
function ending({ lower }: Asking, { name, exits, goal }: CheckedProgram): readonly Condition[] {
  return [...exits, ...(goal && !goal.within ? [goal.when] : [])].map((one) => lower(one, name, "inside"));
}

function ofStart(asking: Asking, { text }: Diagnostic): Said | null {
  const program = asking.project.programs.find(({ name }) => text.startsWith(`Nobody can enter \`${name}\``));
  if (!program) return null;
  const never = [{ all: holding(entering(asking, program)), starts: startsOf(asking, program) }];
  return { never, asked: [], some: [], starting: [] };
}

const isInside = (inner: Span, outer: Span): boolean =>
  inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;

/** The branches on the way to a place, and those before it that were not taken. */
function wayTo(
  steps: readonly CheckedStep[],
  place: Span,
): readonly { readonly when: Checked; readonly holds: boolean }[] {
  const holds = (some: readonly CheckedStep[]) => flatten(some).some(({ span }) => isInside(place, span));
  return flatten(steps).flatMap((step) => {
    if (step.kind !== "choose") return [];
    const taken = step.branches.findIndex((branch) => holds(branch.steps));
    if (taken < 0 && !holds(step.otherwise)) return [];
    const before = taken < 0 ? step.branches : step.branches.slice(0, taken);
    const own = step.branches[taken];
    return [...before.map(({ when }) => ({ when, holds: false })), ...(own ? [{ when: own.when, holds: true }] : [])];
  });
}

/** What is certain of whoever comes to a step: all of it only as long as no time has passed. */
function coming(asking: Asking, program: CheckedProgram, place: Span): readonly Asked[] {
  const way = wayTo(program.steps, place).map(({ when, holds }) => ({
    when: asking.lower(when, program.name, "inside"),
    holds,
  }));
  const enters = isFirst(program.steps, place) ? holding(entering(asking, program)) : [];
  return [...failing(ending(asking, program)), ...enters, ...way];
}

/** Whether only branches stand before it. */
function isFirst(steps: readonly CheckedStep[], place: Span): boolean {
  const [step] = steps;
  if (!step || isAt(step.span, place)) return step !== undefined;
  if (step.kind !== "choose") return false;
  return [...step.branches.map((branch) => branch.steps), step.otherwise].some((some) => isFirst(some, place));
}

function programAt({ project }: Asking, span: Span): CheckedProgram | null {
  return project.programs.find(({ steps }) => flatten(steps).some((step) => isAt(step.span, span))) ?? null;
}

function ofOtherwise(asking: Asking, { span }: Diagnostic): Said | null {
  const program = programAt(asking, span);
  if (!program) return null;
  const never = [{ all: coming(asking, program, span), starts: startsOf(asking, program) }];
  return { never, asked: [], some: [], starting: [] };
}

type Silencing = CheckedRule & { readonly kind: "never send" };

function silenceAt({ project }: Asking, span: Span | undefined): { policy: CheckedPolicy; rule: Silencing } | null {
  for (const policy of project.delivery.policies) {
    for (const rule of policy.rules) {
      if (rule.kind === "never send" && span && (isAt(rule.to.span, span) || isAt(rule.span, span)))
        return { policy, rule };
    }
  }
  return null;
}

function ofSend(asking: Asking, { span, related }: Diagnostic): Said | null {
  const program = programAt(asking, span);
  const silence = silenceAt(asking, related[0]?.span);
  if (!program || !silence) return null;
  const to = asking.lower(silence.rule.to, silence.policy.name);
  const here = coming(asking, program, span);
  return {
    never: [{ all: [...here, ...failing([to])], starts: startsOf(asking, program) }],
    asked: [...here, ...holding([to])],
    some: [],
    starting: eventsOf(program),
  };
}

function ofPolicies(asking: Asking, { code, span, related }: Diagnostic): Said | null {
  const { project, lower, member } = asking;
  const other = silenceAt(asking, related[0]?.span);
  const silenced = (one: ReturnType<typeof silenceAt>) => (one ? [lower(one.rule.to, one.policy.name)] : []);
  const says = (asked: readonly Asked[], all: readonly Asked[]): Said => {
    return { never: [{ all, starts: [] }], asked, some: [], starting: [] };
  };
  if (code === "W532") {
    const policy = project.delivery.policies.find(({ rules }) => rules[0] && isAt(rules[0].span, span));
    const people = holding(member(policy?.segment ?? null));
    return says([...people, ...holding(silenced(other))], [...people, ...failing(silenced(other))]);
  }
  const own = silenceAt(asking, span);
  if (!own) return null;
  const [to, people] = [silenced(own), holding(member(own.policy.segment))];
  if (code === "W527") return says([...people, ...holding(to)], [...people, ...failing(to)]);
  if (code === "W528") return says([...people, ...failing(to)], [...people, ...holding(to)]);
  return says([...holding(silenced(other)), ...failing(to)], [...holding(to), ...failing(silenced(other))]);
}

function ofExclusion(asking: Asking, { text }: Diagnostic): Said | null {
  const [name, ...others] = [...text.matchAll(/`(\w+)`/g)].map(([, word]) => word ?? "");
  const named = (one: string | undefined) => asking.project.programs.filter((program) => program.name === one);
  const never = named(name).flatMap((one) =>
    others.flatMap(named).flatMap((other): readonly Never[] => {
      const start = (program: CheckedProgram) => holding(entering(asking, program));
      const inside = (program: CheckedProgram) => failing(ending(asking, program));
      return [
        { all: [...start(one), ...start(other)], starts: [] },
        { all: [...inside(one), ...start(other)], starts: startsOf(asking, one) },
        { all: [...start(one), ...inside(other)], starts: startsOf(asking, other) },
      ];
    }),
  );
  return { never, asked: [], some: [], starting: [] };
}
