// Names that only programs hold: labels of their steps, experiments and their arms.

import type { Name } from "../../grammar/ast/expr.ts";
import type { Step } from "../../grammar/ast/program.ts";
import { stepsOf } from "../written-steps.ts";
import { isNamed, type Story } from "./test-story.ts";

function stepsOfAll({ context }: Story): readonly Step[] {
  return [...context.scope.programs.values()].flatMap(stepsOf);
}

export function isLabel(story: Story, name: Name): boolean {
  const labels = stepsOfAll(story).flatMap(({ label }) => (label ? [label.text] : []));
  return isNamed(story, name, { what: "step labelled", starters: ["as"] }, labels);
}

export function isArm(story: Story, arm: Name, experiment: Name | null): boolean {
  const all = stepsOfAll(story).filter((step) => step.kind === "experiment");
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
