// A new plan as the heir of the one that was live: which of its steps are those of before, and by which first names draws
// and mails go, so that no edit and no rename deals anew.

import { canonical } from "../../compiler/hash.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program, Step, Trigger } from "../../compiler/ir/program.ts";
import { isKnown, isRenaming, leadsOf, noRenames, renamedIn, type Renames, renamesOf } from "./renames.ts";
import type { AppliedPlan } from "./stored-plan.ts";

/** Within a program, by its new name. */
export interface Changed {
  readonly program: string;
  readonly from: string;
  readonly to: string;
}

export interface Inheritance {
  /** The new plan, with the first names of what had others. */
  readonly plan: Plan;
  readonly renames: Renames;
  /** Steps that have another identity now. */
  readonly steps: readonly Changed[];
  /** Triggers that are the same under other names. */
  readonly triggers: readonly Changed[];
}

/**
 * `version`: the number that the new plan gets.
 * @throws Failed F405 where two names would become one, F406 where it is said what became of a name that was never live
 */
export function inherit(next: Plan, earlier: AppliedPlan | null, version: number): Inheritance {
  if (earlier === null) return { plan: next, renames: noRenames, steps: [], triggers: [] };
  const before = earlier.plan;
  const renames = renamesOf(next, before);
  const heirs = next.programs.map((program) => heirOf({ next, before, renames, version }, program));
  const history = before.moves.map((move) =>
    move.kind === "renamed" ? move : { ...move, program: renames.program.get(move.program) ?? move.program },
  );
  const moves = [...history.filter((move) => !isKnown(move, next)), ...next.moves];
  const plan: Plan = {
    ...next,
    programs: heirs.map(({ program }) => program),
    segments: next.segments.map((segment) => {
      const origin = originOf(segment.name, renames.segment, before.segments);
      return origin === null
        ? segment
        : { ...resalted(segment, (salt) => (salt === segment.name ? origin : salt)), origin };
    }),
    emails: next.emails.map((email) => {
      const origin = originOf(email.name, renames.email, before.emails);
      const salted = (salt: string) => (salt === `email ${email.name}` ? `email ${origin}` : salt);
      return origin === null ? email : { ...resalted(email, salted), origin };
    }),
    moves,
  };
  return {
    plan,
    renames,
    steps: heirs.flatMap(({ steps }) => steps),
    triggers: isRenaming(renames) ? plan.programs.flatMap((program) => sameTriggers(program, before, renames)) : [],
  };
}

interface Named {
  readonly name: string;
  readonly origin?: string;
}

/** The name that it had before. */
function formerName(name: string, renames: ReadonlyMap<string, string>): string {
  for (const [from, to] of renames) if (to === name) return from;
  return name;
}

/** The first name of a thing; null where that is its own. */
function originOf(name: string, renames: ReadonlyMap<string, string>, before: readonly Named[]): string | null {
  const former = formerName(name, renames);
  const origin = before.find((one) => one.name === former)?.origin ?? former;
  return origin === name ? null : origin;
}

export function predecessorOf({ name }: Pick<Program, "name">, before: Plan, renames: Renames): Program | null {
  const former = formerName(name, renames.program);
  return before.programs.find((one) => one.name === former) ?? null;
}

interface Inheriting {
  readonly next: Plan;
  readonly before: Plan;
  readonly renames: Renames;
  readonly version: number;
}

interface Heir {
  readonly program: Program;
  readonly steps: readonly Changed[];
}

