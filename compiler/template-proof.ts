// What a condition in a template proves: the names that cannot be unknown where it holds, and where it does not.

import { type Token, TypeGuards } from "liquidjs";
import { type Filtered, pathOf } from "./template-values.ts";

export interface Proof {
  readonly whenTrue: ReadonlySet<string>;
  readonly whenFalse: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();
const nothing: Proof = { whenTrue: none, whenFalse: none };

const union = (left: ReadonlySet<string>, right: ReadonlySet<string>) => new Set([...left, ...right]);
const shared = (left: ReadonlySet<string>, right: ReadonlySet<string>) =>
  new Set([...left].filter((name) => right.has(name)));

interface Operand {
  readonly proof: Proof;
  /** The path that stands here by itself. */
  readonly name: string | null;
  /** `nil` and `blank` are absent; `empty` compares with nothing unknown and proves nothing. */
  readonly literal: "value" | "absent" | null;
}

function operandOf(token: Token): Operand {
  if (TypeGuards.isPropertyAccessToken(token)) {
    const name = pathOf(token)?.join(".") ?? null;
    return { name, literal: null, proof: name === null ? nothing : { whenTrue: new Set([name]), whenFalse: none } };
  }
  if (TypeGuards.isLiteralToken(token) && token.literal !== "true" && token.literal !== "false") {
    return { name: null, literal: token.literal === "empty" ? null : "absent", proof: nothing };
  }
  return { name: null, literal: TypeGuards.isRangeToken(token) ? null : "value", proof: nothing };
}

/** An unknown field equals no value, is equal to nil, and is neither above nor below anything. */
function comparison(operator: string, left: Operand, right: Operand): Proof {
  const name = left.name ?? right.name;
  const literal = left.name === null ? left.literal : right.literal;
  if (name === null || literal === null) return nothing;
  const proven = new Set([name]);
  if (operator !== "==" && operator !== "!=") {
    return literal === "value" ? { whenTrue: proven, whenFalse: none } : nothing;
  }
  const provesWhenTrue = (operator === "==") === (literal === "value");
  return provesWhenTrue ? { whenTrue: proven, whenFalse: none } : { whenTrue: none, whenFalse: proven };
}

function combine(operator: string, left: Proof, right: Proof): Proof {
  const isAnd = operator === "and";
  return {
    whenTrue: isAnd ? union(left.whenTrue, right.whenTrue) : shared(left.whenTrue, right.whenTrue),
    whenFalse: isAnd ? shared(left.whenFalse, right.whenFalse) : union(left.whenFalse, right.whenFalse),
  };
}

export function proofOf({ operands, filters }: Filtered): Proof {
  if (filters.length > 0) return nothing;
  const stack: Operand[] = [];
  for (const token of operands) {
    if (!TypeGuards.isOperatorToken(token)) {
      stack.push(operandOf(token));
      continue;
    }
    const right = stack.pop();
    const left = token.operator === "not" ? right : stack.pop();
    if (!left || !right) return nothing;
    stack.push({ name: null, literal: null, proof: proofOfOperator(token.operator, left, right) });
  }
  return stack[0]?.proof ?? nothing;
}

function proofOfOperator(operator: string, left: Operand, right: Operand): Proof {
  if (operator === "not") return { whenTrue: left.proof.whenFalse, whenFalse: left.proof.whenTrue };
  if (operator === "and" || operator === "or") return combine(operator, left.proof, right.proof);
  return comparison(operator, left, right);
}
