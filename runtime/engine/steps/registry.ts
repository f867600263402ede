// All kinds of steps. A kind without a row here does not compile.

import type { Condition } from "../../../compiler/ir/condition.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import type { Next, Program, Step } from "../../../compiler/ir/program.ts";
import { acts } from "./act.ts";
import { choose } from "./choose.ts";
import { continueIn } from "./continue-in.ts";
import { divide } from "./divide.ts";
import { goTo } from "./go-to.ts";
import { heldOut } from "./held-out.ts";
import type { Hop, Origin, Scene, StepKind } from "./kind.ts";
import { removed } from "./removed.ts";
import { send } from "./send.ts";
import { stop } from "./stop.ts";
import { wait } from "./wait.ts";
import { waitFor } from "./wait-for.ts";
import { waitUntil } from "./wait-until.ts";

const kinds: { readonly [K in Step["kind"]]: StepKind<K> } = {
  send,
  wait,
  "wait until": waitUntil,
  "wait for": waitFor,
  choose,
  divide,
  ...acts,
  "go to": goTo,
  "continue in": continueIn,
  stop,
  "held out": heldOut,
  removed,
};

// A step is looked up by its own kind, so the row always fits; the type system cannot follow the link.
function kindOf<K extends Step["kind"]>(step: Step & { readonly kind: K }): StepKind<Step["kind"]> {
  return kinds[step.kind] as unknown as StepKind<Step["kind"]>;
}

export const isInstant = (step: Step): boolean => kindOf(step).isInstant;
export const isWatched = (step: Step): boolean => kindOf(step).isWatched(step);
export const conditionsOf = (step: Step, origin: Origin): readonly Condition[] => kindOf(step).conditions(step, origin);
export const hopOf = (step: Step, scene: Scene): Hop => kindOf(step).hop(step, scene);
export const dueOf = (step: Step, scene: Scene): string => kindOf(step).due(step, scene);

/** Steps that a person who leaves `step` may come to. */
export function followersOf(step: Step): readonly number[] {
  return waysOf(step).filter((target) => target !== null);
}

function waysOf(step: Step): readonly Next[] {
  switch (step.kind) {
    case "choose":
      return [...step.branches.map(({ next }) => next), step.otherwise];
    case "divide":
      return step.arms.map(({ next }) => next);
    case "wait for":
      return [step.then, step.otherwise, step.next];
    case "continue in":
    case "stop":
    case "held out":
      return [];
    default:
      return [step.next];
  }
}

/** From where a walk goes on within one instant. */
export interface Passage {
  /** Ids of the steps on which people stand. */
  readonly ids: readonly string[];
  /** Ids of the steps to which those are known to lead; null: any that they may lead to. */
  readonly nexts: readonly string[] | null;
  /** Behind such a step the walk rests, because what is judged next must see what the step wrote. */
  isCut(step: Step): boolean;
}

/**
 * The steps that people may pass in the same instant behind those on which they stand. A wait for something is among them
 * where it may be reached with no send before it: what a mail of this very instant brings about is looked at later.
 */
export function passedFrom(program: Program, { ids, nexts, isCut }: Passage): readonly Step[] {
  const seen = new Set<string>();
  const passed = new Set<Step>();
  const visit = (from: Step, isUnsent: boolean, isKnown: (step: Step) => boolean): void => {
    if (isCut(from)) return;
    const isStillUnsent = isUnsent && from.kind !== "send";
    for (const step of followersOf(from).map((index) => program.steps[index])) {
      if (!step || !isKnown(step) || !(isInstant(step) || (isWatched(step) && isStillUnsent))) continue;
      const key = `${isStillUnsent} ${step.id}`;
      if (seen.has(key)) continue;
      seen.add(key);
      passed.add(step);
      visit(step, isStillUnsent, () => true);
    }
  };
  for (const step of program.steps.filter(({ id }) => ids.includes(id))) {
    visit(step, true, ({ id }) => nexts === null || nexts.includes(id));
  }
  return program.steps.filter((step) => passed.has(step));
}

export function originOf(program: Program, { catalog, emails }: Plan): Origin {
  const kindsOfEvents = new Map(catalog.events.map((event) => [event.name, event]));
  const typeOf = (event: string, property: string) =>
    kindsOfEvents.get(event)?.fields.find((field) => field.name === property)?.type ?? null;
  const starting = program.triggers.flatMap((trigger) => (trigger.kind === "event" ? [trigger.event] : []));
  return {
    typeOf,
    variantsOf: (email) =>
      (emails.find(({ name }) => name === email)?.variants ?? []).flatMap(({ name, when }) =>
        when === null ? [] : [{ name, when }],
      ),
    startsWith: (property) => [...new Set(starting)].filter((event) => typeOf(event, property) !== null),
  };
}
