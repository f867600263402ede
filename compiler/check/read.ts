// What a condition reads, of every kind.

import type { Operand as OperandNode } from "../../grammar/ast/expr.ts";
import type { Operand } from "../checked.ts";
import type { CheckWhere, Context } from "../context.ts";
import { unavailable } from "../unavailable.ts";
import { checkAggregate } from "./aggregate.ts";
import { companyField, fieldNamed, outsideWhere, startProperty } from "./operand.ts";

/** null where it stands for nothing that can be compared, which is reported. */
export function checkOperand(context: Context, operand: OperandNode, checkWhere: CheckWhere): Operand | null {
  switch (operand.kind) {
    case "field":
      return fieldNamed(context, operand.name);
    case "path":
      if (context.event) return outsideWhere(context, operand.name, "a field of another table");
      return operand.base === "company" ? companyField(context, operand.name) : startProperty(context, operand.name);
    case "score":
      context.report(unavailable("score operand", operand.span));
      return null;
    case "stage":
      context.report(unavailable("stage operand", operand.span));
      return null;
    case "anniversary":
      context.report(unavailable("anniversary", operand.span));
      return null;
    default:
      return checkAggregate(context, operand, checkWhere);
  }
}
