// Policies: each rule by itself, and that no two of them are the same or exclude each other.

import type { Policy, PolicyRule } from "../../grammar/ast/declaration.ts";
import type { ClockValue, Name, NumberValue } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { repeated } from "../catalog.ts";
import type { CheckedPolicy, CheckedRule } from "../checked-delivery.ts";
import type { Context } from "../context.ts";
import { namesOf, type Report, type Scope } from "../scope.ts";
import { weekdayNumber } from "../settings.ts";
import { isDeclared } from "./acts.ts";
import { checkFor } from "./audience.ts";
import { checkCondition } from "./condition.ts";
import { isCount } from "./count.ts";
import { checkWait } from "./moment.ts";
import { checkStanding, checkTwice, subjectOf } from "./policy-rules.ts";

/** Policies for everybody hold for the people of the others too. */
export function checkPolicies(scope: Scope, report: Report, nodes: readonly Policy[]): readonly CheckedPolicy[] {
  const context: Context = { scope, report, place: { kind: "segment" }, parameters: new Map(), event: null };
  const segments = new Set(namesOf(scope, "segment").map((name) => name.toLowerCase()));
  for (const { name } of nodes) {
    if (segments.has(name.text.toLowerCase())) report(diagnose("E705", name.span, { name: name.text }));
  }
  const check = (earlier: readonly CheckedRule[], node: Policy): CheckedPolicy => {
    const rules = checkRules(context, node, earlier);
    return { name: node.name.text, doc: node.doc, segment: checkFor(context, node), rules };
  };
  const rules: CheckedRule[] = [];
  const common = nodes
    .filter(({ segment }) => !segment)
    .map((node) => {
      const policy = check(rules, node);
      rules.push(...policy.rules);
      return policy;
    });
  return [...common, ...nodes.filter(({ segment }) => segment).map((node) => check(rules, node))];
}

function checkRules(context: Context, node: Policy, earlier: readonly CheckedRule[]): readonly CheckedRule[] {
  const standing = [...earlier];
  const own = new Map<string, CheckedRule>();
  for (const written of node.rules) {
    const rule = checkRule(context, written);
    if (!rule || checkTwice(context.report, own, rule)) continue;
    checkStanding(context.report, standing, rule);
    own.set(subjectOf(rule), rule);
    standing.push(rule);
  }
  return [...own.values()];
}

/** null where it is wrong, which is reported. */
function checkRule(context: Context, rule: PolicyRule): CheckedRule | null {
  const { span } = rule;
  switch (rule.kind) {
    case "quiet hours":
    case "send only between":
      return checkHours(context, rule);
    case "send only on": {
      const days = rule.days === "weekdays" ? rule.days : checkDays(context, rule.days);
      return { kind: "send only on", days, isLocal: rule.local, span };
    }
    case "no sending on holidays": {
      const { settings } = context.scope;
      if (settings.holidays === null && settings.isWhole) context.report(diagnose("E711", span, {}));
      return { kind: "no sending on holidays", span };
    }
    case "at most": {
      const length = checkWait(context, rule.duration);
      const emails = checkEmails(context, rule.emails);
      return length && emails ? { kind: "at most", emails, length, span } : null;
    }
    case "at most in total": {
      const emails = checkEmails(context, rule.emails);
      return emails ? { kind: "at most in total", emails, per: rule.per, span } : null;
    }
    case "never send":
      return checkNever(context, rule);
    case "only one of":
      return checkOnlyOne(context, rule.programs, rule);
    case "on ambiguous":
      return { kind: "on ambiguous", mode: rule.mode, span };
    default:
      return unreachable(rule);
  }
}

type RuleOf<K extends PolicyRule["kind"]> = PolicyRule & { readonly kind: K };

function checkHours({ scope, report }: Context, rule: RuleOf<"quiet hours" | "send only between">): CheckedRule | null {
  const { kind, span, local: isLocal } = rule;
  const [from, to] = [minutesOf(rule.from), minutesOf(rule.to)];
  if (from !== to) return { kind, from, to, isLocal, span };
  report(diagnose("E706", { ...rule.from.span, end: rule.to.span.end }, { clock: scope.text(rule.from.span) }));
  return null;
}

function minutesOf({ hour, minute }: ClockValue): number {
  return hour * 60 + minute;
}

function checkDays({ report }: Context, days: readonly Name[]): readonly number[] {
  for (const { text, span } of repeated(days)) report(diagnose("E231", span, { what: "The day", name: text }));
  return days.map(({ text }) => weekdayNumber(text));
}

/** null where that is no number of emails, which is reported. */
function checkEmails({ report }: Context, emails: NumberValue): number | null {
  if (isCount(emails)) return emails.value;
  report(diagnose("E707", emails.span, { found: emails.digits }));
  return null;
}

function checkNever(context: Context, { topic, segment, span }: RuleOf<"never send">): CheckedRule | null {
  const to = checkCondition(context, { kind: "member", name: segment, args: null, span: segment.span });
  const hasTopic = topic === null || isDeclared(context, topic, "topic", "topics");
  if (!hasTopic || to.kind === "unchecked") return null;
  return { kind: "never send", topic: topic?.text ?? null, to, span };
}

function checkOnlyOne(context: Context, names: readonly Name[], { span }: PolicyRule): CheckedRule | null {
  const twice = repeated(names);
  for (const name of twice) {
    context.report(diagnose("E231", name.span, { what: "The program", name: name.text }));
  }
  const areDeclared = names.map((name) => isDeclared(context, name, "program", "programs"));
  const [first] = names;
  if (first && names.length === 1) context.report(diagnose("E710", span, { program: first.text }));
  const programs = names.filter((name) => !twice.includes(name)).map(({ text }) => text);
  return areDeclared.includes(false) ? null : { kind: "only one of", programs, span };
}
