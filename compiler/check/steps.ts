// The steps of a program.

import type { Arm, Block, Step, WaitUntil } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Checked } from "../checked.ts";
import type { CheckedArm, CheckedStep, CheckedUntil } from "../checked-program.ts";
import type { Context, Starts } from "../context.ts";
import { weekdayNumber } from "../settings.ts";
import { listed } from "../type-words.ts";
import {
  checkCall,
  checkConsent,
  checkContinue,
  checkHandOff,
  checkListed,
  checkSend,
  checkSet,
  type StepHead,
  type StepOf,
} from "./acts.ts";
import { checkArms, checkWinner } from "./arms.ts";
import { checkCondition } from "./condition.ts";
import { waitsWithoutLimit } from "./habits.ts";
import { checkWait } from "./moment.ts";
import { checkDateField, checkPointInTime, clockTime } from "./schedule.ts";

export function checkBlock(context: Context, block: Block | null): readonly CheckedStep[] {
  return block ? checkSteps(context, block.steps) : [];
}

export function checkSteps(context: Context, steps: readonly Step[]): readonly CheckedStep[] {
  return steps.map((step) => checkStep(context, step));
}

function checkStep(context: Context, step: Step): CheckedStep {
  const head = { span: step.span, label: step.label?.text ?? null };
  return checkKind(context, step, head) ?? { ...head, kind: "unchecked" };
}

/** null where it is wrong, which is reported. */
function checkKind(context: Context, step: Step, head: StepHead): CheckedStep | null {
  switch (step.kind) {
    case "send":
      return checkSend(context, step, head);
    case "wait": {
      const length = checkWait(context, step.duration);
      return length && { ...head, kind: "wait", length };
    }
    case "wait until": {
      if (waitsWithoutLimit(context, step)) return null;
      const until = checkUntil(context, step.until);
      return until && { ...head, kind: "wait until", until };
    }
    case "wait up to":
      return checkWaitFor(context, step, head);
    case "if": {
      const branches = step.branches.map(({ when, then }) => ({
        when: checkCondition(context, when),
        steps: checkBlock(context, then),
      }));
      return { ...head, kind: "choose", branches, otherwise: checkBlock(context, step.otherwise) };
    }
    case "split":
      checkArms(context, step);
      return { ...head, kind: "split", arms: checkBlocks(context, step.arms) };
    case "experiment": {
      checkArms(context, step);
      const winner = step.winner && checkWinner(context, step.winner, step.arms);
      return { ...head, kind: "experiment", name: step.name.text, arms: checkBlocks(context, step.arms), winner };
    }
    default:
      return checkAct(context, step, head);
  }
}

type Act = Exclude<
  Step,
  { readonly kind: "send" | "wait" | "wait until" | "wait up to" | "if" | "split" | "experiment" }
>;

function checkAct(context: Context, step: Act, head: StepHead): CheckedStep | null {
  switch (step.kind) {
    case "set":
    case "set add":
    case "set remove":
      return checkSet(context, step, head);
    case "add to":
    case "remove from":
      return checkListed(context, step, head);
    case "subscribe to":
    case "unsubscribe from":
      return checkConsent(context, step, head);
    case "hand off":
      return checkHandOff(context, step, head);
    case "call":
      return checkCall(context, step, head);
    case "continue in":
      return checkContinue(context, step, head);
    case "go to":
      return { ...head, kind: "go to", target: step.target.text };
    case "suppress":
    case "stop":
      return { ...head, kind: step.kind };
    default:
      return unreachable(step);
  }
}

function checkBlocks(context: Context, arms: readonly Arm[]): readonly CheckedArm[] {
  return arms.map(({ name, share, block }) => ({
    name: name?.text ?? null,
    share: share.value,
    steps: checkBlock(context, block),
  }));
}

function checkWaitFor(context: Context, step: StepOf<"wait up to">, head: StepHead): CheckedStep | null {
  const limit = checkWait(context, step.limit);
  const until = checkCondition(context, step.until);
  const same = step.same?.text ?? null;
  const isTied = step.same === null || checkSame(context, step.same, until);
  const came = checkBlock(context, step.then);
  const otherwise = checkBlock(context, step.otherwise);
  return limit && isTied ? { ...head, kind: "wait for", limit, until, same, came, otherwise } : null;
}

/** False, and reported, where the starting event or an event waited for lacks the property that ties them. */
function checkSame(context: Context, name: NonNullable<StepOf<"wait up to">["same"]>, until: Checked): boolean {
  if (context.place.kind !== "program" || context.scope.isLost(name.text, ["event"])) return false;
  const has = (event: Starts["events"][number]) => event.fields.some((field) => field.name === name.text);
  const { events, isWhole } = context.place.starts;
  if (isWhole && !events.some(has)) {
    const names = events.map((event) => event.name);
    const words = names.length === 0 ? "no event starts it" : `it is started by ${listed(names)}`;
    context.report(diagnose("E238", name.span, { name: name.text, events: words }));
    return false;
  }
  const lacking = eventsOf(until).find((event) => !has(event));
  if (lacking) context.report(diagnose("E506", name.span, { name: name.text, event: lacking.name }));
  return lacking === undefined;
}

function eventsOf(node: Checked): Starts["events"] {
  if (node.kind === "all" || node.kind === "any") return node.of.flatMap(eventsOf);
  if (node.kind === "not") return eventsOf(node.of);
  return node.kind === "behaviour" ? [node.event, ...node.follows.map(({ event }) => event)] : [];
}

function checkUntil(context: Context, until: WaitUntil): CheckedUntil | null {
  switch (until.kind) {
    case "weekday":
      return { kind: "weekday", weekday: weekdayNumber(until.weekday.text), time: clockTime(until.time) };
    case "clock":
      return { kind: "clock", time: clockTime(until.time) };
    case "moment": {
      const at = checkPointInTime(context, until.at, until.local);
      return at && { kind: "moment", at };
    }
    case "date": {
      const date = checkDateField(context, until, "E509");
      return date && { kind: "date", ...date };
    }
    default:
      return unreachable(until);
  }
}
