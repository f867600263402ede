// What starts people in a program: each branch of `start when` is an event or an edge.

import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Checked, CheckedBehaviour } from "../checked.ts";
import type { CheckedTrigger } from "../checked-program.ts";
import type { Context, Starts } from "../context.ts";

/** Splits a checked `start when` into its branches; two events in one branch are reported. */
export function checkTriggers(context: Context, when: Checked): readonly CheckedTrigger[] {
  const branches = when.kind === "any" ? when.of.flatMap(alternatives) : [when];
  return branches.map((branch) => checkBranch(context, branch));
}

/** An `or` in parentheses that stands alone in a branch is more branches. */
function alternatives(branch: Checked): readonly Checked[] {
  return branch.kind === "any" ? branch.of.flatMap(alternatives) : [branch];
}

function checkBranch(context: Context, branch: Checked): CheckedTrigger {
  const terms = conjuncts(branch);
  const [first, second] = terms.filter(isBare);
  if (!first) return { kind: "edge", when: branch, enrolsPresent: false };
  if (second) {
    const words = { first: nameOf(first), second: nameOf(second) };
    context.report(diagnose("E503", second.span, words, { related: [{ span: first.span, text: "the other event" }] }));
  }
  const rest = terms.filter((term) => term !== first);
  if (first.kind === "behaviour") return { kind: "event", behaviour: first, rest };
  return { kind: "change", operand: first.operand, rest, span: first.span };
}

export function conjuncts(node: Checked): readonly Checked[] {
  return node.kind === "all" ? node.of.flatMap(conjuncts) : [node];
}

type Bare = CheckedBehaviour | (Checked & { readonly kind: "changed" });

/** An event without count, window or what follows it, or a change: every occurrence of it starts the person. */
function isBare(node: Checked): node is Bare {
  if (node.kind === "changed") return node.window === null;
  return node.kind === "behaviour" && node.count === null && node.window === null && node.follows.length === 0;
}

const nameOf = (node: Bare): string => (node.kind === "behaviour" ? node.event.name : `${node.operand.name} changed`);

export function startsOf(triggers: readonly CheckedTrigger[]): Starts {
  const events = triggers.flatMap((trigger) => (trigger.kind === "event" ? [trigger.behaviour.event] : []));
  return { events: [...new Set(events)], isWhole: !triggers.some(hasGap) };
}

function hasGap(trigger: CheckedTrigger): boolean {
  if (trigger.kind === "event" || trigger.kind === "change") return trigger.rest.some(isUnchecked);
  return trigger.kind === "edge" && isUnchecked(trigger.when);
}

function isUnchecked(node: Checked): boolean {
  if (node.kind === "all" || node.kind === "any") return node.of.some(isUnchecked);
  return node.kind === "not" ? isUnchecked(node.of) : node.kind === "unchecked";
}
