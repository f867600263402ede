// Numbers that count something: whole, and above zero.

import type { NumberValue } from "../../grammar/ast/expr.ts";

export function isCount({ value }: NumberValue): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
