// Draws in tests: everybody takes the first arm and nobody is held out, unless a clause says so.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Step } from "../../compiler/ir/program.ts";
import type { TestClause } from "../../compiler/ir/test.ts";
import { type Draws, drawsGiven, type GivenDraw } from "../engine/draws.ts";

type Divide = Extract<Step, { kind: "divide" }>;

const dividesOf = ({ programs }: Plan): readonly Divide[] =>
  programs.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "divide" ? [step] : [])));

const holdOutsOf = ({ programs }: Plan): readonly string[] => programs.flatMap(({ holdOut }) => holdOut?.salt ?? []);

export function drawsOfTest(plan: Plan, given: readonly GivenDraw[]): Draws {
  const holdOuts = new Set(holdOutsOf(plan));
  return drawsGiven(given, (salt) => (holdOuts.has(salt) ? 100 : 0));
}

/** What a person draws by a clause. */
export function drawsSaid(
  plan: Plan,
  clause: Extract<TestClause, { kind: "held out" | "gets arm" }>,
): readonly GivenDraw[] {
  const { id: contact } = clause.person;
  if (clause.kind === "held out") return holdOutsOf(plan).map((salt) => ({ salt, contact, drawn: 0 }));
  return dividesOf(plan).flatMap(({ arms, experiment, salt }) => {
    const index = arms.findIndex(({ name }) => name === clause.arm);
    if (index < 0 || experiment === null || (clause.experiment !== null && clause.experiment !== experiment)) return [];
    return [{ salt, contact, drawn: arms.slice(0, index).reduce((sum, { share }) => sum + share, 0) }];
  });
}

/** Steps at which an arm is taken, as (program, step). */
export function armPlaces(
  { programs }: Plan,
  experiment: string | null,
): readonly { readonly program: string; readonly step: string }[] {
  return programs.flatMap(({ name: program, steps }) =>
    steps.flatMap((step) => {
      if (step.kind !== "divide" || step.experiment === null) return [];
      return experiment === null || step.experiment === experiment ? [{ program, step: step.id }] : [];
    }),
  );
}
