// Files that a project names: they lie in its folder and can be read.

import type { Text } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { Report } from "../scope.ts";
import type { World } from "../world.ts";

/** null where there is no such text, which is reported. */
export function readText(world: World, report: Report, { value: path, span }: Text): SourceFile | null {
  const read = world.body(path);
  switch (read.kind) {
    case "text":
      return { path: read.path, text: read.text };
    case "outside":
      report(diagnose("E623", span, { path }));
      return null;
    case "missing":
      report(diagnose("E624", span, { path }));
      return null;
    case "unreadable":
    case "no text":
      report(diagnose("E625", span, { path, reason: read.reason }));
      return null;
    default:
      return unreachable(read);
  }
}

/** Reports what cannot be attached; a file need be no text for it. */
export function checkAttachable(world: World, report: Report, { value: path, span }: Text): void {
  const read = world.body(path);
  if (read.kind === "outside") report(diagnose("E623", span, { path }));
  if (read.kind === "missing") report(diagnose("E624", span, { path }));
  if (read.kind === "unreadable") report(diagnose("E629", span, { path, reason: read.reason }));
}
