// All kinds of steps. A kind without a row here does not compile.

import type { Catalog } from "../../../compiler/ir/catalog.ts";
import type { Condition } from "../../../compiler/ir/condition.ts";
import type { Program, Step } from "../../../compiler/ir/program.ts";
import { choose } from "./choose.ts";
import type { Hop, Origin, Scene, StepKind } from "./kind.ts";
import { send } from "./send.ts";
import { set } from "./set.ts";
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
  set,
  stop,
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
  const targets =
    step.kind === "stop"
      ? []
      : step.kind === "choose"
        ? [...step.branches.map(({ next }) => next), step.otherwise]
        : step.kind === "wait for"
          ? [step.then, step.otherwise, step.next]
          : [step.next];
  return targets.filter((target) => target !== null);
}

/** Longer chains of steps go on in the next round of the tick. */
const mostLevels = 12;

/**
 * The steps on which people stand, then those that they may pass next in the same instant, and so on. `nexts`: the steps to
 * which the first ones are known to lead. Behind a step that `isCut` the walk rests, because what is judged next must see
 * what the step wrote.
 */
export function levelsFrom(
  program: Program,
  ids: readonly string[],
  nexts: readonly string[] | null,
  isCut: (step: Step) => boolean,
): readonly (readonly Step[])[] {
  const levels: Step[][] = [];
  let level = program.steps.filter(({ id }) => ids.includes(id));
  while (level.length > 0 && levels.length < mostLevels) {
    levels.push(level);
    const targets = new Set(level.flatMap((step) => (isCut(step) ? [] : followersOf(step))));
    const isKnown = (step: Step) => levels.length > 1 || nexts === null || nexts.includes(step.id);
    level = program.steps.filter((step, index) => targets.has(index) && isInstant(step) && isKnown(step));
  }
  return levels;
}

export function originOf(program: Program, catalog: Catalog): Origin {
  const kindsOfEvents = new Map(catalog.events.map((event) => [event.name, event]));
  const typeOf = (event: string, property: string) =>
    kindsOfEvents.get(event)?.fields.find((field) => field.name === property)?.type ?? null;
  const starting = program.triggers.flatMap((trigger) => (trigger.kind === "event" ? [trigger.event] : []));
  return {
    typeOf,
    startsWith: (property) => [...new Set(starting)].filter((event) => typeOf(event, property) !== null),
  };
}
