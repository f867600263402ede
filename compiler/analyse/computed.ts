// What is computed of a person (aggregates, scores, stages, derived fields), compared like a field of its own: nothing is
// known of its value, but one value cannot be above 5 and below 3.

import type { Checked, CheckedValue, Operand } from "../checked.ts";
import { canonical } from "../hash.ts";
import { computedField } from "../logic/ground.ts";

type Comparing = Extract<
  Checked,
  { readonly kind: "compare" | "one of" | "between" | "known" | "starts with" | "ends with" | "matches" }
>;

const computed: ReadonlySet<string> = new Set(["aggregate", "score", "stage", "derived"]);

/** `bound`: what the parameters of the segment stand for. null: there is nothing computed in it, or it is not clear what. */
export function onFields(node: Comparing, bound: unknown): Checked | null {
  const operand = fieldFor(node.operand, bound);
  if (!operand) return null;
  const own = { ...node, operand };
  return node.operand.term.kind === "stage" ? amongStages(own) : own;
}

function fieldFor({ term, type, name }: Operand, bound: unknown): Operand | null {
  if (term.kind === "derived" && term.field.source) {
    return fieldFor(term.field.source, bound) ?? { ...term.field.source, type };
  }
  if (!computed.has(term.kind) || type.isList) return null;
  const key = term.kind === "derived" ? `derived ${term.field.name}` : canonical([term, bound]);
  return key.includes('"unchecked"') ? null : { term: computedField(key, type), type, name };
}

/** The order of stages is that of their values: a comparison is one with those on its side. */
function amongStages(node: Comparing): Checked | null {
  const { scalar } = node.operand.type;
  if (scalar.kind !== "enum") return null;
  const placeOf = (value: CheckedValue) =>
    value.kind === "literal" ? scalar.values.indexOf(String(value.literal.value)) : -1;
  const among = (holds: (place: number) => boolean): Checked => ({
    kind: "one of",
    isNegated: false,
    operand: node.operand,
    span: node.span,
    values: scalar.values.flatMap((value, place): readonly CheckedValue[] =>
      holds(place) ? [{ kind: "literal", literal: { kind: "text", value } }] : [],
    ),
  });
  if (node.kind === "between") {
    const [low, high] = [placeOf(node.low), placeOf(node.high)];
    return low < 0 || high < 0 ? null : among((place) => place >= low && place <= high);
  }
  if (node.kind !== "compare" || node.op === "=") return node;
  const { op } = node;
  const at = placeOf(node.value);
  if (at < 0) return null;
  return among((place) => {
    if (op === "<") return place < at;
    if (op === "<=") return place <= at;
    return op === ">" ? place > at : place >= at;
  });
}

/** Whether what no count and no score can be, below zero, decides it; null where that does not matter. */
export function aboveZero(node: Checked): boolean | null {
  if (node.kind !== "compare" || node.isNegated) return null;
  const { term } = node.operand;
  const isCount = term.kind === "aggregate" && term.function.startsWith("count");
  const { value, op } = node;
  if ((!isCount && term.kind !== "score") || value.kind !== "literal" || value.literal.kind !== "number") return null;
  const asked = value.literal.value;
  if (op === ">=" && asked <= 0) return true;
  if (op === ">" && asked < 0) return true;
  if (op === "<" && asked <= 0) return false;
  return (op === "<=" || op === "=") && asked < 0 ? false : null;
}
