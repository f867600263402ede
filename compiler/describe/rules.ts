// Scores, policies, topics and other declarations that a few sentences say.

import type { Derived } from "../../grammar/ast/declaration.ts";
import type { Expr } from "../../grammar/ast/expr.ts";
import type { Declaration } from "../../grammar/ast/file.ts";
import type { Scope } from "../scope.ts";
import { personClause } from "./condition.ts";
import type { RuleEntry } from "./dictionary.ts";
import { asWritten, type Teller } from "./program.ts";
import { type Reference, usesOf } from "./uses.ts";
import { lengthWords } from "./words.ts";

/** A declaration that is told so, without what uses it. */
export type Rule = Omit<RuleEntry, "usedBy" | "pack">;

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

/** null for a declaration that is told in another way, or not at all. */
export function ruleOf(teller: Teller, node: Declaration): Rule | null {
  const { scope } = teller;
  const said = (text: { readonly span: Declaration["span"] }) => sentence(asWritten(scope, { span: text.span }));
  const rule = (kind: RuleEntry["kind"], name: string, more: Partial<Rule>): Rule => ({
    kind,
    name,
    doc: node.doc,
    title: null,
    lines: [],
    uses: [],
    ...more,
  });
  switch (node.kind) {
    case "topic": {
      const consent =
        node.consent === "opt in" ? "Mailed only after a person agreed." : "May be mailed until a person refuses.";
      return rule("topic", node.name.text, { title: node.title.value, lines: [consent] });
    }
    case "list":
    case "team":
      return rule(node.kind, node.name.text, { title: node.title?.value ?? null });
    case "webhook":
      return rule("webhook", node.name.text, { title: node.url.value });
    case "vocabulary":
      return rule("vocabulary", node.name.text, { lines: node.terms.map(said) });
    case "report":
      return rule("report", node.name.text, {
        lines: node.parts.map(said),
        uses: node.parts.flatMap((part) =>
          part.kind === "for" ? part.names.map(({ text }): Reference => ({ kind: "program", name: text })) : [],
        ),
      });
    case "policy":
      return rule("policy", node.name.text, {
        title: node.segment ? `for people in ${node.segment.text}` : null,
        lines: node.rules.map(said),
        uses: [...(node.segment ? [segment(node.segment.text)] : []), ...node.rules.flatMap(policyUses)],
      });
    case "score":
      return scoreRule(teller, node, rule);
    case "funnel":
      return funnelRule(teller, node, rule);
    case "derived":
      return rule("derived", node.name.text, {
        lines: [asWritten(scope, { span: { ...node.span, start: node.name.span.start } })],
        uses: derivedUses(teller, node),
      });
    default:
      return null;
  }
}

const segment = (name: string): Reference => ({ kind: "segment", name });

type Of<K extends Declaration["kind"]> = Extract<Declaration, { readonly kind: K }>;
type MakeRule = (kind: RuleEntry["kind"], name: string, more: Partial<Rule>) => Rule;

function policyUses(rule: Of<"policy">["rules"][number]): readonly Reference[] {
  if (rule.kind === "never send") {
    const topic: readonly Reference[] = rule.topic ? [{ kind: "topic", name: rule.topic.text }] : [];
    return [segment(rule.segment.text), ...topic];
  }
  if (rule.kind === "only one of") return rule.programs.map(({ text }) => ({ kind: "program", name: text }));
  return [];
}

/** A bare event counts each time, anything else once. */
function isEach(scope: Scope, when: Expr): boolean {
  if (when.kind !== "behaviour" || when.count || when.follows.length > 0) return false;
  const { text: name } = when.term.event;
  return scope.shared.get(name)?.kind === "event";
}

function scoreRule({ scope, naming }: Teller, node: Of<"score">, rule: MakeRule): Rule {
  const lines = node.rules.map(({ when, effect, points, cap }) => {
    const times = isEach(scope, when) ? "each time" : "when";
    const upTo = cap ? `, up to ${cap.digits}` : "";
    return sentence(`${effect} ${points.digits} ${times} ${personClause(naming, when)}${upTo}`);
  });
  const halves = node.halves ? [`Halves every ${lengthWords(node.halves)}.`] : [];
  return rule("score", node.name.text, {
    lines: [...lines, ...halves],
    uses: node.rules.flatMap(({ when }) => usesOf(scope, when)),
  });
}

function funnelRule({ scope, naming }: Teller, node: Of<"funnel">, rule: MakeRule): Rule {
  const lines = node.stages.map(({ name, when }) =>
    when ? `${name.text}: when ${personClause(naming, when)}.` : `${name.text}: always.`,
  );
  const moves = node.forwardOnly ? ["People move forward only."] : [];
  return rule("funnel", node.name.text, {
    lines: [...lines, ...moves],
    uses: node.stages.flatMap(({ when }) => (when ? usesOf(scope, when) : [])),
  });
}

function derivedUses({ scope }: Teller, { body }: Derived): readonly Reference[] {
  if (body.kind === "choice") return body.arms.flatMap(({ when }) => usesOf(scope, when));
  const operands = body.kind === "operand" ? [body.operand] : body.operands;
  return operands.flatMap((operand): readonly Reference[] => {
    if (operand.kind === "aggregate") return [{ kind: "event", name: operand.event.text }];
    return operand.kind === "field" ? [{ kind: "field", name: operand.name.text }] : [];
  });
}
