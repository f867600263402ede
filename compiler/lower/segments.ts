// Segments with their arguments filled in, each once, after those that it reads.

import { Bug } from "../../grammar/unreachable.ts";
import type { CheckedSegment } from "../check/segment.ts";
import type { CheckedValue } from "../checked.ts";
import { canonical, hashOf } from "../hash.ts";
import { childrenOf, type Condition } from "../ir/condition.ts";
import type { Segment } from "../ir/plan.ts";
import { lowerCondition } from "./condition.ts";
import { printValue } from "./print-value.ts";

export interface Segments {
  /** The id of a segment with these arguments; lowers it where nobody has asked for it before. */
  readonly require: (name: string, args: readonly CheckedValue[]) => string;
  /** All that were asked for, dependencies first. */
  readonly all: () => readonly Segment[];
}

export function segmentsOf(checked: ReadonlyMap<string, CheckedSegment>): Segments {
  const lowered = new Map<string, Segment>();
  const require = (name: string, args: readonly CheckedValue[]): string => {
    const source = checked.get(name);
    if (!source) throw new Bug(`no segment ${name}`);
    const id = idOf(source, args);
    if (!lowered.has(id)) {
      const bindings = new Map(source.parameters.map(({ name }, index) => [name, argument(args, index)] as const));
      const where = lowerCondition({ bindings, scope: "all", salt: name, segment: require }, source.where);
      const reads = segmentsIn(where);
      const hashes = reads.map((read) => lowered.get(read)?.hash);
      lowered.set(id, { id, name, doc: source.doc, where, reads, hash: hashOf({ where, hashes }) });
    }
    return id;
  };
  return { require, all: () => [...lowered.values()] };
}

function argument(args: readonly CheckedValue[], index: number): CheckedValue {
  const value = args[index];
  if (!value) throw new Bug("an argument is missing");
  return value;
}

/** `Customers`, or `Quiet(60d)`; arguments at the end that equal the defaults are left out. */
function idOf({ name, parameters }: CheckedSegment, args: readonly CheckedValue[]): string {
  const last = parameters.findLastIndex(({ fallback }, index) => {
    return fallback === null || canonical(fallback) !== canonical(args[index]);
  });
  if (last < 0) return name;
  const written = parameters.slice(0, last + 1).map(({ isText }, index) => printValue(argument(args, index), isText));
  return `${name}(${written.join(", ")})`;
}

/** Ids of the segments that a condition reads, without repeats. */
function segmentsIn(condition: Condition): readonly string[] {
  const own = condition.kind === "in segment" ? [condition.segment] : [];
  return [...new Set([...own, ...childrenOf(condition).flatMap(segmentsIn)])];
}