function heirOf({ next, before, renames, version }: Inheriting, program: Program): Heir {
  const former = predecessorOf(program, before, renames);
  if (former === null) return { program, steps: [] };
  const same = sameSteps({ next, before, renames }, former, program);
  const firsts = new Map(former.steps.map((step) => [same.get(step.id), step.origin ?? step.id]));
  const retired = new Set(former.retired);
  for (const [id, first] of firsts) if (id !== undefined && id !== first) retired.add(first);
  const originOfStep = ({ id }: Step) => firsts.get(id) ?? (retired.has(id) ? `${id}@${version}` : id);
  const origins = new Map(program.steps.map((step) => [step.id, originOfStep(step)]));
  const origin = originOf(program.name, renames.program, before.programs);
  const steps = [...same].flatMap(([from, to]) => (from === to ? [] : [{ program: program.name, from, to }]));
  if (origin === null && retired.size === 0) return { program, steps };
  const salts = new Map<string, string>([[program.name, origin ?? program.name]]);
  for (const [id, first] of origins) salts.set(`${program.name}:${id}`, `${origin ?? program.name}:${first}`);
  const heir = resalted(program, (salt) => salts.get(salt) ?? salt);
  return {
    program: {
      ...heir,
      ...(origin === null ? {} : { origin }),
      ...(retired.size === 0 ? {} : { retired: [...retired].toSorted() }),
      steps: heir.steps.map((step) => {
        const first = origins.get(step.id) ?? step.id;
        return first === step.id ? step : { ...step, origin: first };
      }),
    },
    steps,
  };
}

const isLabel = ({ id, kind }: Step): boolean => !id.includes(":") && kind !== "held out" && kind !== "removed";

/** The step of the new program that each step of the former one is: by its label, else by kind, target and ordinal. */
function sameSteps(
  { next, before, renames }: Omit<Inheriting, "version">,
  former: Program,
  program: Program,
): ReadonlyMap<string, string> {
  const there = new Set(program.steps.map(({ id }) => id));
  const leads = next.moves.flatMap((move) => {
    if (move.kind === "renamed" || move.program !== program.name) return [];
    const [from, to] = move.kind === "renamed step" ? [move.from, move.to] : [move.step, move.continueAt];
    return [{ from, to, isKnown: isKnown({ ...move, program: former.name }, before) }];
  });
  const live = new Set(former.steps.filter(isLabel).map(({ id }) => id));
  const relabelled = leadsOf(leads, { what: `step of ${program.name}`, live, there });
  const labelled = new Map(
    program.steps.flatMap(({ id, unlabelled }) => (unlabelled ? [[unlabelled, id] as const] : [])),
  );
  const found = new Map<string, string>();
  const taken = new Set<string>([...relabelled.values(), ...former.steps.map(({ id }) => id)]);
  for (const step of former.steps) {
    const renamed = renamedTarget(step.id, renames);
    const label = isLabel(step) ? undefined : (labelled.get(step.id) ?? labelled.get(renamed));
    const to = [relabelled.get(step.id), step.id, renamed].find((id) => id !== undefined && there.has(id));
    // Who gives a step a label does not make it another one.
    if (to !== undefined) found.set(step.id, to);
    else if (label !== undefined && !taken.has(label)) found.set(step.id, label);
  }
  return found;
}

/** Which part of an identity, `send:welcome:1`, is a name that may change. */
const targets: Readonly<Record<string, keyof Renames>> = {
  send: "email",
  experiment: "experiment",
  "continue in": "program",
};

function renamedTarget(id: string, renames: Renames): string {
  const [kind = "", target = "", ...rest] = id.split(":");
  const what = Object.hasOwn(targets, kind) ? targets[kind] : undefined;
  return what === undefined ? id : [kind, renames[what].get(target) ?? target, ...rest].join(":");
}

/** Every `salt` in a piece of a plan, replaced. */
function resalted<T>(piece: T, salted: (salt: string) => string): T {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [
        key,
        key === "salt" && typeof part === "string" ? salted(part) : walk(part),
      ]),
    );
  };
  return walk(piece) as T;
}

/** Triggers that are new by their hash, and old by all that they say. */
function sameTriggers(program: Program, before: Plan, renames: Renames): readonly Changed[] {
  const former = predecessorOf(program, before, renames);
  const meaning = ({ id: _, ...trigger }: Trigger) => canonical(trigger);
  const old = new Map((former?.triggers ?? []).map((one) => [meaning(renamedIn(one, renames)), one.id]));
  return program.triggers.flatMap((trigger) => {
    const from = old.get(meaning(trigger));
    return from === undefined || from === trigger.id ? [] : [{ program: program.name, from, to: trigger.id }];
  });
}
