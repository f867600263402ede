// Derived fields: first the type of each, so that conditions can read it, then the conditions of those that choose.

import type { Derived, DerivedBody } from "../../grammar/ast/declaration.ts";
import type { Operand as OperandNode } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { operand as print } from "../../grammar/print/flat.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { DerivedField, Operand } from "../checked.ts";
import type { CheckedDerived, CheckedDerivedBody } from "../checked-people.ts";
import type { Context } from "../context.ts";
import { inOrder } from "../order.ts";
import { typeWords } from "../type-words.ts";
import type { Scalar, Type } from "../types.ts";
import { type Choice, checkChoice, literalOf } from "./choice.ts";
import { checkCondition } from "./condition.ts";
import { checkOperand } from "./read.ts";
import { isComparable } from "./value.ts";

/** What a derived field reads, with its type; the conditions of a choice are not read yet. */
type Typed =
  | { readonly kind: "operand"; readonly type: Type; readonly operand: Operand }
  | { readonly kind: "first known"; readonly type: Type; readonly operands: readonly Operand[] }
  | { readonly kind: "choice"; readonly type: Type; readonly body: Choice };

export interface TypedDerived {
  readonly node: Derived;
  readonly typed: Typed;
}

/** All whose type can be told, used ones before their users; `fields` is filled on the way. */
export function typeDerived(
  context: Context,
  nodes: readonly Derived[],
  fields: Map<string, DerivedField>,
): readonly TypedDerived[] {
  const byName = new Map(nodes.map((node) => [node.name.text, node]));
  const { names } = inOrder([...byName.keys()].toSorted(), (name) => {
    const node = byName.get(name);
    return node ? namesRead(node).filter((read) => byName.has(read)) : [];
  });
  return names.flatMap((name) => {
    const node = byName.get(name);
    const typed = node && typeBody(context, node.body);
    if (!typed) return [];
    fields.set(name, { name, type: typed.type, source: typed.kind === "operand" ? rootOf(typed.operand) : null });
    return [{ node, typed }];
  });
}

/** Fields that stand for one another are told apart from what they stand for in one step, however many they are. */
function rootOf(operand: Operand): Operand {
  return (operand.term.kind === "derived" && operand.term.field.source) || operand;
}

/** The operands of a derived field that is no choice. */
export function operandsOf({ body }: Derived): readonly OperandNode[] {
  if (body.kind === "operand") return [body.operand];
  return body.kind === "first known" ? body.operands : [];
}

/** Names of fields that its type depends on. */
function namesRead(node: Derived): readonly string[] {
  return operandsOf(node).flatMap((operand) =>
    operand.kind === "field" || operand.kind === "anniversary" ? [operand.name.text] : [],
  );
}

function typeBody(context: Context, body: DerivedBody): Typed | null {
  switch (body.kind) {
    case "operand": {
      const operand = checkOperand(context, body.operand, checkCondition);
      return operand && { kind: "operand", type: operand.type, operand };
    }
    case "first known": {
      const operands = body.operands.map((operand) => checkOperand(context, operand, checkCondition));
      if (!operands.every((operand) => operand !== null)) return null;
      const type = commonType(context, body.operands, operands);
      return type && { kind: "first known", type, operands };
    }
    case "choice": {
      const type = checkChoice(context, body);
      return type && { kind: "choice", type, body };
    }
    default:
      return unreachable(body);
  }
}

/** One type for all; unknown only where all of them are. */
function commonType(context: Context, nodes: readonly OperandNode[], operands: readonly Operand[]): Type | null {
  let common: Type | null = operands[0]?.type ?? null;
  for (const [index, { type, name }] of operands.entries()) {
    const next: Type | null = common && oneType(common, type);
    const node = nodes[index];
    if (common && !next && node) {
      const words = {
        first: print(nodes[0] ?? node),
        firstIs: typeWords(common),
        other: name,
        otherIs: typeWords(type),
      };
      context.report(diagnose("E327", node.span, words));
      return null;
    }
    common = next;
  }
  return common;
}

function oneType(left: Type, right: Type): Type | null {
  const scalar = left.isList === right.isList ? oneScalar(left.scalar, right.scalar) : null;
  return scalar && { scalar, isList: left.isList, isNullable: left.isNullable && right.isNullable };
}

/** Choices put their values together, and text takes in what else is written in quotes. */
function oneScalar(left: Scalar, right: Scalar): Scalar | null {
  if (left.kind === "enum" && right.kind === "enum") {
    return { kind: "enum", values: [...new Set([...left.values, ...right.values])] };
  }
  if (left.kind === "text" && right.kind === "text") return { kind: "text", isExact: left.isExact && right.isExact };
  if (left.kind === "money" && right.kind === "money") return left.currency === right.currency ? left : null;
  if (left.kind === right.kind) return left;
  const isText = left.kind === "text" || right.kind === "text";
  return isText && isComparable(left, right) ? { kind: "text", isExact: false } : null;
}

export function checkDerived(context: Context, { node, typed }: TypedDerived): CheckedDerived {
  return { name: node.name.text, doc: node.doc, type: typed.type, body: bodyOf(context, typed) };
}

function bodyOf(context: Context, typed: Typed): CheckedDerivedBody {
  if (typed.kind === "operand") return { kind: "operand", operand: typed.operand };
  if (typed.kind === "first known") return { kind: "first known", operands: typed.operands };
  const { arms, otherwise } = typed.body;
  return {
    kind: "choice",
    arms: arms.map(({ value, when }) => ({ value: literalOf(value), when: checkCondition(context, when) })),
    otherwise: otherwise && literalOf(otherwise),
  };
}
