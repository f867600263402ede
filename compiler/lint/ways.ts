// All ways through the steps of a program, followed at once: what is kept of each is the caller's.

import type { Block, Program, Step } from "../../grammar/ast/program.ts";

type Of<K extends Step["kind"]> = Extract<Step, { readonly kind: K }>;
export type Send = Of<"send">;
export type Pause = Of<"wait" | "wait until" | "wait up to">;

/** What is kept of the ways to a place, and how steps change it. */
export interface Ways<S> {
  readonly send: (state: S, step: Send) => S;
  readonly pause: (state: S, step: Pause) => S;
  /** Where two ways meet. */
  readonly either: (left: S, right: S) => S;
}

export function stepsOf({ parts }: Program): readonly Step[] {
  return parts.filter((part): part is Step => "label" in part);
}

/** What is kept behind the last of `steps`; null: nobody comes there. */
export function followWays<S>(ways: Ways<S>, steps: readonly Step[], start: S): S | null {
  return steps.reduce<S | null>((state, step) => (state === null ? null : follow(ways, step, state)), start);
}

function follow<S>(ways: Ways<S>, step: Step, state: S): S | null {
  const through = (block: Block | null, from: S) => (block ? followWays(ways, block.steps, from) : from);
  const either = (left: S | null, right: S | null) =>
    left === null || right === null ? (left ?? right) : ways.either(left, right);
  switch (step.kind) {
    case "send":
      return ways.send(state, step);
    case "wait":
    case "wait until":
      return ways.pause(state, step);
    case "wait up to": {
      const behind = ways.pause(state, step);
      return either(through(step.then, behind), through(step.otherwise, behind));
    }
    case "if": {
      const ends = step.branches.map(({ then }) => through(then, state));
      return ends.reduce(either, through(step.otherwise, state));
    }
    case "split":
    case "experiment":
      return step.arms.map(({ block }) => through(block, state)).reduce(either, null);
    case "stop":
    case "continue in":
    case "go to":
      return null;
    default:
      return state;
  }
}
