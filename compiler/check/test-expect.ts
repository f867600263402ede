// `expect`: what is looked at, and what should be seen there.

import type { Check, Expr, Name, Operand } from "../../grammar/ast/expr.ts";
import type { Clause, Many, Outcome } from "../../grammar/ast/suite.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import type { CheckedClause } from "../checked-test.ts";
import type { Term } from "../ir/condition.ts";
import { scoreTerm, stageTerm } from "../ir/people.ts";
import type { TestPerson } from "../ir/test.ts";
import { checkVariantName } from "./acts.ts";
import { checkCondition } from "./condition.ts";
import { isArm, isLabel } from "./test-names.ts";
import { isCount, isNamed, isProgram, personNamed, spanOn, type Story } from "./test-story.ts";

type ExpectClause = Extract<Clause, { readonly kind: "expect" | "expect members" | "expect sent" | "expect value" }>;
type Of<K extends ExpectClause["kind"]> = Extract<ExpectClause, { readonly kind: K }>;

export function checkExpected(story: Story, clause: ExpectClause): CheckedClause | null {
  switch (clause.kind) {
    case "expect members":
      return checkMembers(story, clause);
    case "expect sent":
      return checkMailed(story, clause);
    case "expect value":
      return checkSeen(story, clause);
    case "expect": {
      const person = personNamed(story, clause.person);
      return person && checkOutcome(story, person, clause.outcome, clause.span);
    }
    default:
      return unreachable(clause);
  }
}

/** How many at least and at most; null where they are no counts, which is reported. */
function rangeOf(story: Story, many: Many, span: Span): { readonly low: number; readonly high: number } | null {
  const [low, high] = many.kind === "exactly" ? [many.count, many.count] : [many.low, many.high];
  if (!isCount(story, low, span, 0, "a whole number")) return null;
  return isCount(story, high, span, low, low === 0 ? "a whole number" : `a whole number from ${low}`)
    ? { low, high }
    : null;
}

function membership({ context }: Story, name: Name) {
  const node: Expr = { kind: "member", name, args: null, span: name.span };
  return checkCondition(context, node);
}

function checkMembers(story: Story, clause: Of<"expect members">): CheckedClause | null {
  const range = rangeOf(story, clause.many, clause.span);
  const when = membership(story, clause.segment);
  return range && { kind: "expect members", when, ...range, span: clause.span, at: story.clock };
}

function isEmail(story: Story, email: Name): boolean {
  return isNamed(story, email, { what: "email", starters: ["email"] }, story.context.scope.emails.keys());
}

function checkMailed(story: Story, clause: Of<"expect sent">): CheckedClause | null {
  const range = rangeOf(story, clause.many, clause.span);
  if (!isEmail(story, clause.email)) return null;
  if (clause.variant) checkVariantName(story.context, clause.variant, clause.email.text);
  const variant = clause.variant?.text ?? null;
  return (
    range && { kind: "expect mailed", email: clause.email.text, variant, ...range, span: clause.span, at: story.clock }
  );
}

function checkSeen(story: Story, clause: Of<"expect value">): CheckedClause | null {
  const { context } = story;
  const { name, span, what, check } = clause;
  const person = personNamed(story, clause.person);
  const shared = what === "field" ? context.scope.shared.get(name.text) : undefined;
  const wanted: Check =
    check.kind === "="
      ? { kind: "is", negated: false, value: check.value, span }
      : { kind: check.kind, negated: false, span };
  const place = { ...span, start: span.start + "expect ".length, end: name.span.end };
  const operand: Operand = { kind: what, name, span: place };
  const when = checkCondition(context, { kind: "checked", operand, check: wanted, span });
  const field = shared?.kind === "field" ? shared.field : null;
  const contactField: Term | null = field && { kind: "field", name: field.name, type: field.type };
  const stages = what === "stage" ? context.scope.stages.get(name.text) : undefined;
  const computed = what === "score" ? scoreTerm(name.text) : stages ? stageTerm(name.text, stages) : null;
  const asked = computed ?? contactField;
  if (!person || when.kind === "unchecked") return null;
  return { kind: "expect condition", person, isNegated: false, when, asked, span, at: story.clock };
}

function checkOutcome(story: Story, person: TestPerson, outcome: Outcome, span: Span): CheckedClause | null {
  const head = { person, span, at: story.clock };
  switch (outcome.kind) {
    case "in": {
      const when = membership(story, outcome.name);
      return { ...head, kind: "expect condition", isNegated: outcome.negated, when, asked: null };
    }
    case "was sent":
      return checkSent(story, outcome, head);
    case "was handed off to": {
      const { teams } = story.context.scope;
      const isTeam = isNamed(story, outcome.team, { what: "team", starters: ["team"] }, teams.keys());
      return isTeam
        ? { ...head, kind: "expect handed off", isNegated: outcome.negated, team: outcome.team.text }
        : null;
    }
    case "got arm":
      if (!isArm(story, outcome.arm, outcome.experiment)) return null;
      return { ...head, kind: "expect arm", arm: outcome.arm.text, experiment: outcome.experiment?.text ?? null };
    case "is in program":
      if (!isProgram(story, outcome.program)) return null;
      return { ...head, kind: "expect in program", isNegated: outcome.negated, program: outcome.program.text };
    case "is at":
      return isLabel(story, outcome.label) ? { ...head, kind: "expect at", step: outcome.label.text } : null;
    case "left":
    case "reached goal of": {
      if (!isProgram(story, outcome.program)) return null;
      const kind = outcome.kind === "left" ? "expect left" : "expect goal";
      if (kind === "expect goal" && !hasGoal(story, outcome.program)) {
        story.context.report(diagnose("E863", outcome.program.span, { program: outcome.program.text }));
        return null;
      }
      return { ...head, kind, program: outcome.program.text };
    }
    default:
      return unreachable(outcome);
  }
}

/** Of a program that could not be read whole, nobody knows. */
function hasGoal({ context }: Story, { text }: Name): boolean {
  const program = context.scope.programs.get(text);
  return program?.recovered === true || program?.parts.some(({ kind }) => kind === "goal") === true;
}

type Sent = Extract<Outcome, { readonly kind: "was sent" }>;

function checkSent(
  story: Story,
  outcome: Sent,
  head: { readonly person: TestPerson; readonly span: Span; readonly at: number },
): CheckedClause | null {
  const { email, negated, to, saying, times } = outcome;
  if (!isEmail(story, email)) return null;
  if (outcome.variant) checkVariantName(story.context, outcome.variant, email.text);
  const on = outcome.on && spanOn(story, outcome.on);
  if (times !== null && !isCount(story, times, outcome.span, 0, "a whole number")) return null;
  if (outcome.on && !on) return null;
  const words = { variant: outcome.variant?.text ?? null, to: to?.value ?? null, saying: saying?.value ?? null };
  return { ...head, kind: "expect sent", isNegated: negated, email: email.text, ...words, times, on };
}
