// What a project would not miss, and what it would be better for: declarations nobody uses, twins, programs without a way out.

import type { Email, EmailSetting, Segment } from "../../grammar/ast/declaration.ts";
import type { Expr, Name } from "../../grammar/ast/expr.ts";
import type { Declaration } from "../../grammar/ast/file.ts";
import type { Block, Program, Step } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { emailSetting } from "../../grammar/print/declarations.ts";
import { expr } from "../../grammar/print/flat.ts";
import type { Report, Scope } from "../scope.ts";
import { lintClock, silencesOf } from "./clock.ts";
import { capsOf, lintCaps, lintSends, type Mails } from "./sends.ts";
import { stepsOf } from "./ways.ts";

/** Declarations of the project's own files that were read whole. */
export interface Own {
  readonly scope: Scope;
  readonly declarations: readonly Declaration[];
}

/** Kinds of declarations that do nothing by themselves. A segment, a score or a funnel is looked at by people. */
const idle = ["email", "topic", "list", "event", "webhook"] as const;
type Idle = Extract<Declaration, { readonly kind: (typeof idle)[number] }>;
const isIdle = (node: Declaration): node is Idle => idle.some((kind) => kind === node.kind);

export function lintHygiene({ scope, declarations }: Own, report: Report): void {
  lintTwins(declarations, report);
  const has = (email: string, wanted: EmailSetting["kind"]) =>
    scope.emails.get(email)?.settings.some(({ kind }) => kind === wanted) === true;
  const mails: Mails = {
    isMarketing: (email) => !has(email, "transactional"),
    skipsCaps: (email) => has(email, "skip caps"),
  };
  const policies = declarations.filter((node) => node.kind === "policy");
  const caps = capsOf(policies);
  const silences = silencesOf(policies);
  lintReports(declarations, report);
  for (const node of declarations) {
    if (node.kind !== "program") continue;
    lintShape(report, node);
    lintSends(report, node, mails);
    lintCaps(report, node, caps, mails);
    lintClock(report, node, silences, mails);
  }
}

/**
 * To be asked of a project without errors: what a misspelt name should have used is no second finding. What packs declare
 * may use the project's own.
 */
export function lintUnused({ scope, declarations }: Own, packs: readonly Declaration[], report: Report): void {
  const uses = new Map<string, number>();
  for (const { span } of [...declarations, ...packs]) {
    for (const word of wordsOf(scope.text(span))) uses.set(word, (uses.get(word) ?? 0) + 1);
  }
  for (const node of declarations) {
    if (node.kind === "vocabulary" && !isSpoken(scope, node.name.text)) {
      report(diagnose("W841", headOf(node.span.start, node.name), { kind: node.kind, name: node.name.text }));
    }
    if (!isIdle(node)) continue;
    if ((uses.get(node.name.text) ?? 0) > 1) continue;
    report(diagnose("W841", headOf(node.span.start, node.name), { kind: node.kind, name: node.name.text }));
  }
}

/** Whether some email speaks so: the field of its `words from` may have that value, or none of its own. */
function isSpoken({ shared, emails }: Scope, name: string): boolean {
  const sources = [...emails.values()].flatMap(({ settings }) =>
    settings.flatMap((setting) => (setting.kind === "words from" ? [setting.name.text] : [])),
  );
  return sources.some((source) => {
    const field = shared.get(source);
    const scalar = field?.kind === "field" ? field.field.type.scalar : null;
    return name === "default" || scalar?.kind !== "enum" || scalar.values.includes(name);
  });
}

/** Words outside texts and comments. */
function wordsOf(text: string): readonly string[] {
  return text.replaceAll(/"(?:[^"\\\n]|\\.)*"|#[^\n]*/g, " ").match(/[A-Za-z_]\w*/g) ?? [];
}

function headOf(start: number, { span }: Name) {
  return { ...span, start };
}

/** Segments with one condition, whatever the order of its clauses, and emails with one content. */
function lintTwins(declarations: readonly Declaration[], report: Report): void {
  const first = new Map<string, Segment | Email>();
  for (const node of declarations) {
    if (node.kind !== "segment" && node.kind !== "email") continue;
    const content = node.kind === "segment" ? segmentContent(node) : emailContent(node);
    if (content === null) continue;
    const key = `${node.kind} ${content}`;
    const earlier = first.get(key);
    if (!earlier) {
      first.set(key, node);
      continue;
    }
    const related = [{ span: headOf(earlier.span.start, earlier.name), text: "the first one" }];
    const params = { kind: node.kind, name: node.name.text, other: earlier.name.text };
    report(diagnose("W842", headOf(node.span.start, node.name), params, { related }));
  }
}

function segmentContent({ parameters, where }: Segment): string | null {
  return parameters.length > 0 ? null : sortedText(where);
}

function emailContent({ settings, variants }: Email): string | null {
  return variants.length > 0 ? null : settings.map(emailSetting).toSorted().join(" ");
}

function sortedText(node: Expr): string {
  if (node.kind !== "and" && node.kind !== "or") return expr(node);
  return `(${node.terms.map(sortedText).toSorted().join(` ${node.kind} `)})`;
}

function lintShape(report: Report, node: Program): void {
  const kinds = new Set(node.parts.map(({ kind }) => kind));
  const span = headOf(node.span.start, node.name);
  const { text: name } = node.name;
  if (!kinds.has("exit when") && !kinds.has("goal") && stepsOf(node).some(takesTime))
    report(diagnose("W541", span, { name }));
  if (!kinds.has("why")) report(diagnose("W542", span, { name }));
}

/** Where there are reports, each program should be in one; one without `for` is about all. */
function lintReports(declarations: readonly Declaration[], report: Report): void {
  const reports = declarations.filter((node) => node.kind === "report");
  const covered = reports.map(({ parts }) => parts.flatMap((part) => (part.kind === "for" ? part.names : [])));
  if (reports.length === 0 || covered.some((programs) => programs.length === 0)) return;
  const names = new Set(covered.flat().map(({ text }) => text));
  for (const node of declarations) {
    if (node.kind !== "program" || names.has(node.name.text)) continue;
    report(diagnose("W545", headOf(node.span.start, node.name), { name: node.name.text }));
  }
}

function takesTime(step: Step): boolean {
  const inside = (block: Block | null) => block?.steps.some(takesTime) === true;
  switch (step.kind) {
    case "wait":
    case "wait until":
    case "wait up to":
      return true;
    case "if":
      return step.branches.some(({ then }) => inside(then)) || inside(step.otherwise);
    case "split":
    case "experiment":
      return step.arms.some(({ block }) => inside(block));
    default:
      return false;
  }
}
