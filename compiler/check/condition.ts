// Conditions: every name bound, every value fitting its type, or reported once.

import type { And, Expr, InProgram, Member, Or, Value } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { suppressed } from "../built-in.ts";
import type { Checked, CheckedValue } from "../checked.ts";
import type { Context } from "../context.ts";
import { insert, replace, safe, suggested } from "../fixes.ts";
import { isGroup, kindOf, namesOf, type Parameter } from "../scope.ts";
import { checkBehaviour } from "./behaviour.ts";
import { checkComparison } from "./compare.ts";
import { comparesEvent } from "./habits.ts";
import { missing } from "./operand.ts";
import { checkOperand } from "./read.ts";
import { checkValue, parameterTarget } from "./value.ts";

export function checkCondition(context: Context, expr: Expr): Checked {
  const { span } = expr;
  switch (expr.kind) {
    case "and":
      return { kind: "all", of: expr.terms.map((term) => checkCondition(context, term)), span };
    case "or":
      checkMixing(context, expr);
      return { kind: "any", of: expr.terms.map((term) => checkCondition(context, term)), span };
    case "not":
      return { kind: "not", of: checkCondition(context, expr.term), span };
    case "group":
      return { ...checkCondition(context, expr.inner), span };
    case "checked": {
      const { operand: read } = expr;
      if (read.kind === "field" && comparesEvent(context, read.name, expr.check, span))
        return { kind: "unchecked", span };
      const operand = checkOperand(context, read, checkCondition);
      return operand ? checkComparison(context, operand, expr.check, span) : { kind: "unchecked", span };
    }
    case "behaviour":
      return checkBehaviour(context, expr, checkCondition);
    default:
      if (!context.event) return checkPerson(context, expr);
      context.report(diagnose("E265", span, { event: context.event.name }));
      return { kind: "unchecked", span };
  }
}

type PersonExpr = Exclude<Expr, { readonly kind: "and" | "or" | "not" | "group" | "checked" | "behaviour" }>;

/** What can be asked of a person only, never of an event. */
function checkPerson(context: Context, expr: PersonExpr): Checked {
  const { span } = expr;
  const nothing: Checked = { kind: "unchecked", span };
  switch (expr.kind) {
    case "sample": {
      const share = expr.share.value;
      if (share >= 0 && share <= 100) return { kind: "sample", share, span };
      context.report(diagnose("E318", expr.share.span, { found: `${expr.share.digits}%` }));
      return nothing;
    }
    case "member":
      return checkMember(context, expr);
    case "in program":
      return checkInProgram(context, expr) ?? nothing;
    case "subscribed to":
    case "unsubscribed from": {
      const { topic } = expr;
      if (context.scope.topics.has(topic.text)) {
        return { kind: expr.kind === "subscribed to" ? "subscribed" : "refused", topic: topic.text, span };
      }
      missing(context, topic, { what: "topic", starters: ["topic"] }, context.scope.topics.keys());
      return nothing;
    }
    default:
      return unreachable(expr);
  }
}

function checkInProgram(context: Context, { name, span }: InProgram): Checked | null {
  const { scope, report } = context;
  if (scope.programs.has(name.text)) return { kind: "in program", name: name.text, span };
  const is = kindOf(scope, name.text);
  if (is === null) return missing(context, name, { what: "program", starters: ["program"] }, scope.programs.keys());
  const fixes = isGroup(scope, name.text) ? [safe(`Write \`in ${name.text}\``, replace(span, `in ${name.text}`))] : [];
  report(diagnose("E222", name.span, { name: name.text, is, wanted: "a program" }, { fixes }));
  return null;
}

