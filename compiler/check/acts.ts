// Steps that do something at once: send, hand off, call, and what they change about a person.

import type { Name } from "../../grammar/ast/expr.ts";
import type { Step } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Operand } from "../checked.ts";
import type { CheckedStep } from "../checked-program.ts";
import type { Context } from "../context.ts";
import { replace, suggested } from "../fixes.ts";
import { kindOf, namesOf, type Scope } from "../scope.ts";
import { typeWords } from "../type-words.ts";
import { checkCondition } from "./condition.ts";
import { fieldNamed, missing, nearestFix } from "./operand.ts";
import { checkParts } from "./payload.ts";
import { checkAssigned, checkChanged, checkWritten } from "./set.ts";

export type StepHead = Pick<CheckedStep, "span" | "label">;
export type StepOf<K extends Step["kind"]> = Extract<Step, { readonly kind: K }>;

export function checkSend(context: Context, step: StepOf<"send">, head: StepHead): CheckedStep | null {
  const { emails } = context.scope;
  const { email } = step;
  const to = step.to && checkAddressed(context, step.to);
  const onlyIf = step.onlyIf && checkCondition(context, step.onlyIf);
  const node = emails.get(email.text);
  if (!node) return missing(context, email, { what: "email", starters: ["email"] }, emails.keys());
  if (step.variant && !node.recovered) checkVariantName(context, step.variant, email.text);
  return { ...head, kind: "send", email: email.text, variant: step.variant?.text ?? null, to, onlyIf };
}

export function checkVariantName(
  { scope, report }: Pick<Context, "scope" | "report">,
  name: Name,
  email: string,
): void {
  const variants = scope.emails.get(email)?.variants.map((variant) => variant.name.text) ?? [];
  if (variants.includes(name.text)) return;
  report(diagnose("E530", name.span, { name: name.text, email }, { fixes: nearestFix(scope, name, variants) }));
}

/** A field with another address than the contact's own. */
function checkAddressed(context: Context, name: Name): Operand | null {
  const operand = fieldNamed(context, name);
  if (!operand) return null;
  const { scalar, isList } = operand.type;
  if (scalar.kind === "email" && !isList) return operand;
  context.report(diagnose("E525", name.span, { name: operand.name, is: typeWords(operand.type) }));
  return null;
}

export function checkSet(
  context: Context,
  step: StepOf<"set" | "set add" | "set remove">,
  head: StepHead,
): CheckedStep | null {
  const name = step.kind === "set" ? step.assign.name : step.name;
  const operand = checkWritten(context, name);
  if (!operand) return null;
  const value =
    step.kind === "set"
      ? checkAssigned(context, operand, name, step.assign.value)
      : checkChanged(context, operand, step.kind === "set add" ? "add" : "remove", name, step.value);
  return value && { ...head, kind: "set", operand, value };
}

export function checkListed(
  context: Context,
  step: StepOf<"add to" | "remove from">,
  head: StepHead,
): CheckedStep | null {
  const { scope, report } = context;
  const { list, kind } = step;
  if (scope.shared.get(list.text)?.kind === "list") return { ...head, kind, list: list.text };
  const is = kindOf(scope, list.text);
  if (is === null) return missing(context, list, { what: "list", starters: ["list"] }, namesOf(scope, "list"));
  report(diagnose("E222", list.span, { name: list.text, is, wanted: "a list" }));
  return null;
}

const allMail = new Set(["all", "everything", "everywhere", "anything", "marketing", "emails", "mails"]);

export function checkConsent(
  context: Context,
  { kind, topic, span }: StepOf<"subscribe to" | "unsubscribe from">,
  head: StepHead,
): CheckedStep | null {
  if (kind === "unsubscribe from" && allMail.has(topic.text) && !context.scope.topics.has(topic.text)) {
    const step = { ...span, end: topic.span.end };
    const fixes = [suggested("Write `suppress`", replace(step, "suppress"))];
    context.report(diagnose("E289", step, { found: context.scope.text(step), what: "refusal" }, { fixes }));
    return null;
  }
  return isDeclared(context, topic, "topic", "topics") ? { ...head, kind, topic: topic.text } : null;
}

export function checkHandOff(context: Context, { team, note }: StepOf<"hand off">, head: StepHead): CheckedStep | null {
  if (!isDeclared(context, team, "team", "teams")) return null;
  return { ...head, kind: "hand off", team: team.text, note: note?.value ?? null };
}

export function checkCall(context: Context, { webhook, assigns }: StepOf<"call">, head: StepHead): CheckedStep | null {
  const parts = checkParts(context, assigns);
  if (!isDeclared(context, webhook, "webhook", "webhooks") || !parts) return null;
  return { ...head, kind: "call", webhook: webhook.text, parts };
}

export function checkContinue(
  context: Context,
  { program }: StepOf<"continue in">,
  head: StepHead,
): CheckedStep | null {
  if (!isDeclared(context, program, "program", "programs")) return null;
  return { ...head, kind: "continue in", program: program.text };
}

type Declared = keyof Pick<Scope, "topics" | "teams" | "webhooks" | "programs">;

/** False, and reported, where a name stands for nothing of that kind. */
export function isDeclared(
  context: Pick<Context, "scope" | "report">,
  name: Name,
  what: string,
  among: Declared,
): boolean {
  const declared = context.scope[among];
  if (declared.has(name.text)) return true;
  const is = kindOf(context.scope, name.text);
  if (is === null) missing(context, name, { what, starters: [what] }, declared.keys());
  else context.report(diagnose("E222", name.span, { name: name.text, is, wanted: `a ${what}` }));
  return false;
}
