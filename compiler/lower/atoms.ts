// Segments taken apart, so that it can be told which of their conditions a test has met.

import type { CheckedSegment } from "../check/segment.ts";
import type { Checked } from "../checked.ts";
import type { Atom } from "../ir/atom.ts";
import type { Scope } from "../scope.ts";
import { lowerCondition, type Room } from "./condition.ts";
import type { Segments } from "./segments.ts";

/** Those of segments that need no arguments. */
export function atomsOf(scope: Scope, segments: Segments, checked: Iterable<CheckedSegment>): readonly Atom[] {
  return [...checked].flatMap(({ name, parameters, where }) => {
    const bindings = new Map(parameters.flatMap(({ name, fallback }) => (fallback ? [[name, fallback] as const] : [])));
    if (bindings.size < parameters.length) return [];
    const room: Room = { bindings, scope: "all", salt: name, segment: segments.require, derived: segments.derived };
    return leaves(where).map((leaf) => ({
      segment: name,
      text: scope.text(leaf.span).replaceAll(/\s+/g, " "),
      span: leaf.span,
      when: lowerCondition(room, leaf),
    }));
  });
}

function leaves(node: Checked): readonly Checked[] {
  if (node.kind === "all" || node.kind === "any") return node.of.flatMap(leaves);
  if (node.kind === "not") return leaves(node.of);
  return node.kind === "constant" ? [] : [node];
}
