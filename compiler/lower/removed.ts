// Steps that are gone: a place for who stood there, from which they go on where the writer says, or leave.

import type { CheckedProgram } from "../checked-program.ts";
import type { Move } from "../ir/plan.ts";
import type { Step } from "../ir/program.ts";

type Removed = Move & { readonly kind: "removed step" };

export function removedSteps(
  { name, span }: Pick<CheckedProgram, "name" | "span">,
  steps: readonly Step[],
  moves: readonly Move[],
): readonly Step[] {
  const own = moves.filter((move) => move.kind !== "renamed" && move.program === name);
  const labels = new Map(steps.map(({ id }, index) => [id, index]));
  return own.filter(isRemoved).map(({ step, continueAt }) => {
    const where = continueAt === null ? "exit" : `continue at ${continueAt}`;
    const head = { id: step, title: `removed step ${name}.${step} ${where}`, span };
    return { ...head, kind: "removed", next: endOf(continueAt, own, labels) };
  });
}

const isRemoved = (move: Move): move is Removed => move.kind === "removed step";

/** The step to which a label leads: one that was renamed or removed later leads on. */
function endOf(label: string | null, moves: readonly Move[], labels: ReadonlyMap<string, number>): number | null {
  // Names that lead round were reported; no more of them are passed than there are.
  for (let passed = 0; label !== null && passed <= moves.length; passed++) {
    const index = labels.get(label);
    if (index !== undefined) return index;
    label = nextOf(label, moves);
  }
  return null;
}

function nextOf(label: string, moves: readonly Move[]): string | null {
  for (const move of moves) {
    if (move.kind === "renamed step" && move.from === label) return move.to;
    if (move.kind === "removed step" && move.step === label) return move.continueAt;
  }
  return null;
}
