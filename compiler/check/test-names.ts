// Names that only programs hold: labels of their steps, experiments and their arms.

import type { Name } from "../../grammar/ast/expr.ts";
import type { Block, Program, Step } from "../../grammar/ast/program.ts";
import { isNamed, type Story } from "./test-story.ts";

function blocksOf(step: Step): readonly (Block | null)[] {
  switch (step.kind) {
    case "wait up to":
      return [step.then, step.otherwise];
    case "if":
      return [...step.branches.map(({ then }) => then), step.otherwise];
    case "split":
    case "experiment":
      return step.arms.map(({ block }) => block);
    default:
      return [];
  }
}

function nested(step: Step): readonly Step[] {
  return [
    step,
    ...blocksOf(step)
      .flatMap((block) => block?.steps ?? [])
      .flatMap(nested),
  ];
}

function stepsOf({ parts }: Program): readonly Step[] {
  return parts.filter((part): part is Step => "label" in part).flatMap(nested);
}

function allSteps(story: Story): readonly Step[] {
  return [...story.context.scope.programs.values()].flatMap(stepsOf);
}

export function isLabel(story: Story, name: Name): boolean {
  const labels = allSteps(story).flatMap(({ label }) => (label ? [label.text] : []));
  return isNamed(story, name, { what: "step labelled", starters: ["as"] }, labels);
}

export function isArm(story: Story, arm: Name, experiment: Name | null): boolean {
  const all = allSteps(story).filter((step) => step.kind === "experiment");
  const isExperiment =
    experiment === null ||
    isNamed(
      story,
      experiment,
      { what: "experiment", starters: ["experiment"] },
      all.map(({ name }) => name.text),
    );
  if (!isExperiment) return false;
  const meant = all.filter(({ name }) => experiment === null || name.text === experiment.text);
  const arms = meant.flatMap((step) => step.arms.flatMap(({ name }) => (name ? [name.text] : [])));
  return isNamed(story, arm, { what: "arm", starters: ["arm"] }, arms);
}
