// The parts of a program as written: heads, and steps with those of their blocks.

import type { Head, Program, Step } from "../grammar/ast/program.ts";

const headKinds: ReadonlySet<string> = new Set<Head["kind"]>([
  "start when",
  "start every",
  "start at",
  "closes at",
  "start on",
  "only if",
  "exit when",
  "enter once",
  "enter again",
  "enter every time",
  "hold out",
  "goal",
  "edits",
  "on failure",
  "send at most",
  "why",
  "owner",
]);

export function isHead(part: Head | Step): part is Head {
  return headKinds.has(part.kind);
}

/** The steps of a program, those of blocks included. */
export function stepsOf({ parts }: Program): readonly Step[] {
  return allSteps(parts.filter((part): part is Step => !isHead(part)));
}

/** In the order written. */
export function allSteps(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step) => [step, ...blocksOf(step).flatMap((inner) => allSteps(inner))]);
}

function blocksOf(step: Step): readonly (readonly Step[])[] {
  if (step.kind === "if") {
    return [...step.branches.map(({ then }) => then.steps), step.otherwise?.steps ?? []];
  }
  if (step.kind === "wait up to") return [step.then?.steps ?? [], step.otherwise?.steps ?? []];
  return step.kind === "split" || step.kind === "experiment" ? step.arms.map(({ block }) => block.steps) : [];
}
