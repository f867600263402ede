// What all that is bound to one open database shares: which plan is live, and whose turn it is.

import { AsyncLocalStorage } from "node:async_hooks";
import type { Plan } from "../compiler/ir/plan.ts";
import type { Engine } from "./engine/engine.ts";
import type { Instant } from "./ports.ts";

export interface Shared {
  /** The one that the database was opened with, or that was made live since. */
  plan: Plan;
  /** null until it is known what is live. */
  engine: Engine | null;
  lastTick: Instant;
  isOver: boolean;
  isReplay: boolean;
  /** Whether somebody is making a plan live right now, or waits for the turn to do so. */
  isApplying: boolean;
  /** Work in the order in which it was asked for, one at a time: a tick with its mails, and what must not meet one half done. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** The same for what needs the file of the database to stay where it is, or puts another there. */
  readonly withFile: <T>(work: () => Promise<T>) => Promise<T>;
}

export const sharing = (plan: Plan, now: Instant): Shared => ({
  plan,
  engine: null,
  lastTick: now,
  isOver: false,
  isReplay: false,
  isApplying: false,
  inTurn: oneByOne(),
  withFile: oneByOne(),
});

function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  const inside = new AsyncLocalStorage<true>();
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    // Who listens to a tick may ask in the middle of it, and would wait for itself for ever.
    if (inside.getStore()) return work();
    const turn = last.then(() => inside.run(true, work));
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** What is live, else what would be. */
export const livePlan = ({ engine, plan }: Shared): Plan => engine?.plan ?? plan;

/** A plan each part of which is that of the shared one when it is read: for doors that stay open while plans change. */
export function lastingPlan(shared: Pick<Shared, "plan">): Plan {
  const names = Object.keys(shared.plan) as readonly (keyof Plan)[];
  const parts = names.map((name) => [name, { enumerable: true, get: () => shared.plan[name] }] as const);
  return Object.defineProperties({}, Object.fromEntries(parts)) as Plan;
}
