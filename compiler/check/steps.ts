// The steps of a program.

import type { Block, Step, Time, WaitUntil } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Checked } from "../checked.ts";
import type { CheckedStep, CheckedUntil } from "../checked-program.ts";
import type { Context, Starts } from "../context.ts";
import type { ClockTime } from "../ir/program.ts";
import { weekdayNumber } from "../settings.ts";
import { listed, typeWords } from "../type-words.ts";
import { isConstruct, unavailable } from "../unavailable.ts";
import { checkCondition } from "./condition.ts";
import { checkMoment, checkWait } from "./moment.ts";
import { fieldNamed, missing } from "./operand.ts";
import { checkAssigned, checkChanged, checkWritten } from "./set.ts";
import { isDate } from "./value.ts";

export function checkBlock(context: Context, block: Block | null): readonly CheckedStep[] {
  return block ? checkSteps(context, block.steps) : [];
}

export function checkSteps(context: Context, steps: readonly Step[]): readonly CheckedStep[] {
  return steps.map((step) => checkStep(context, step));
}

function checkStep(context: Context, step: Step): CheckedStep {
  const head = { span: step.span, label: step.label?.text ?? null };
  const nothing: CheckedStep = { ...head, kind: "unchecked" };
  switch (step.kind) {
    case "send":
      return checkSend(context, step, head) ?? nothing;
    case "wait": {
      const length = checkWait(context, step.duration);
      return length ? { ...head, kind: "wait", length } : nothing;
    }
    case "wait until": {
      const until = checkUntil(context, step.until);
      return until ? { ...head, kind: "wait until", until } : nothing;
    }
    case "wait up to":
      return checkWaitFor(context, step, head) ?? nothing;
    case "if": {
      const branches = step.branches.map(({ when, then }) => ({
        when: checkCondition(context, when),
        steps: checkBlock(context, then),
      }));
      return { ...head, kind: "choose", branches, otherwise: checkBlock(context, step.otherwise) };
    }
    case "set":
    case "set add":
    case "set remove":
      return checkSet(context, step, head) ?? nothing;
    case "stop":
      return { ...head, kind: "stop" };
    default:
      if (isConstruct(step.kind)) context.report(unavailable(step.kind, headOf(step)));
      return nothing;
  }
}

/** The words in front of a block, so that a finding about the step does not underline the block. */
function headOf(step: Step): Span {
  if (step.kind === "split") return { ...step.span, end: step.span.start + step.kind.length };
  if (step.kind === "call") return { ...step.span, end: step.webhook.span.end };
  return step.kind === "experiment" ? { ...step.span, end: step.name.span.end } : step.span;
}

type Head = Pick<CheckedStep, "span" | "label">;
type StepOf<K extends Step["kind"]> = Extract<Step, { readonly kind: K }>;

function checkSend(context: Context, step: StepOf<"send">, head: Head): CheckedStep | null {
  const { emails } = context.scope;
  const { email } = step;
  if (step.variant) context.report(unavailable("send variant", step.variant.span));
  if (step.to) context.report(unavailable("send to", step.to.span));
  const onlyIf = step.onlyIf && checkCondition(context, step.onlyIf);
  if (emails.has(email.text)) return { ...head, kind: "send", email: email.text, onlyIf };
  return missing(context, email, { what: "email", starters: ["email"] }, emails.keys());
}

function checkWaitFor(context: Context, step: StepOf<"wait up to">, head: Head): CheckedStep | null {
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
  return node.kind === "behaviour" ? [node.event] : [];
}

function clockTime({ clock, local }: Time): ClockTime {
  return { hour: clock.hour, minute: clock.minute, isLocal: local };
}

function checkUntil(context: Context, until: WaitUntil): CheckedUntil | null {
  switch (until.kind) {
    case "weekday":
      return { kind: "weekday", weekday: weekdayNumber(until.weekday.text), time: clockTime(until.time) };
    case "clock":
      return { kind: "clock", time: clockTime(until.time) };
    case "moment": {
      const point = checkMoment(context, until.at);
      if (point?.start.kind !== "instant") return null;
      if (!until.local) return { kind: "moment", at: { kind: "utc", value: point.start.utc } };
      const { value, offset } = until.at;
      if (offset === null)
        return { kind: "moment", at: { kind: "local", value: value.length < 19 ? `${value}:00` : value } };
      context.report(diagnose("E514", until.at.span, { found: context.scope.text(until.at.span) }));
      return null;
    }
    case "date":
      return checkDateField(context, until);
    default:
      return unreachable(until);
  }
}

const nineOClock: ClockTime = { hour: 9, minute: 0, isLocal: false };

function checkDateField(context: Context, until: Extract<WaitUntil, { readonly kind: "date" }>): CheckedUntil | null {
  const { date, offset } = until;
  if (date.anniversary) {
    context.report(unavailable("wait until anniversary", date.span));
    return null;
  }
  const operand = fieldNamed(context, date.name);
  const length = offset && checkWait(context, offset.duration);
  if (!operand || (offset && !length)) return null;
  if (!isDate(operand.type.scalar) || operand.type.isList) {
    context.report(diagnose("E509", date.name.span, { name: operand.name, is: typeWords(operand.type) }));
    return null;
  }
  const sign = offset?.direction === "before" ? -1 : 1;
  // A date without a clock means nine o'clock; a date with a time brings its own.
  const usual = operand.type.scalar.kind === "date" ? nineOClock : null;
  return {
    kind: "date",
    operand,
    offset: length && { ...length, amount: sign * length.amount },
    time: date.time ? clockTime(date.time) : usual,
    span: date.name.span,
  };
}

function checkSet(context: Context, step: StepOf<"set" | "set add" | "set remove">, head: Head): CheckedStep | null {
  const name = step.kind === "set" ? step.assign.name : step.name;
  const operand = checkWritten(context, name);
  if (!operand) return null;
  const value =
    step.kind === "set"
      ? checkAssigned(context, operand, name, step.assign.value)
      : checkChanged(context, operand, step.kind === "set add" ? "add" : "remove", name, step.value);
  return value && { ...head, kind: "set", operand, value };
}
