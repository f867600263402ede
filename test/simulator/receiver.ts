// A receiver of webhooks' calls with a will of its own: it takes, refuses, asks for less, or hears a call and loses the answer.

import type { Call, Caller, CallOutcome } from "../../runtime/ports.ts";
import type { Dice } from "../sql/dice.ts";

export interface Receiver {
  readonly caller: Caller;
  /** What it heard, by the ids of calls: every try, in order. */
  readonly heard: ReadonlyMap<string, readonly string[]>;
  /** Ids of the calls that it took and said so. */
  readonly taken: ReadonlySet<string>;
  /** From now on it takes everything. */
  calm(): void;
}

export interface ReceiverWorld {
  readonly dice: Dice;
  /** Looks at a call before it is heard. */
  readonly look: (call: Call) => Promise<void>;
}

type Answer = "taken" | "refused" | "slow down" | "retry" | "unheard" | "heard, lost";
const answers: readonly Answer[] = [
  ...Array.from({ length: 5 }, () => "taken" as const),
  "refused",
  "slow down",
  "retry",
  "unheard",
  "heard, lost",
];

export function receiverOf({ dice, look }: ReceiverWorld): Receiver {
  const heard = new Map<string, string[]>();
  const taken = new Set<string>();
  let isCalm = false;
  const call = async (made: Call): Promise<CallOutcome> => {
    await look(made);
    const answer = isCalm ? "taken" : dice.pick(answers);
    if (answer === "unheard") throw new Error("connection refused");
    heard.set(made.id, [...(heard.get(made.id) ?? []), made.body]);
    const afterMs = dice.maybe(dice.below(90) * 60_000);
    switch (answer) {
      case "taken":
        taken.add(made.id);
        return { kind: "taken" };
      case "refused":
        return { kind: "refused", reason: "it answered 400" };
      case "slow down":
        return { kind: "slow down", reason: "it answered 429", afterMs };
      case "retry":
        return { kind: "retry", reason: "it answered 503", afterMs };
      case "heard, lost":
        throw new Error("connection reset");
    }
  };
  return {
    caller: { name: "simulated", goesOut: true, call },
    heard,
    taken,
    calm: () => {
      isCalm = true;
    },
  };
}
