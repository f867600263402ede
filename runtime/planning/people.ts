// What an edit does to the people inside programs: where they stand, and who enters, leaves and is acted on at the first tick.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program, Step } from "../../compiler/ir/program.ts";
import { byName } from "../../compiler/order.ts";
import type { Fate, Occupied } from "../engine/placing.ts";
import { actOutcomes } from "../engine/steps/act.ts";
import { type Happened, moved, peopleOf } from "./announced.ts";
import type { Act, Becomes, How, ProgramEffect, StepPeople } from "./foreseen.ts";
import { changeOf } from "./program-differences.ts";

export interface Standing extends Occupied {
  /** What the edit makes of them; null where there is none. */
  readonly fate: Fate | null;
}

export interface EffectsRequest {
  readonly live: Plan | null;
  readonly next: Plan;
  readonly standing: readonly Standing[];
  readonly before: readonly Happened[];
  readonly after: readonly Happened[];
  readonly samples: number;
}

/** Every program that the edit changes, that somebody is in, or that does something at the first tick. */
export function programEffects(request: EffectsRequest): readonly ProgramEffect[] {
  const { live, next, standing } = request;
  const names = [...(live?.programs ?? []), ...next.programs].map(({ name }) => name);
  const all = byName([...new Set([...names, ...standing.map(programOf)])].map((name) => ({ name })));
  return all.map(({ name }) => effectOn(name, request)).filter(isTold);
}

/** The program by the name that it has with the edit. */
function programOf({ program, fate }: Standing): string {
  return fate && "program" in fate ? fate.program : program;
}

const stepOf = ({ step, fate }: Standing): string => (fate && "step" in fate ? fate.step : step);

const isTold = ({ how, inside, enter, leave, acts }: ProgramEffect): boolean =>
  how !== null || inside > 0 || acts.length > 0 || [enter, leave].some(({ before, after }) => before + after > 0);

function effectOn(name: string, { live, next, standing, before, after, samples }: EffectsRequest): ProgramEffect {
  const [was, is] = [live, next].map((plan) => plan?.programs.find((program) => program.name === name));
  const own = (all: readonly Happened[], outcome: string) =>
    peopleOf(all.filter((one) => one.program === name && one.outcome === outcome));
  const here = standing.filter((one) => programOf(one) === name);
  const both = (outcome: string) => moved(own(before, outcome), own(after, outcome), samples);
  return {
    program: name,
    how: howOf(was, is),
    inside: here.reduce((sum, { people }) => sum + people, 0),
    steps: inOrder(here, is ?? was).map((one) => stepPeople(one, was, is)),
    enter: both("started"),
    leave: both("left"),
    acts: actsOf([is, was], name, { before, after, samples }),
  };
}

function howOf(was: Program | undefined, is: Program | undefined): How | null {
  if (!was) return "new";
  if (!is) return "removed";
  return was.hash === is.hash ? null : "changed";
}

function inOrder(here: readonly Standing[], program: Program | undefined): readonly Standing[] {
  const place = (one: Standing) => {
    const index = program?.steps.findIndex(({ id }) => id === stepOf(one)) ?? -1;
    return index < 0 ? Number.POSITIVE_INFINITY : index;
  };
  return here.toSorted((left, right) => place(left) - place(right) || (left.step < right.step ? -1 : 1));
}

function stepPeople(one: Standing, was: Program | undefined, is: Program | undefined): StepPeople {
  const step = stepOf(one);
  const [old, now] = [was, is].map((program) => program?.steps.find(({ id }) => id === step));
  const title = (now?.kind === "removed" ? old : (now ?? old))?.title ?? one.step;
  const continueAt = one.fate?.kind === "removed" ? one.fate.continueAt : null;
  const finishes = one.fate?.kind === "pinned" ? one.fate.version : one.fate ? null : one.pinned;
  return { step, title, people: one.people, becomes: becomesOf(one.fate, old, now), continueAt, finishes };
}

function becomesOf(fate: Fate | null, old: Step | undefined, now: Step | undefined): Becomes {
  if (fate?.kind === "vanished") return "gone";
  if (fate?.kind === "pinned" || fate?.kind === "removed") return fate.kind;
  if (old && now && changeOf(old, now) !== null) return "read anew";
  return fate?.kind ?? "kept";
}

const acting: ReadonlySet<string> = new Set(Object.values(actOutcomes));

function actsOf(
  programs: readonly (Program | undefined)[],
  name: string,
  { before, after, samples }: Pick<EffectsRequest, "before" | "after" | "samples">,
): readonly Act[] {
  const steps = programs.flatMap((program) => program?.steps ?? []);
  const own = (all: readonly Happened[]) => all.filter((one) => one.program === name && acting.has(one.outcome));
  const keyOf = ({ step, outcome }: Happened) => JSON.stringify([step, outcome]);
  const found = new Map([...own(before), ...own(after)].map((one) => [keyOf(one), one]));
  return [...found].map(([key, { step, outcome }]) => {
    const people = (all: readonly Happened[]) => peopleOf(own(all).filter((one) => keyOf(one) === key));
    const id = step ?? "";
    const title = steps.find((one) => one.id === id)?.title ?? id;
    return { step: id, title, does: outcome, ...moved(people(before), people(after), samples) };
  });
}
