// Names that only programs hold: labels of their steps, experiments and their arms.

import type { Name } from "../../grammar/ast/expr.ts";
import type { Arm, Step } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
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
  const arms = namedArms(story, experiment).flatMap(({ name }) => (name ? [name.text] : []));
  return isNamed(story, arm, { what: "arm", starters: ["arm"] }, arms);
}

/** Whether people get the arm at all; what is no number was reported. */
export function isDrawnArm(story: Story, arm: Name, experiment: Name | null): boolean {
  const meant = namedArms(story, experiment).filter(({ name }) => name?.text === arm.text);
  if (meant.some(({ share }) => share.value !== 0)) return true;
  story.context.report(diagnose("E867", arm.span, { arm: arm.text }));
  return false;
}

/** `experiment` null: of all. */
function namedArms(story: Story, experiment: Name | null): readonly Arm[] {
  return stepsOfAll(story).flatMap((step) =>
    step.kind === "experiment" && (experiment === null || step.name.text === experiment.text) ? step.arms : [],
  );
}
