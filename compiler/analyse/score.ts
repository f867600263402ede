// Scores that cannot come as high as a condition asks.

import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { Checked, CheckedValue } from "../checked.ts";
import type { CheckedScore } from "../checked-people.ts";
import type { Report } from "../scope.ts";

/** The most points that each score can have, by its name: what is subtracted and what decays only makes them fewer. */
export function limitsOf(scores: readonly CheckedScore[]): ReadonlyMap<string, number> {
  return new Map(
    scores.map(({ name, rules }) => {
      const most = rules.map(({ points, cap, isPerOccurrence }) => {
        if (points <= 0) return 0;
        return Math.min(isPerOccurrence ? Infinity : points, cap ?? Infinity);
      });
      return [name, most.reduce((sum, points) => sum + points, 0)] as const;
    }),
  );
}

export interface Scores {
  readonly limits: ReadonlyMap<string, number>;
  readonly report: Report;
  /** The source text of a span, short and on one line. */
  readonly text: (span: Span) => string;
}

/** Reports a comparison that a score never comes up to. */
export function judgeScore({ limits, report, text }: Scores, node: Checked): void {
  if (node.kind !== "compare" && node.kind !== "between") return;
  const { term } = node.operand;
  const most = term.kind === "score" ? limits.get(term.name) : undefined;
  const asked = numberIn(node.kind === "between" ? node.low : node.value);
  if (term.kind !== "score" || most === undefined || asked === null) return;
  const op = node.kind === "between" ? ">=" : node.op;
  const isFar = op === ">" ? most <= asked : (op === ">=" || op === "=") && most < asked;
  if (isFar) report(diagnose("W408", node.span, { condition: text(node.span), score: term.name, most }));
}

function numberIn(value: CheckedValue): number | null {
  return value.kind === "literal" && value.literal.kind === "number" ? value.literal.value : null;
}
