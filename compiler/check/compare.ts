// One comparison of a field or a property.

import type { Bound, Check, CompareOp, Value } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Checked, CheckedTerm, CheckedValue, Operand } from "../checked.ts";
import type { Context } from "../context.ts";
import type { Op } from "../ir/condition.ts";
import { typeWords } from "../type-words.ts";
import { isOrdered } from "../types.ts";
import { replace, suggested } from "../fixes.ts";
import { asksForNothing } from "./habits.ts";
import { checkHistory } from "./history.ts";
import { checkContains, checkMatches } from "./inside.ts";
import { periodOf } from "./moment.ts";
import { checkValue, isDate, isText, targetOf } from "./value.ts";

export function checkComparison(context: Context, operand: Operand, check: Check, span: Span): Checked {
  return checkAny(context, operand, check, span) ?? { kind: "unchecked", span };
}

function checkAny(context: Context, operand: Operand, check: Check, span: Span): Checked | null {
  switch (check.kind) {
    case "changed":
    case "has been":
      return checkHistory(context, operand, check, span);
    case "contains":
      return checkContains(context, operand, check, span);
    case "matches":
      return checkMatches(context, operand, check, span);
    case "is known":
    case "is unknown":
      return { kind: "known", isNegated: (check.kind === "is unknown") !== check.negated, operand, span };
    default:
      return operand.type.isList ? refuseList(context, operand, check) : checkSingle(context, operand, check, span);
  }
}

type Single = Exclude<
  Check,
  { readonly kind: "changed" | "has been" | "contains" | "matches" | "is known" | "is unknown" }
>;

/** What may be meant for a list: that it contains a value. */
function refuseList({ scope, report }: Context, { name }: Operand, check: Single): null {
  const isOne = (check.kind === "compare" && check.op === "=") || (check.kind === "is" && !check.negated);
  const isAny = check.kind === "one of" && !check.negated;
  const values = "values" in check ? check.values : "value" in check ? [check.value] : [];
  const written = values.map(({ span }) => scope.text(span)).join(", ");
  const instead = isOne ? `contains ${written}` : `contains any of (${written})`;
  const fixes = isOne || isAny ? [suggested(`Write \`${instead}\``, replace(check.span, instead))] : [];
  report(diagnose("E307", check.span, { subject: `\`${name}\`` }, { fixes }));
  return null;
}

function checkSingle(context: Context, operand: Operand, check: Single, span: Span): Checked | null {
  switch (check.kind) {
    case "compare":
      return checkOp(context, operand, check.op, check.value, span);
    case "is":
      return checkOp(context, operand, check.negated ? "!=" : "=", check.value, span);
    case "one of": {
      const target = targetOf(context, operand);
      const values = check.values.map((value) => checkValue(context, value, target));
      if (!values.every((value) => value !== null)) return null;
      return { kind: "one of", isNegated: check.negated, operand, values, span };
    }
    case "before":
    case "after":
      return checkSide(context, operand, check.kind, check.bound, span);
    case "between":
      return checkBetween(context, operand, check.low, check.high, span);
    case "in calendar": {
      if (!isDate(operand.type.scalar)) return refuse(context, operand, check.span, "does not lie in a period");
      const period = periodOf(check.calendar);
      return { kind: "compare", op: "=", isNegated: false, operand, value: period, span };
    }
    case "starts with":
    case "ends with":
      if (isText(operand.type.scalar)) return { kind: check.kind, operand, text: check.text.value, span };
      return refuse(context, operand, check.span, "has no letters to start or end with");
    default:
      return unreachable(check);
  }
}

function refuse(context: Context, operand: Operand, span: Span, how: string): null {
  const is = typeWords(operand.type);
  context.report(diagnose("E306", span, { subject: `\`${operand.name}\``, is, how }));
  return null;
}

function checkOp(context: Context, operand: Operand, written: CompareOp, node: Value, span: Span): Checked | null {
  if (asksForNothing(context, operand, { op: written, value: node }, span)) return null;
  const isNegated = written === "!=";
  const op: Op = written === "!=" ? "=" : written;
  if (op !== "=" && !hasOrder(operand)) return refuse(context, operand, span, "has no order");
  const value = checkValue(context, node, targetOf(context, operand));
  return value && { kind: "compare", op, isNegated, operand, value, span };
}

/** Stages are ordered among themselves. */
function hasOrder({ term, type }: Operand): boolean {
  return isOrdered(type.scalar) || isStage(term);
}

function isStage(term: CheckedTerm): boolean {
  if (term.kind === "derived") return term.field.source !== null && isStage(term.field.source.term);
  return term.kind === "stage";
}

function checkSide(
  context: Context,
  operand: Operand,
  side: "before" | "after",
  bound: Bound,
  span: Span,
): Checked | null {
  if (!isDate(operand.type.scalar)) return refuse(context, operand, span, "lies neither before nor after a time");
  const value: CheckedValue | null =
    bound.kind === "calendar" ? periodOf(bound) : checkValue(context, bound, targetOf(context, operand));
  return value && { kind: "compare", op: side === "before" ? "<" : ">", isNegated: false, operand, value, span };
}

function checkBetween(context: Context, operand: Operand, low: Value, high: Value, span: Span): Checked | null {
  if (!hasOrder(operand)) return refuse(context, operand, span, "has no order");
  const target = targetOf(context, operand);
  const ends = [checkValue(context, low, target), checkValue(context, high, target)] as const;
  const [from, until] = ends;
  return from && until && { kind: "between", operand, low: from, high: until, span };
}