function checkMember(context: Context, { name, args, span }: Member): Checked {
  const { scope, report } = context;
  const nothing: Checked = { kind: "unchecked", span };
  if (name.text === suppressed && args === null) return { kind: "suppressed", span };
  const shared = scope.shared.get(name.text);
  if (shared?.kind === "segment") {
    // Its parameters are what the parser could make of them.
    if (shared.node?.recovered) return nothing;
    const values = checkArguments(context, name.text, shared.parameters, args, span);
    return values ? { kind: "in segment", name: name.text, args: values, span } : nothing;
  }
  if (shared?.kind === "list") {
    if (args === null) return { kind: "in list", name: name.text, span };
    report(diagnose("E229", span, { name: name.text, wanted: "no arguments", found: args.length }));
    return nothing;
  }
  const is = context.parameters.has(name.text) ? "a parameter" : kindOf(scope, name.text);
  if (is !== null) {
    const isProgram = scope.programs.has(name.text) && args === null;
    const phrase = `in program ${name.text}`;
    const isEvent = shared?.kind === "event" && args === null;
    const bare = isEvent ? [suggested(`Write \`${name.text}\``, replace(span, name.text))] : [];
    const fixes = isProgram ? [safe(`Write \`${phrase}\``, replace(span, phrase))] : bare;
    report(diagnose("E222", name.span, { name: name.text, is, wanted: "a segment or a list" }, { fixes }));
  } else {
    const wanted = { what: "segment or list", starters: ["segment", "list"] };
    missing(context, name, wanted, [...namesOf(scope, "segment"), ...namesOf(scope, "list")]);
  }
  return nothing;
}

/** The values of all parameters, defaults filled in; null where they do not fit, which is reported. */
export function checkArguments(
  context: Context,
  name: string,
  parameters: readonly Parameter[],
  args: readonly Value[] | null,
  span: Span,
): readonly CheckedValue[] | null {
  const given = args ?? [];
  if (given.length > parameters.length) {
    context.report(diagnose("E229", span, { name, wanted: countOf(parameters), found: given.length }));
    return null;
  }
  const values = parameters.map((parameter, index) => {
    const value = given[index];
    if (value) return checkValue(context, value, parameterTarget(parameter.name, parameter.type));
    if (!parameter.fallback) context.report(diagnose("E236", span, { name, parameter: parameter.name }));
    return fallbackOf(context, parameter);
  });
  return values.every((value) => value !== null) ? values : null;
}

/** The default of a parameter, or null. What is wrong with it is reported where it is declared. */
export function fallbackOf(context: Context, { name, type, fallback }: Parameter): CheckedValue | null {
  const silent = { ...context, parameters: new Map(), event: null, report: () => {} };
  return fallback && checkValue(silent, fallback, parameterTarget(name, type));
}

function countOf(parameters: readonly Parameter[]): string {
  const most = parameters.length;
  const least = parameters.filter(({ fallback }) => fallback === null).length;
  if (most === 0) return "no arguments";
  const range = least === most ? `${most}` : `${least} to ${most}`;
  return `${range} argument${most === 1 ? "" : "s"}`;
}

/** `a and b or c` without parentheses: both readings are offered. */
function checkMixing(context: Context, expr: Or): void {
  const mixed = expr.terms.filter((term): term is And => term.kind === "and");
  if (mixed.length === 0) return;
  const around = (first: Span, last: Span) => [insert("before", first, "("), insert("after", last, ")")];
  const ands = mixed.flatMap(({ span }) => around(span, span));
  const ors = alternatives(expr).flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    return first && last ? around(first.span, last.span) : [];
  });
  const fixes = [
    suggested("Put what `and` joins in parentheses", ...ands),
    suggested("Put what `or` joins in parentheses", ...ors),
  ];
  context.report(diagnose("E260", expr.span, {}, { fixes }));
}

/** Runs of operands that `or` joins directly, were it to bind first. */
function alternatives(expr: Or): readonly (readonly Expr[])[] {
  const runs: Expr[][] = [[]];
  for (const term of expr.terms) {
    const operands = term.kind === "and" ? term.terms : [term];
    operands.forEach((operand, index) => {
      if (index > 0) runs.push([]);
      runs.at(-1)?.push(operand);
    });
  }
  return runs.filter((run) => run.length > 1);
}
