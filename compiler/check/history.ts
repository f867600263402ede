// What a field was before: `changed` and `has been`.

import type { Check } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Checked, CheckedTerm, Operand } from "../checked.ts";
import type { Context } from "../context.ts";
import { checkWait } from "./moment.ts";
import { checkValue, targetOf } from "./value.ts";
import { checkWindow } from "./window.ts";

type Past = Extract<Check, { readonly kind: "changed" | "has been" }>;

/** null where it has no history, or where what is asked of it does not fit, which is reported. */
export function checkHistory(context: Context, operand: Operand, check: Past, span: Span): Checked | null {
  if (!hasHistory(context, operand, check)) return null;
  if (check.kind === "changed") {
    const window = check.window && checkWindow(context, operand.name, check.window);
    if (check.window && !window) return null;
    return { kind: "changed", operand, window, span };
  }
  if (operand.type.isList) {
    context.report(diagnose("E307", check.span, { subject: `\`${operand.name}\`` }));
    return null;
  }
  const value = checkValue(context, check.value, targetOf(context, operand));
  const length = checkWait(context, check.duration);
  if (!value || !length) return null;
  if (value.kind === "term") {
    const other = context.scope.text(check.value.span).replace(/^field\s+/, "");
    context.report(diagnose("E380", check.value.span, { name: operand.name, other }));
    return null;
  }
  return { kind: "has been", operand, value, length, span };
}

function hasHistory(context: Context, { term, name }: Operand, check: Past): boolean {
  if (context.event) {
    context.report(diagnose("E265", check.span, { event: context.event.name }));
    return false;
  }
  const is = whatElse(term);
  if (is !== null) context.report(diagnose("E270", check.span, { check: check.kind, name, is }));
  return is === null;
}

/** null for contact fields and stages, whose history is kept. */
function whatElse(term: CheckedTerm): string | null {
  switch (term.kind) {
    case "field":
    case "stage":
      return null;
    case "company field":
      return "a field of the company";
    case "start property":
      return "a property of an event";
    case "score":
      return "a score";
    case "derived":
      return "a derived field";
    case "aggregate":
      return "computed from events";
    case "anniversary":
      return "a day of every year";
    case "property":
    case "occurred at":
    case "literal":
    case "moment":
      return "no field";
    default:
      return unreachable(term);
  }
}
