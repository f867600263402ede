// Follows every way through a program with the mails that were sent since the last wait on it.

import type { Block, Program, Step } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { insert, suggested } from "../fixes.ts";
import type { Report } from "../scope.ts";

type Send = Extract<Step, { readonly kind: "send" }>;
/** The sends on the ways to a place since the last wait; null: nobody comes there. */
type Recent = readonly Send[] | null;

interface Following {
  readonly isMarketing: (email: string) => boolean;
  readonly report: Report;
}

/**
 * Reports mails that follow one another with no wait between. Of two that both have an `only if` each may be for other
 * people; a transactional mail answers what the person did, whatever else is sent.
 */
export function lintSends(report: Report, { parts }: Program, isMarketing: Following["isMarketing"]): void {
  const steps = parts.filter((part): part is Step => "label" in part);
  followAll({ report, isMarketing }, steps, []);
}

function followAll(following: Following, steps: readonly Step[], start: Recent): Recent {
  return steps.reduce<Recent>((recent, step) => (recent === null ? null : follow(following, step, recent)), start);
}

function follow(following: Following, step: Step, recent: readonly Send[]): Recent {
  const into = (block: Block | null, start: Recent) => (block ? followAll(following, block.steps, start) : start);
  switch (step.kind) {
    case "send":
      return send(following, step, recent);
    case "wait":
    case "wait until":
      return [];
    case "wait up to":
      return either(into(step.then, []), into(step.otherwise, []));
    case "if": {
      const ends = step.branches.map(({ then }) => into(then, recent));
      return ends.reduce(either, into(step.otherwise, recent));
    }
    case "split":
    case "experiment":
      return step.arms.map(({ block }) => into(block, recent)).reduce(either, null);
    case "stop":
    case "continue in":
    case "go to":
      return null;
    default:
      return recent;
  }
}

function either(left: Recent, right: Recent): Recent {
  if (left === null || right === null) return left ?? right;
  return [...new Set([...left, ...right])];
}

function send({ report, isMarketing }: Following, step: Send, recent: readonly Send[]): readonly Send[] {
  // A mail `to` somebody else reaches another mailbox.
  if (!isMarketing(step.email.text) || step.to) return recent;
  const earlier = recent.find(({ onlyIf }) => onlyIf === null || step.onlyIf === null);
  if (earlier) {
    const fixes = [suggested("Add `wait 1d` between them", insert("before", step.span, "wait 1d "))];
    const related = [{ span: earlier.span, text: "the mail before it" }];
    const params = { email: step.email.text, earlier: earlier.email.text };
    report(diagnose("W540", step.span, params, { fixes, related }));
  }
  return [...recent, step];
}
