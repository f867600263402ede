// Scores: what adds to them and what they lose.

import type { Score, ScoreRule } from "../../grammar/ast/declaration.ts";
import type { NumberValue } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Checked } from "../checked.ts";
import type { CheckedScore, CheckedScoreRule } from "../checked-people.ts";
import type { Context } from "../context.ts";
import { replace, safe } from "../fixes.ts";
import { checkCondition } from "./condition.ts";
import { checkWait } from "./moment.ts";

export function checkScore(context: Context, { name, doc, rules, halves }: Score): CheckedScore {
  return {
    name: name.text,
    doc,
    rules: rules.map((rule) => checkRule(context, rule)),
    halves: halves && checkWait(context, halves),
  };
}

function checkRule(context: Context, rule: ScoreRule): CheckedScoreRule {
  const when = checkCondition(context, rule.when);
  if (isPoints(rule.points.value)) checkDigits(context, rule.points);
  else refusePoints(context, rule);
  if (rule.cap && isPoints(rule.cap.value)) checkDigits(context, rule.cap);
  else if (rule.cap) context.report(diagnose("E276", rule.cap.span, { found: rule.cap.digits }));
  const sign = rule.effect === "adds" ? 1 : -1;
  return {
    when,
    points: sign * rule.points.value,
    cap: rule.cap?.value ?? null,
    isPerOccurrence: isBareEvent(when),
  };
}

/** The window of an event narrows its occurrences; a count or a chain makes it one condition. */
const isBareEvent = (when: Checked): boolean =>
  when.kind === "behaviour" && when.count === null && when.follows.length === 0;

const most = 1e9;
const isPoints = (value: number): boolean => value > 0 && value <= most;

/** Points are whole millionths. */
function checkDigits({ report }: Context, { digits, span }: NumberValue): void {
  if ((digits.split(".")[1] ?? "").length > 6) report(diagnose("E276", span, { found: digits }));
}

/** `adds -5` takes away, and is written so. */
function refusePoints({ report }: Context, { when, effect, points }: ScoreRule): void {
  const opposite = effect === "adds" ? "subtracts" : "adds";
  const instead = `${opposite} ${points.digits.replace("-", "")}`;
  const place = { ...points.span, start: when.span.end };
  const fixes = isPoints(-points.value) ? [safe(`Write \`${instead}\``, replace(place, ` ${instead}`))] : [];
  report(diagnose("E276", points.span, { found: points.digits }, { fixes }));
}
