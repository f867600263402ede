// The whole project, checked.

import type { Declaration } from "../../grammar/ast/file.ts";
import type { Resolved } from "../resolve.ts";
import type { Report, Scope } from "../scope.ts";
import { isConstruct, unavailable } from "../unavailable.ts";
import { type CheckedSegment, checkSegments } from "./segment.ts";

export interface CheckedProject {
  readonly scope: Scope;
  /** Used ones before their users. */
  readonly segments: ReadonlyMap<string, CheckedSegment>;
}

export function checkProject({ scope, declarations }: Resolved, report: Report): CheckedProject {
  for (const node of declarations) {
    if (!node.recovered && isConstruct(node.kind)) report(unavailable(node.kind, headOf(node)));
  }
  const segments = checkSegments(scope, report);
  return { scope, segments };
}

/** From the word that starts a declaration to its name, so that a finding about the whole does not underline it all. */
function headOf(node: Declaration) {
  const end = "name" in node ? node.name.span.end : node.span.start + node.kind.length;
  return { ...node.span, end };
}
