// What a text or a list holds: `contains` and `matches`.

import type { Check, Text } from "../../grammar/ast/expr.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { Checked, Operand } from "../checked.ts";
import type { Context } from "../context.ts";
import { replace, suggested } from "../fixes.ts";
import { patternFault } from "../pattern.ts";
import { typeWords } from "../type-words.ts";
import type { Type } from "../types.ts";
import { placesIn } from "./quoted.ts";
import { checkValue, isText, targetOf } from "./value.ts";

type CheckOf<K extends Check["kind"]> = Extract<Check, { readonly kind: K }>;

/** null where nothing can be in it, or a value does not fit, which is reported. */
export function checkContains(
  context: Context,
  operand: Operand,
  check: CheckOf<"contains">,
  span: Span,
): Checked | null {
  const { type } = operand;
  if (!type.isList && !isText(type.scalar)) return refuse(context, operand, check);
  const target = { ...targetOf(context, operand), type: { ...type, isList: false } };
  const values = check.values.map((value) => checkValue(context, value, target));
  if (!values.every((value) => value !== null)) return null;
  return { kind: "contains", isAll: check.mode !== "any of", operand, values, span };
}

/** A glob is any text; an expression must be one that RE2 can run. */
export function checkMatches(
  context: Context,
  operand: Operand,
  check: CheckOf<"matches">,
  span: Span,
): Checked | null {
  const { type } = operand;
  if (type.isList || !isText(type.scalar)) return refuse(context, operand, check);
  if (check.regex && !isPattern(context, check.pattern)) return null;
  return { kind: "matches", isRegex: check.regex, operand, pattern: check.pattern.value, span };
}

function isPattern({ scope, report }: Context, pattern: Text): boolean {
  const fault = patternFault(pattern.value);
  if (!fault) return true;
  const at = placesIn(scope, pattern);
  const span = pattern.value === "" ? pattern.span : at(fault.start, fault.end);
  report(diagnose("E329", span, { reason: fault.reason }));
  return false;
}

function refuse(context: Context, { name, type }: Operand, check: CheckOf<"contains" | "matches">): null {
  const words = { subject: `\`${name}\``, is: typeWords(type), check: check.kind };
  context.report(diagnose("E331", check.span, words, { fixes: equality(context, check, type) }));
  return null;
}

/** What holds one value is compared with it. */
function equality({ scope }: Context, check: CheckOf<"contains" | "matches">, type: Type): readonly Fix[] {
  if (check.kind === "matches" || type.isList || check.mode === "all of") return [];
  const { scalar } = type;
  const texts = check.values.map(({ span }) => scope.text(span));
  const meant = scalar.kind === "enum" ? texts.map((text) => text.replace(/^"(.*)"$/, "$1")) : texts;
  if (scalar.kind === "enum" && !meant.every((text) => scalar.values.includes(text))) return [];
  const values = meant.join(", ");
  const instead = check.mode === "value" ? `= ${values}` : `in (${values})`;
  return [suggested(`Write \`${instead}\``, replace(check.span, instead))];
}
