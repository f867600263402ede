// The values that a derived field chooses from: bare words make an enum of their own.

import type { DerivedBody } from "../../grammar/ast/declaration.ts";
import type { Name, NumberValue, Text } from "../../grammar/ast/expr.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { repeated } from "../catalog.ts";
import type { Context } from "../context.ts";
import { replace, suggested } from "../fixes.ts";
import type { Literal } from "../ir/condition.ts";
import type { Scalar, Type } from "../types.ts";
import { checkValue } from "./value.ts";

export type Choice = Extract<DerivedBody, { readonly kind: "choice" }>;
type ChoiceValue = Name | Text | NumberValue;

const kinds = { name: "a bare word", text: "text", number: "a number" } as const;

/** The type of all values together; unknown where no arm need hold. null where they are of many kinds, which is reported. */
export function checkChoice(context: Context, { arms, otherwise }: Choice): Type | null {
  const values: readonly ChoiceValue[] = [...arms.map(({ value }) => value), ...(otherwise ? [otherwise] : [])];
  const [first] = values;
  if (!first) return null;
  const other = values.find(({ kind }) => kind !== first.kind);
  if (other) {
    const written = (value: ChoiceValue) => context.scope.text(value.span);
    const words = { found: written(other), is: kinds[other.kind], first: written(first), firstIs: kinds[first.kind] };
    context.report(diagnose("E328", other.span, words, { fixes: alikeFix(first, other) }));
    return null;
  }
  const scalar = scalarOf(context, values, first.kind);
  return scalar && { scalar, isList: false, isNullable: otherwise === null };
}

function scalarOf(context: Context, values: readonly ChoiceValue[], kind: ChoiceValue["kind"]): Scalar | null {
  if (kind === "text") return { kind: "text", isExact: false };
  if (kind === "number") {
    const type: Type = { scalar: { kind: "number" }, isList: false, isNullable: false };
    const target = { type, subject: "this field", declared: null };
    const fit = values.map((value) => checkValue(context, value, target));
    return fit.includes(null) ? null : type.scalar;
  }
  const words = new Map(values.flatMap((value) => (value.kind === "name" ? [[value.text, value] as const] : [])));
  for (const { text, span } of repeated([...words.values()])) {
    context.report(diagnose("E231", span, { what: "Ignoring letter case, the value", name: text }));
  }
  return { kind: "enum", values: [...words.keys()] };
}

/** A word among texts is put in quotes, a text of one word among words is taken out of them. */
function alikeFix(first: ChoiceValue, other: ChoiceValue): readonly Fix[] {
  const bare =
    other.kind === "text" && first.kind === "name" && /^[A-Za-z_]\w*$/.test(other.value) ? other.value : null;
  const quoted = other.kind === "name" && first.kind === "text" ? `"${other.text}"` : null;
  const instead = bare ?? quoted;
  return instead === null ? [] : [suggested(`Write \`${instead}\``, replace(other.span, instead))];
}

export function literalOf(value: ChoiceValue): Literal {
  if (value.kind === "number") return { kind: "number", value: value.value };
  return { kind: "text", value: value.kind === "name" ? value.text : value.value };
}
