// The tree of a segment's conditions: what is asked of a person, part by part, with nested segments opened.

import type { Condition } from "../../compiler/ir/condition.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { conditionText } from "./words.ts";

export interface Branch {
  readonly kind: "all" | "any" | "not" | "segment" | "leaf";
  /** Its place among all branches, from the root on. */
  readonly index: number;
  readonly when: Condition;
  /** In the words of the language. */
  readonly text: string;
  readonly of: readonly Branch[];
}

export const treeOf = (plan: Plan, segment: string): Branch => conditionTree(plan, { kind: "in segment", segment });

/** A segment that is named more than once is opened where it is named first. */
export function conditionTree(plan: Plan, root: Condition): Branch {
  const opened = new Set<string>();
  let count = 0;
  const branch = (when: Condition): Branch => {
    const index = count++;
    const text = conditionText(when);
    const open = (kind: Branch["kind"], of: readonly Condition[]) => ({ kind, index, when, text, of: of.map(branch) });
    switch (when.kind) {
      case "all":
      case "any":
        return open(when.kind, when.of);
      case "not":
        return open("not", [when.of]);
      case "in segment":
        if (opened.has(when.segment)) return open("leaf", []);
        opened.add(when.segment);
        return open("segment", [whereOf(plan, when.segment)]);
      default:
        return open("leaf", []);
    }
  };
  return branch(root);
}

function whereOf(plan: Plan, id: string): Condition {
  const found = plan.segments.find((segment) => segment.id === id);
  if (!found) throw new Bug(`no segment ${id}`);
  return found.where;
}

/** All branches, each before those inside it. */
export const branchesOf = (branch: Branch): readonly Branch[] => [branch, ...branch.of.flatMap(branchesOf)];

/** The branches that make the root what it is: another truth of theirs could change it, one of any other could not. */
export function decisive(root: Branch, holds: readonly boolean[]): ReadonlySet<number> {
  const found = new Set<number>();
  const mark = (branch: Branch): void => {
    found.add(branch.index);
    // What makes an `any` true or an `all` false is each part that is so; else it takes all of them.
    for (const part of branch.of) if (branch.kind === "not" || holds[part.index] === holds[branch.index]) mark(part);
  };
  mark(root);
  return found;
}
