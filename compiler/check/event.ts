// Events by their names.

import type { Name } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { everyone } from "../built-in.ts";
import type { Context } from "../context.ts";
import type { EventTable } from "../ir/catalog.ts";
import { kindOf, namesOf } from "../scope.ts";
import { missing } from "./operand.ts";

/** null where the name is no event's, which is reported. */
export function eventNamed(context: Context, name: Name): EventTable | null {
  const { scope } = context;
  const shared = scope.shared.get(name.text);
  if (shared?.kind === "event") return shared.table;
  const is = otherThanEvent(context, name.text);
  if (is === null) {
    const names = namesOf(scope, "event").filter((event) => event !== everyone);
    return missing(context, name, { what: "event", starters: ["event"] }, names);
  }
  context.report(diagnose("E222", name.span, { name: name.text, is, wanted: "an event" }));
  return null;
}

function otherThanEvent({ parameters, scope }: Context, name: string): string | null {
  if (name === everyone) return "a word for all people";
  return parameters.has(name) ? "a parameter" : kindOf(scope, name);
}
