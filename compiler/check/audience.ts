// `for Quiet(60d)`: the segment that a program or a policy is for.

import type { Name, Value } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { CheckedProgram } from "../checked-program.ts";
import type { Context } from "../context.ts";
import { kindOf, namesOf } from "../scope.ts";
import { checkArguments } from "./condition.ts";
import { missing } from "./operand.ts";

interface Audience {
  readonly segment: Name | null;
  readonly args: readonly Value[] | null;
}

/** null: for everybody, or reported. */
export function checkFor(context: Context, { segment: name, args }: Audience): CheckedProgram["segment"] {
  if (!name) return null;
  const { scope, report } = context;
  const shared = scope.shared.get(name.text);
  if (shared?.kind === "segment" && shared.node) {
    if (shared.node.recovered) return null;
    const values = checkArguments(context, name.text, shared.parameters, args, name.span);
    return values && { name: name.text, args: values };
  }
  const is = shared?.kind === "segment" ? "built in, and its people are never mailed" : kindOf(scope, name.text);
  if (is === null) {
    return missing(context, name, { what: "segment", starters: ["segment"] }, namesOf(scope, "segment"));
  }
  report(diagnose("E222", name.span, { name: name.text, is, wanted: "a segment" }));
  return null;
}
