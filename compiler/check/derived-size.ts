// Derived fields are put in the place of their names, so one that reads many others, or one through many, has a limit.

import type { Derived } from "../../grammar/ast/declaration.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Context } from "../context.ts";
import { inOrder } from "../order.ts";

const maxDepth = 64;
const maxSize = 4096;

interface Extent {
  /** Through how many others it reads. */
  readonly depth: number;
  /** How many derived fields stand in its place once all are put in place. */
  readonly size: number;
}

/** Reports the first at which a limit is passed; whoever reads that one passes it too. */
export function checkExtents({ scope, report }: Context, nodes: readonly Derived[]): void {
  const known = new Map(nodes.map((node) => [node.name.text, node]));
  const reads = new Map(nodes.map((node) => [node.name.text, namesIn(scope.text(node.span), node, known)]));
  const extents = new Map<string, Extent>();
  const { names, rings } = inOrder([...known.keys()].toSorted(), (one) => reads.get(one) ?? []);
  // A ring is told as such.
  if (rings.length > 0) return;
  for (const name of names) {
    const read = (reads.get(name) ?? []).flatMap((one) => extents.get(one) ?? []);
    const depth = 1 + Math.max(0, ...read.map((extent) => extent.depth));
    const size = read.reduce((sum, extent) => sum + extent.size, 1);
    const node = known.get(name);
    if (node && (depth > maxDepth || size > maxSize)) {
      report(diagnose("E370", node.name.span, { name, depth: maxDepth, size: maxSize }));
      return;
    }
    extents.set(name, { depth, size });
  }
}

/** Derived fields in the order in which they stand there, as often as they do; text in quotes and comments is none. */
function namesIn(text: string, { name }: Derived, known: ReadonlyMap<string, Derived>): readonly string[] {
  const words = text.replaceAll(/"(?:[^"\\\n]|\\.)*"|#[^\n]*/g, " ").match(/[A-Za-z_]\w*/g) ?? [];
  return words.filter((word) => word !== name.text && known.has(word));
}
