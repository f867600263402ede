// What `set` writes into a field.

import type { Name, Value } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Operand } from "../checked.ts";
import type { CheckedSet } from "../checked-program.ts";
import type { Context } from "../context.ts";
import { typeWords } from "../type-words.ts";
import { fieldNamed } from "./operand.ts";
import { checkValue, parameterTarget, type Target } from "./value.ts";

/** The field to write; null where it is none or may not be written, which is reported. */
export function checkWritten(context: Context, name: Name): Operand | null {
  const operand = fieldNamed(context, name);
  if (operand?.term.kind === "derived") {
    context.report(diagnose("E278", name.span, { name: name.text }));
    return null;
  }
  if (operand?.name !== context.scope.contact?.key) return operand;
  if (operand) context.report(diagnose("E507", name.span, { name: name.text }));
  return null;
}

/** `value` null is `unknown`. */
export function checkAssigned(
  context: Context,
  operand: Operand,
  name: Name,
  value: Value | readonly Value[] | null,
): CheckedSet | null {
  const { type } = operand;
  if (value === null) {
    if (type.isNullable || type.isList) return { kind: "unknown" };
    context.report(diagnose("E820", name.span, { target: name.text }));
    return null;
  }
  if (!("kind" in value)) return checkList(context, operand, value);
  if (type.isList) {
    context.report(diagnose("E515", value.span, { name: name.text }));
    return null;
  }
  const checked = checkValue(context, value, parameterTarget(name.text, type));
  return checked && { kind: "value", value: checked };
}

function checkList(context: Context, operand: Operand, values: readonly Value[]): CheckedSet | null {
  const [first] = values;
  if (!operand.type.isList) {
    const subject = `\`${operand.name}\``;
    const expected = typeWords(operand.type);
    if (first) context.report(diagnose("E302", first.span, { subject, found: "(…)", is: "a list", expected }));
    return null;
  }
  const checked = values.map((value) => checkValue(context, value, itemTarget(operand)));
  return checked.every((value) => value !== null) ? { kind: "list", values: checked } : null;
}

function itemTarget(operand: Operand): Target {
  return parameterTarget(operand.name, { ...operand.type, isList: false });
}

const addable: ReadonlySet<string> = new Set(["number", "money", "percent", "duration"]);

export function checkChanged(
  context: Context,
  operand: Operand,
  act: "add" | "remove",
  name: Name,
  value: Value,
): CheckedSet | null {
  const { isList, scalar } = operand.type;
  if (!isList && (act === "remove" || !addable.has(scalar.kind))) {
    const words = { name: name.text, is: typeWords(operand.type), act: act === "add" ? "added to" : "removed from" };
    context.report(diagnose("E508", name.span, words));
    return null;
  }
  const checked = checkValue(context, value, itemTarget(operand));
  return checked && { kind: act, value: checked };
}
