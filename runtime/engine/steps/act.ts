// Steps that write something about the person and lead on. Where something may read it, the walk stops behind them.

import type { Step } from "../../../compiler/ir/program.ts";
import type { StepKind } from "./kind.ts";

/** Their words in the journal. */
export const actOutcomes = {
  set: "set",
  "add to": "added",
  "remove from": "removed",
  "subscribe to": "subscribed",
  "unsubscribe from": "unsubscribed",
  suppress: "suppressed",
  "hand off": "handed off",
  call: "called",
} as const;

export type ActKind = keyof typeof actOutcomes;
export type ActStep = Extract<Step, { kind: ActKind }>;

const acting = <K extends ActKind>(kind: K): StepKind<K> => ({
  isInstant: true,
  isWatched: () => false,
  conditions: () => [],
  hop: (step: ActStep, scene) => ({ outcome: `'${actOutcomes[kind]}'`, reason: "NULL", next: scene.next(step.next) }),
  due: (_, scene) => scene.now,
});

export const acts: { readonly [K in ActKind]: StepKind<K> } = {
  set: acting("set"),
  "add to": acting("add to"),
  "remove from": acting("remove from"),
  "subscribe to": acting("subscribe to"),
  "unsubscribe from": acting("unsubscribe from"),
  suppress: acting("suppress"),
  "hand off": acting("hand off"),
  call: acting("call"),
};
