// What each trigger had seen at the last tick.

import type { Program, Trigger } from "../../compiler/ir/program.ts";
import { Bug } from "../../grammar/unreachable.ts";
import type { Instant, Row } from "../ports.ts";

export interface TriggerState {
  readonly firstAppliedAt: Instant;
  /** The last tick that looked, and the newest batch of events it saw; null before the first. */
  readonly seenAt: Instant | null;
  readonly seenBatch: number;
  /** Whether that was the last tick of all: a program that was paused has not looked at some. */
  readonly isCurrent: boolean;
}
export type TriggerStates = (program: Program, trigger: Trigger) => TriggerState;

/** From rows of `trigger_state`; `last`: the last tick's instant. */
export function triggerStatesOf(rows: readonly Row[], last: Instant | null): TriggerStates {
  const key = (program: string, trigger: string) => JSON.stringify([program, trigger]);
  const states = new Map(
    rows.map((row) => [
      key(String(row.program), String(row.trigger_id)),
      {
        firstAppliedAt: Number(row.first_applied_at),
        seenAt: row.seen_at === null ? null : Number(row.seen_at),
        seenBatch: Number(row.seen_batch),
        isCurrent: row.seen_at !== null && Number(row.seen_at) === last,
      },
    ]),
  );
  return (program, trigger) => {
    const state = states.get(key(program.name, trigger.id));
    if (!state) throw new Bug(`the trigger ${trigger.id} of ${program.name} was never applied`);
    return state;
  };
}
