// Where each step of a program leads, in words, for who draws it.

import type { Program, Step } from "../../compiler/ir/program.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Way } from "../snapshot.ts";

const only = (to: number | null): readonly Way[] => [{ label: null, to }];

export function waysOf(step: Program["steps"][number]): readonly Way[] {
  switch (step.kind) {
    case "wait for":
      return waysOfWait(step);
    case "choose":
      return [
        ...step.branches.map(({ next }, index) => ({ label: index === 0 ? "then" : `then (${index + 1})`, to: next })),
        { label: "otherwise", to: step.otherwise },
      ];
    case "divide":
      return step.arms.map(({ name, share, next }, index) => ({
        label: `arm ${name ?? index + 1} ${share}%`,
        to: next,
      }));
    case "continue in":
    case "stop":
    case "held out":
      return [];
    case "send":
    case "wait":
    case "wait until":
    case "set":
    case "add to":
    case "remove from":
    case "subscribe to":
    case "unsubscribe from":
    case "suppress":
    case "hand off":
    case "call":
    case "go to":
    case "removed":
      return only(step.next);
    default:
      return unreachable(step);
  }
}

function waysOfWait({ then, otherwise, next }: Extract<Step, { readonly kind: "wait for" }>): readonly Way[] {
  if (then === otherwise) return only(next);
  return [
    { label: "if it came", to: then },
    { label: "otherwise", to: otherwise },
  ];
}
