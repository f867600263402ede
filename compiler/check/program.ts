// Programs: what holds for the whole, then the steps.

import type { Head, Program, Step } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Checked } from "../checked.ts";
import type { CheckedProgram, CheckedTrigger } from "../checked-program.ts";
import type { Context, Starts } from "../context.ts";
import type { Enter } from "../ir/program.ts";
import type { Report, Scope } from "../scope.ts";
import { isConstruct, unavailable } from "../unavailable.ts";
import { checkArguments, checkCondition } from "./condition.ts";
import { checkWait } from "./moment.ts";
import { missing } from "./operand.ts";
import { checkSteps } from "./steps.ts";
import { checkTriggers, startsOf } from "./trigger.ts";
import { kindOf, namesOf } from "../scope.ts";

type HeadOf<K extends Head["kind"]> = Head & { readonly kind: K };

const headKinds: ReadonlySet<string> = new Set<Head["kind"]>([
  "start when",
  "start every",
  "start at",
  "closes at",
  "start on",
  "only if",
  "exit when",
  "enter once",
  "enter again",
  "enter every time",
  "hold out",
  "goal",
  "edits",
  "on failure",
  "send at most",
  "why",
  "owner",
]);

function isHead(part: Head | Step): part is Head {
  return headKinds.has(part.kind);
}

export function checkProgram(scope: Scope, report: Report, node: Program): CheckedProgram {
  const heads = node.parts.filter(isHead);
  const steps = node.parts.filter((part): part is Step => !isHead(part));
  const outside: Context = { scope, report, place: { kind: "segment" }, parameters: new Map(), event: null };
  checkOrder(outside, node);
  const of = <K extends Head["kind"]>(kind: K): readonly HeadOf<K>[] =>
    heads.filter((head): head is HeadOf<K> => head.kind === kind);

  for (const head of heads) if (isConstruct(head.kind)) report(unavailable(head.kind, head.span));
  const segment = checkFor(outside, node);
  const hasOtherStart = heads.some(({ kind }) => kind === "start every" || kind === "start at" || kind === "start on");
  const triggers = of("start when").flatMap(({ when }) => checkTriggers(outside, checkCondition(outside, when)));
  const starts: Starts = { ...startsOf(triggers), isWhole: startsOf(triggers).isWhole && !hasOtherStart };
  const inside: Context = { ...outside, place: { kind: "program", starts } };
  if (triggers.length === 0 && !node.segment && !hasOtherStart) {
    report(diagnose("W504", node.name.span, { name: node.name.text }));
  }
  const all = [...triggers, ...enrolment(segment, triggers, node, hasOtherStart)];
  const [onlyIf] = of("only if");
  const [goal] = of("goal");
  checkLabels(outside, steps);
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
    steps: checkSteps(inside, steps),
    span: { ...node.span, end: node.name.span.end },
  };
}

/** `program p for S` without a start: who comes into S, and who is in it at the first `apply`. */
function enrolment(
  segment: CheckedProgram["segment"],
  triggers: readonly CheckedTrigger[],
  node: Program,
  hasOtherStart: boolean,
): readonly CheckedTrigger[] {
  if (!segment || triggers.length > 0 || hasOtherStart) return [];
  const when: Checked = { kind: "in segment", ...segment, span: (node.segment ?? node.name).span };
  return [{ kind: "edge", when, enrolsPresent: true }];
}

/** Heads come before steps, and each once; there may be many exits. */
function checkOrder({ report }: Context, node: Program): void {
  const firstStep = node.parts.findIndex((part) => !isHead(part));
  const seen = new Map<string, Head>();
  node.parts.forEach((part, index) => {
    if (!isHead(part)) return;
    const words = part.kind.startsWith("enter") ? "enter" : part.kind;
    if (firstStep >= 0 && index > firstStep) {
      report(diagnose("E501", part.span, { head: words }));
      return;
    }
    const earlier = seen.get(words);
    if (earlier && part.kind !== "exit when" && !isConstruct(part.kind)) {
      const related = [{ span: earlier.span, text: "the first one" }];
      report(diagnose("E502", part.span, { head: words }, { related }));
    }
    seen.set(words, part);
  });
}

function checkFor(context: Context, { segment: name, args }: Program): CheckedProgram["segment"] {
  if (!name) return null;
  const { scope, report } = context;
  const shared = scope.shared.get(name.text);
  if (shared?.kind === "segment" && shared.node) {
    if (shared.node.recovered) return null;
    const values = checkArguments(context, name.text, shared.parameters, args, name.span);
    return values && { name: name.text, args: values };
  }
  const is = shared?.kind === "segment" ? "built in, and its people are never mailed" : kindOf(scope, name.text);
  if (is === null) {
    return missing(context, name, { what: "segment", starters: ["segment"] }, namesOf(scope, "segment"));
  }
  report(diagnose("E222", name.span, { name: name.text, is, wanted: "a segment" }));
  return null;
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

function checkEnter(
  context: Context,
  heads: readonly Head[],
  program: string,
  triggers: readonly CheckedTrigger[],
): Enter {
  for (const head of heads) {
    if (head.kind === "enter every time") return { kind: "every time" };
    if (head.kind === "enter again") {
      const after = checkWait(context, head.after);
      if (after) return { kind: "again", after };
    }
    if (head.kind === "enter once" && head.per) {
      checkPer(context, head.per, program, triggers);
      return { kind: "once", per: head.per.text };
    }
  }
  return { kind: "once", per: null };
}

function checkPer(
  { place, report, scope }: Context,
  per: NonNullable<HeadOf<"enter once">["per"]>,
  program: string,
  triggers: readonly CheckedTrigger[],
): void {
  if (place.kind !== "program" || !place.starts.isWhole || scope.isLost(per.text, ["event"])) return;
  const { events } = place.starts;
  const lacking = events.find(({ fields }) => !fields.some(({ name, type }) => name === per.text && !type.isList));
  const why = lacking
    ? `\`${lacking.name}\` has no property \`${per.text}\``
    : `\`${program}\` starts people without an event`;
  const hasEdge = triggers.some(({ kind }) => kind === "edge") || triggers.length === 0;
  if (lacking || hasEdge) report(diagnose("E505", per.span, { name: per.text, why }));
}

/** All steps, those of blocks included. */
function allSteps(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step) => [step, ...blocksOf(step).flatMap((inner) => allSteps(inner))]);
}

function blocksOf(step: Step): readonly (readonly Step[])[] {
  if (step.kind === "if") {
    return [...step.branches.map(({ then }) => then.steps), step.otherwise?.steps ?? []];
  }
  if (step.kind === "wait up to") return [step.then?.steps ?? [], step.otherwise?.steps ?? []];
  return step.kind === "split" || step.kind === "experiment" ? step.arms.map(({ block }) => block.steps) : [];
}

function checkLabels({ report }: Context, steps: readonly Step[]): void {
  const seen = new Set<string>();
  for (const { label } of allSteps(steps)) {
    if (!label) continue;
    if (seen.has(label.text.toLowerCase())) report(diagnose("E512", label.span, { name: label.text }));
    seen.add(label.text.toLowerCase());
  }
}
