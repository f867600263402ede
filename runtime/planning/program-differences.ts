// How an edit changes programs: their steps, the ways between them, and what their heads ask.

import { canonical } from "../../compiler/hash.ts";
import type { Next, Program, Step } from "../../compiler/ir/program.ts";
import { byName } from "../../compiler/order.ts";
import type { Category, PlannedChange } from "./foreseen.ts";

/** Parts of a head: in which words, and how far a change reaches. */
const heads: readonly (readonly [part: keyof Program, words: string, category: Category])[] = [
  ["segment", "whom it is for", "audience"],
  ["triggers", "when it starts", "audience"],
  ["onlyIf", "who may enter", "audience"],
  ["enter", "how often one may enter", "audience"],
  ["holdOut", "who is held out", "audience"],
  ["closesAt", "when it closes", "audience"],
  ["goal", "its goal", "meaning"],
  ["exits", "when people exit", "meaning"],
  ["sendAtMost", "how fast it sends", "meaning"],
  ["onFailure", "what a failure does", "meaning"],
];

export function programChanges(before: readonly Program[], after: readonly Program[]): readonly PlannedChange[] {
  const names = byName([...new Set([...before, ...after].map(({ name }) => name))].map((name) => ({ name })));
  return names.flatMap(({ name }): readonly PlannedChange[] => {
    const [was, is] = [before, after].map((all) => all.find((program) => program.name === name));
    if (was && is) return changesOf(was, is);
    return [{ kind: "program", name, how: is ? "new" : "removed", category: "flow", what: null }];
  });
}

function changesOf(was: Program, is: Program): readonly PlannedChange[] {
  if (was.hash === is.hash) return [];
  const of = (category: Category, what: string): PlannedChange => ({
    kind: "program",
    name: is.name,
    how: "changed",
    category,
    what,
  });
  const inHead = heads.filter(([part]) => canonical(was[part]) !== canonical(is[part]));
  return [...inHead.map(([, words, category]) => of(category, words)), ...stepChanges(was, is, of)];
}

type Of = (category: Category, what: string) => PlannedChange;

function stepChanges(was: Program, is: Program, of: Of): readonly PlannedChange[] {
  const [before, after] = [stepsById(was), stepsById(is)];
  const added = is.steps
    .filter(({ id, kind }) => !before.has(id) && kind !== "removed")
    .map(({ title }) => of("flow", `step \`${title}\` is new`));
  const removed = was.steps
    .filter(({ id }) => !after.has(id))
    .map(({ title }) => of("flow", `step \`${title}\` is gone`));
  const kept = is.steps.flatMap((step) => {
    const old = before.get(step.id);
    return old && old.kind !== "removed" ? [{ step, old }] : [];
  });
  const changed = kept.flatMap(({ step, old }) => {
    if (step.kind === "removed") return [of("flow", `step \`${old.title}\` is removed`)];
    const category = changeOf(old, step);
    return category === null ? [] : [of(category, `step \`${step.title}\` ${changeWords[category]}`)];
  });
  const isOtherWay =
    added.length + removed.length === 0 &&
    (kept.some(({ step, old }) => canonical(waysOf(old, was)) !== canonical(waysOf(step, is))) ||
      idOf(was, was.first) !== idOf(is, is.first));
  return [...added, ...removed, ...changed, ...(isOtherWay ? [of("flow", "the order of its steps")] : [])];
}

const changeWords = { meaning: "asks something else", flow: "does something else" } as const;

/** How far a step that is still there means something else, wherever it leads; null: it does not. */
export function changeOf(was: Step, is: Step): "meaning" | "flow" | null {
  const [old, now] = [partsOf(nameless(was)), partsOf(nameless(is))];
  if (canonical(old.rest) !== canonical(now.rest)) return "flow";
  return canonical(old.conditions) === canonical(now.conditions) ? null : "meaning";
}

/** Names do not say what a step means. */
function nameless(step: Step): Step {
  const { origin: _, unlabelled: __, ...rest } = step;
  return { ...rest, id: "" };
}

const stepsById = ({ steps }: Program): ReadonlyMap<string, Step> => new Map(steps.map((step) => [step.id, step]));

const idOf = ({ steps }: Program, next: Next): string | null => (next === null ? null : (steps[next]?.id ?? null));

/** A step without the places that it leads to: what it asks, and all else. */
function partsOf(step: Step): { readonly conditions: unknown; readonly rest: unknown } {
  switch (step.kind) {
    case "choose":
      return { conditions: step.branches.map(({ when }) => when), rest: [step.kind] };
    case "wait for": {
      const { until, next: _, then: __, otherwise: ___, ...rest } = step;
      return { conditions: until, rest };
    }
    case "send": {
      const { onlyIf, next: _, ...rest } = step;
      return { conditions: onlyIf, rest };
    }
    case "divide":
      return { conditions: null, rest: { ...step, arms: step.arms.map(({ name, share }) => ({ name, share })) } };
    case "continue in":
    case "stop":
    case "held out":
      return { conditions: null, rest: step };
    default: {
      const { next: _, ...rest } = step;
      return { conditions: null, rest };
    }
  }
}

/** Ids of the steps that a step leads to. */
function waysOf(step: Step, program: Program): readonly (string | null)[] {
  switch (step.kind) {
    case "choose":
      return [...step.branches.map(({ next }) => next), step.otherwise].map((next) => idOf(program, next));
    case "divide":
      return step.arms.map(({ next }) => idOf(program, next));
    case "wait for":
      return [step.then, step.otherwise, step.next].map((next) => idOf(program, next));
    case "continue in":
    case "stop":
    case "held out":
      return [];
    default:
      return [idOf(program, step.next)];
  }
}
