// Whole worlds, each from one seed: faults at any call, a provider of the worst kind, people who change their mind.

import { expect, test } from "vitest";
import { type Simulated, simulate } from "./simulate.ts";

/** Without the environment's word always the same ones, so that a run says the same of the same code. */
const seeds = Number(process.env.SIMULATOR_SEEDS ?? 50);
const first = Number(process.env.SIMULATOR_FIRST ?? 20_261_128);

test("a seed alone decides all", async () => {
  expect(await simulate(first)).toEqual(await simulate(first));
});

const counted = [
  "mails",
  "told",
  "arms",
  "winners",
  "events",
  "checks",
  "calls",
  "lives",
  "failures",
  "crashes",
  "acts",
  "edits",
] as const;
type Total = Record<"seeds" | (typeof counted)[number], number> & { readonly states: Record<string, number> };

function add(total: Total, { states, ...counts }: Simulated): void {
  total.seeds += 1;
  for (const name of counted) total[name] += counts[name];
  for (const [state, mails] of Object.entries(states)) total.states[state] = (total.states[state] ?? 0) + mails;
}

test("whatever happens, every mail goes out once, or somebody is told why not", { timeout: 86_400_000 }, async () => {
  const zero = {
    seeds: 0,
    mails: 0,
    told: 0,
    arms: 0,
    winners: 0,
    events: 0,
    checks: 0,
    calls: 0,
    lives: 0,
    failures: 0,
    crashes: 0,
    acts: 0,
    edits: 0,
  };
  const total: Total = { ...zero, states: {} };
  const broken: string[] = [];
  for (let seed = first; seed < first + seeds; seed++) {
    try {
      add(total, await simulate(seed));
    } catch (error) {
      broken.push(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
      console.error(broken.at(-1));
    }
    if (total.seeds % 250 === 0) console.log(JSON.stringify(total));
  }
  console.log(JSON.stringify(total));
  expect(broken).toEqual([]);
  expect(Math.min(total.mails, total.failures, total.crashes)).toBeGreaterThan(0);
});
