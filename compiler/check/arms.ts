// Splits and experiments: shares that make a whole, arms that can be told apart, and a winner that can be found.

import type { Arm, Step, Winner } from "../../grammar/ast/program.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedWinner } from "../checked-program.ts";
import { repeated } from "../catalog.ts";
import type { Context } from "../context.ts";
import { replace, suggested } from "../fixes.ts";
import { allSteps } from "../written-steps.ts";
import { isCount } from "./count.ts";
import { checkWait } from "./moment.ts";

type Divided = Extract<Step, { readonly kind: "split" | "experiment" }>;

/** Decimal places that shares are added up with. */
const precision = 1e6;

/** Shares make 100%, names are unique. */
export function checkArms({ report, scope }: Context, step: Divided): void {
  const { arms } = step;
  const names = arms.flatMap(({ name }) => name ?? []);
  for (const { text, span } of repeated(names)) report(diagnose("E231", span, { what: "The arm", name: text }));
  const outside = arms.filter(({ share }) => share.value < 0 || share.value > 100);
  for (const { share } of outside) report(diagnose("E318", share.span, { found: scope.text(share.span) }));
  if (outside.length > 0) return;
  const sum = Math.round(arms.reduce((total, { share }) => total + share.value, 0) * precision) / precision;
  if (sum === 100) return;
  const name = step.kind === "split" ? "`split`" : `\`${step.name.text}\``;
  const span = step.kind === "split" ? { ...step.span, end: step.span.start + step.kind.length } : step.name.span;
  const words = { name, arms: arms.length, sum: `${sum}%` };
  report(diagnose("E521", span, words, { fixes: completed(arms, sum) }));
}

/** The last arm takes what is left for it. */
function completed(arms: readonly Arm[], sum: number): readonly Fix[] {
  const last = arms.at(-1)?.share;
  if (!last) return [];
  const left = Math.round((100 - sum + last.value) * precision) / precision;
  return left > 0 ? [suggested(`Give the last arm ${left}%`, replace(last.span, `${left}%`))] : [];
}

/** null where it can never be found, which is reported. */
export function checkWinner(context: Context, winner: Winner, arms: readonly Arm[]): CheckedWinner | null {
  const { by, needs, span } = winner;
  const after = checkWait(context, winner.after);
  if (!isCount(needs)) context.report(diagnose("E522", needs.span, { found: needs.digits }));
  const competing = by === "goal" ? arms : arms.filter(sends);
  if (arms.length > 0 && competing.length < 2) {
    context.report(diagnose("E523", span, { by, arms: competing.length }));
  }
  return after && { by, after, needs: needs.value };
}

function sends({ block }: Arm): boolean {
  return allSteps(block.steps).some(({ kind }) => kind === "send");
}

/** Who is told apart by reaching the goal needs one. */
export function checkWinners({ report }: Context, program: string, steps: readonly Step[], hasGoal: boolean): void {
  if (hasGoal) return;
  for (const step of allSteps(steps)) {
    if (step.kind !== "experiment" || step.winner?.by !== "goal") continue;
    report(diagnose("E524", step.winner.span, { program }));
  }
}
