// Programs: what holds for the whole, then the steps.

import type { Head, Program, Step } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Checked } from "../checked.ts";
import type { CheckedProgram, CheckedTrigger } from "../checked-program.ts";
import type { Context, Starts } from "../context.ts";
import type { Report, Scope } from "../scope.ts";
import { allSteps, isHead } from "../written-steps.ts";
import { checkWinners } from "./arms.ts";
import { checkFor } from "./audience.ts";
import { checkCondition } from "./condition.ts";
import { checkEnter, checkOrder, checkSettings, checkStarts, type HeadOf } from "./heads.ts";
import { checkEntrances, checkRings } from "./jumps.ts";
import { checkWait } from "./moment.ts";
import { nearestFix } from "./operand.ts";
import { checkSteps } from "./steps.ts";
import { startsOf } from "./trigger.ts";

export function checkPrograms(scope: Scope, report: Report, nodes: readonly Program[]): readonly CheckedProgram[] {
  const programs = nodes.map((node) => checkProgram(scope, report, node));
  checkEntrances(scope, report, nodes);
  checkRings(report, programs);
  return programs;
}

function checkProgram(scope: Scope, report: Report, node: Program): CheckedProgram {
  const heads = node.parts.filter(isHead);
  const steps = node.parts.filter((part): part is Step => !isHead(part));
  const outside: Context = { scope, report, place: { kind: "segment" }, parameters: new Map(), event: null };
  checkOrder(outside, node);
  const of = <K extends Head["kind"]>(kind: K): readonly HeadOf<K>[] =>
    heads.filter((head): head is HeadOf<K> => head.kind === kind);

  const segment = checkFor(outside, node);
  const triggers = checkStarts(outside, heads);
  const starts: Starts = startsOf(triggers);
  const inside: Context = { ...outside, place: { kind: "program", starts } };
  const all = [...triggers, ...enrolment(segment, triggers, node)];
  const [onlyIf] = of("only if");
  const [goal] = of("goal");
  checkLabels(outside, node.name.text, steps);
  checkWinners(outside, node.name.text, steps, goal !== undefined);
  const settings = checkSettings(outside, heads, triggers);
  return {
    name: node.name.text,
    doc: node.doc,
    why: of("why")[0]?.text.value ?? null,
    owner: of("owner")[0]?.text.value ?? null,
    segment,
    starts,
    triggers: all,
    onlyIf: onlyIf ? checkCondition(outside, onlyIf.when) : null,
    enter: checkEnter(inside, heads, node.name.text, all),
    goal: goal ? checkGoal(inside, goal) : null,
    exits: of("exit when").map(({ when }) => checkCondition(inside, when)),
    ...settings,
    steps: checkSteps(inside, steps),
    span: { ...node.span, end: node.name.span.end },
  };
}

/** `program p for S` without a start: who comes into S, and who is in it at the first `apply`. */
function enrolment(
  segment: CheckedProgram["segment"],
  triggers: readonly CheckedTrigger[],
  node: Program,
): readonly CheckedTrigger[] {
  if (!segment || triggers.length > 0) return [];
  const when: Checked = { kind: "in segment", ...segment, span: (node.segment ?? node.name).span };
  return [{ kind: "edge", when, enrolsPresent: true }];
}

function checkGoal(context: Context, { when, within, target }: HeadOf<"goal">): CheckedProgram["goal"] {
  if (target && (target.value < 0 || target.value > 100)) {
    context.report(diagnose("E318", target.span, { found: `${target.digits}%` }));
  }
  return {
    when: checkCondition(context, when),
    within: within && checkWait(context, within),
    target: target?.value ?? null,
  };
}

/** Labels are unique, and whoever goes to one finds it. */
function checkLabels({ scope, report }: Context, program: string, steps: readonly Step[]): void {
  const all = allSteps(steps);
  const labels = all.flatMap(({ label }) => label ?? []);
  const seen = new Set<string>();
  for (const { text, span } of labels) {
    if (seen.has(text.toLowerCase())) report(diagnose("E512", span, { name: text }));
    seen.add(text.toLowerCase());
  }
  const names = new Set(labels.map(({ text }) => text));
  for (const step of all) {
    if (step.kind !== "go to" || names.has(step.target.text)) continue;
    const { text: name, span } = step.target;
    report(diagnose("E529", span, { name, program }, { fixes: nearestFix(scope, step.target, names) }));
  }
}
