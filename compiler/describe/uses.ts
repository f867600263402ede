// Which declarations a condition reads.

import type { Behaviour, Check, Expr, Operand, Value } from "../../grammar/ast/expr.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Scope } from "../scope.ts";

export type ReferenceKind =
  | "field"
  | "company field"
  | "event"
  | "segment"
  | "list"
  | "topic"
  | "email"
  | "program"
  | "score"
  | "funnel"
  | "team"
  | "webhook"
  | "policy"
  | "report";

/** A declaration that another one names. */
export interface Reference {
  readonly kind: ReferenceKind;
  readonly name: string;
}

const reference = (kind: ReferenceKind, name: string): Reference => ({ kind, name });

/** Each once, in the order in which they are first read. */
export function distinct(references: readonly Reference[]): readonly Reference[] {
  return [...new Map(references.map((found) => [`${found.kind} ${found.name}`, found])).values()];
}

/** `isInside`: in the `where (…)` of an event, where a bare name is a property of it. */
export function usesOf(scope: Scope, node: Expr, isInside = false): readonly Reference[] {
  const inside = (where: Expr | null) => (where ? usesOf(scope, where, true) : []);
  switch (node.kind) {
    case "and":
    case "or":
      return node.terms.flatMap((term) => usesOf(scope, term, isInside));
    case "not":
      return usesOf(scope, node.term, isInside);
    case "group":
      return usesOf(scope, node.inner, isInside);
    case "sample":
      return [];
    case "member": {
      const kind = scope.shared.get(node.name.text)?.kind === "list" ? "list" : "segment";
      return [reference(kind, node.name.text), ...(node.args ?? []).flatMap(valueUses)];
    }
    case "in program":
      return [reference("program", node.name.text)];
    case "subscribed to":
    case "unsubscribed from":
      return [reference("topic", node.topic.text)];
    case "checked":
      return isInside ? valuesIn(node.check).flatMap(valueUses) : checkedUses(node, inside);
    case "behaviour":
      return isInside ? [] : behaviourUses(scope, node, inside);
    default:
      return unreachable(node);
  }
}

type Inside = (where: Expr | null) => readonly Reference[];

function checkedUses(
  { operand, check }: Extract<Expr, { readonly kind: "checked" }>,
  inside: Inside,
): readonly Reference[] {
  return [...operandUses(operand, inside), ...valuesIn(check).flatMap(valueUses)];
}

function operandUses(operand: Operand, inside: Inside): readonly Reference[] {
  switch (operand.kind) {
    case "field":
    case "anniversary":
      return [reference("field", operand.name.text)];
    case "path":
      return operand.base === "company" ? [reference("company field", operand.name.text)] : [];
    case "score":
      return [reference("score", operand.name.text)];
    case "stage":
      return [reference("funnel", operand.name.text)];
    case "aggregate":
      return [reference("event", operand.event.text), ...inside(operand.where)];
    default:
      return unreachable(operand);
  }
}

function behaviourUses(scope: Scope, node: Behaviour, inside: Inside): readonly Reference[] {
  const terms = [node.term, ...node.follows.map(({ term }) => term)];
  const own = terms.flatMap(({ event, email, where }) => [
    reference(isField(scope, event.text) ? "field" : "event", event.text),
    ...(email ? [reference("email", email.text)] : []),
    ...inside(where),
  ]);
  const { window } = node;
  return [...own, ...(window?.kind === "between" ? [window.low, window.high] : []).flatMap(valueUses)];
}

/** Whether a bare name is a field of the contact, derived ones included. */
export function isField(scope: Scope, name: string): boolean {
  const kind = scope.shared.get(name)?.kind;
  return kind === "field" || kind === "derived field";
}

function valuesIn(check: Check): readonly Value[] {
  if ("values" in check) return check.values;
  if ("value" in check) return [check.value];
  return check.kind === "between" ? [check.low, check.high] : [];
}

const valueUses = (value: Value): readonly Reference[] =>
  value.kind === "field value" ? [reference("field", value.name.text)] : [];
