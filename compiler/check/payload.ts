// What a call tells a webhook: names with values of any type.

import type { Name, Value } from "../../grammar/ast/expr.ts";
import type { Assign } from "../../grammar/ast/program.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedPart, TypedValue } from "../checked-program.ts";
import { repeated } from "../catalog.ts";
import type { Context } from "../context.ts";
import { replace, suggested } from "../fixes.ts";
import type { Scalar } from "../types.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { fieldNamed } from "./operand.ts";
import { checkValue } from "./value.ts";

/** null where one of them is wrong, which is reported. */
export function checkParts(context: Context, assigns: readonly Assign[]): readonly CheckedPart[] | null {
  for (const { text, span } of repeated(assigns.map(({ name }) => name))) {
    context.report(diagnose("E231", span, { what: "The name", name: text }));
  }
  const parts = assigns.map((assign) => checkPart(context, assign));
  return parts.every((part) => part !== null) ? parts : null;
}

function checkPart(context: Context, { name, value }: Assign): CheckedPart | null {
  if (value === null) return { name: name.text, value };
  if ("kind" in value) {
    const checked = checkSent(context, value, name.text);
    return checked && { name: name.text, value: checked };
  }
  const items = value.map((item) => checkSent(context, item, name.text));
  return items.every((item) => item !== null) ? { name: name.text, value: items } : null;
}

function checkSent(context: Context, value: Value, name: string): TypedValue | null {
  if (value.kind === "name") {
    context.report(diagnose("E526", value.span, { word: value.text, name }, { fixes: readings(context, value) }));
    return null;
  }
  if (value.kind === "field value") {
    const operand = fieldNamed(context, value.name);
    return operand && { type: operand.type, value: { kind: "term", term: operand.term } };
  }
  const type = { scalar: scalarOf(value), isList: false, isNullable: false };
  if (value.kind === "clock") {
    return { type, value: { kind: "literal", literal: { kind: "text", value: context.scope.text(value.span) } } };
  }
  const checked = checkValue(context, value, { type, subject: `\`${name}\``, declared: null });
  return checked && { type, value: checked };
}

/** A bare word in a call is a field without `field`, or text without quotes. */
function readings({ scope }: Context, { text, span }: Name): readonly Fix[] {
  const shared = scope.shared.get(text);
  const field = shared?.kind === "field" ? [suggested(`Write \`field ${text}\``, replace(span, `field ${text}`))] : [];
  return [...field, suggested(`Write \`"${text}"\``, replace(span, `"${text}"`))];
}

/** The type that a value has by itself. */
function scalarOf(value: Exclude<Value, { readonly kind: "name" | "field value" }>): Scalar {
  switch (value.kind) {
    case "text":
    case "clock":
      return { kind: "text", isExact: true };
    case "number":
      return value.currency ? { kind: "money", currency: value.currency.text } : { kind: "number" };
    case "percent":
    case "duration":
      return { kind: value.kind };
    case "yes":
    case "no":
      return { kind: "boolean" };
    case "date":
    case "today":
      return { kind: "date" };
    case "datetime":
    case "relative":
    case "now":
      return { kind: "datetime" };
    default:
      return unreachable(value);
  }
}
