// Walks a program as a person does: what is known at each step, and which steps nobody comes to.

import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { Checked, CheckedBehaviour } from "../checked.ts";
import type { CheckedProgram, CheckedStep } from "../checked-program.ts";
import { insert, suggested } from "../fixes.ts";
import { both, either, isKnown, type Known, knownAtStart, knownWhere, nothing } from "../known.ts";
import { type Lint, lintCondition } from "./meaning.ts";

/** A send of an email, with what is known of everybody who gets it. */
export interface Sending {
  readonly email: string;
  readonly program: CheckedProgram;
  readonly known: Known;
  readonly span: Span;
}

interface Walk extends Lint {
  readonly program: CheckedProgram;
  readonly sendings: Sending[];
}

/** null: nobody comes there. */
type Reaching = Known | null;

/** Reports what is doubtful in a program, and gives its sends. */
export function lintProgram(lint: Lint, program: CheckedProgram): readonly Sending[] {
  const walk: Walk = { ...lint, program, sendings: [] };
  const start = knownAtStart(program, lint.proofs);
  for (const trigger of program.triggers) {
    if (trigger.kind === "edge") lintCondition(lint, trigger.when, nothing, "segment");
    else for (const part of [trigger.behaviour, ...trigger.rest]) lintCondition(lint, part, nothing, "segment");
  }
  if (program.onlyIf) lintCondition(lint, program.onlyIf, start, "segment");
  const whole = program.goal ? [program.goal.when, ...program.exits] : program.exits;
  for (const when of whole) lintCondition(lint, when, start, "inside");
  followAll(walk, program.steps, start);
  return walk.sendings;
}

function followAll(walk: Walk, steps: readonly CheckedStep[], start: Reaching): Reaching {
  let known = start;
  let isReported = start === null;
  for (const step of steps) {
    if (known === null) {
      if (!isReported) walk.report(diagnose("W511", step.span, {}));
      isReported = true;
      continue;
    }
    known = follow(walk, step, known);
  }
  return known;
}

function follow(walk: Walk, step: CheckedStep, known: Known): Reaching {
  switch (step.kind) {
    case "send": {
      if (step.onlyIf) lintCondition(walk, step.onlyIf, known, "inside");
      const asked = step.onlyIf ? knownWhere(step.onlyIf, true, walk.proofs) : nothing;
      walk.sendings.push({ email: step.email, program: walk.program, known: both(known, asked), span: step.span });
      return known;
    }
    case "wait until": {
      const { until } = step;
      if (until.kind === "date" && until.operand.type.isNullable && !isKnown(known, until.operand.name)) {
        walk.report(diagnose("W510", until.span, { name: until.operand.name }));
      }
      return known;
    }
    case "wait for": {
      lintBranching(walk, step.until, known);
      const came = both(known, knownWhere(step.until, true, walk.proofs));
      return join(followAll(walk, step.came, came), followAll(walk, step.otherwise, known));
    }
    case "choose":
      return followChoice(walk, step, known);
    case "set":
      return followSet(step, known);
    case "stop":
      return null;
    case "unchecked":
      return "all";
    default:
      return known;
  }
}

function join(left: Reaching, right: Reaching): Reaching {
  if (left === null) return right;
  return right === null ? left : either(left, right);
}

function followChoice(walk: Walk, step: CheckedStep & { readonly kind: "choose" }, start: Known): Reaching {
  let rest = start;
  let end: Reaching = null;
  for (const { when, steps } of step.branches) {
    lintBranching(walk, when, rest);
    end = join(end, followAll(walk, steps, both(rest, knownWhere(when, true, walk.proofs))));
    rest = both(rest, knownWhere(when, false, walk.proofs));
  }
  return join(end, followAll(walk, step.otherwise, rest));
}

function followSet({ operand, value }: CheckedStep & { readonly kind: "set" }, known: Known): Known {
  if (known === "all") return known;
  const others = new Set([...known].filter((name) => name !== operand.name));
  // A list from which a value was taken may be empty, which is unknown; so may the field be that was copied.
  const isCopy = value.kind === "value" && value.value.kind === "term";
  return value.kind === "unknown" || value.kind === "remove" || isCopy ? others : new Set([...known, operand.name]);
}

function lintBranching(walk: Walk, when: Checked, known: Known): void {
  lintCondition(walk, when, known, "inside");
  const leaves = leavesOf(when);
  const opens = leaves.filter(isOpen);
  if (leaves.length === 0 || opens.length < leaves.length) return;
  const clicked = walk.scope.text(when.span).replace("opened", "clicked");
  const fixes =
    when.kind === "behaviour" && when.count === null
      ? [suggested(`Add \`or ${clicked}\``, insert("after", when.span, ` or ${clicked}`))]
      : [];
  walk.report(diagnose("W402", when.span, {}, { fixes }));
}

function leavesOf(node: Checked): readonly Checked[] {
  if (node.kind === "all" || node.kind === "any") return node.of.flatMap(leavesOf);
  return node.kind === "not" ? leavesOf(node.of) : [node];
}

/** An open by a person, as far as can be told: with machines counted it was chosen knowingly. */
function isOpen(node: Checked): node is CheckedBehaviour {
  return node.kind === "behaviour" && node.event.name === "opened" && !node.countsMachines;
}
