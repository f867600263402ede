// Conditions that mean something else than they seem to: the unknown in `!=`, and people who could not open.

import type { Edit, Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { machineEvents } from "../built-in.ts";
import type { Checked, CheckedBehaviour, CheckedTerm } from "../checked.ts";
import { insert, safe, suggested } from "../fixes.ts";
import type { Op } from "../ir/condition.ts";
import { both, isKnown, type Known, knownWhere, nothing, type Proofs } from "../known.ts";
import type { Report, Scope } from "../scope.ts";

export interface Lint {
  readonly scope: Scope;
  readonly report: Report;
  readonly proofs: Proofs;
  /** Names of segments whose members had a chance to open something. */
  readonly reached: ReadonlySet<string>;
}

/** What the conditions around the one looked at say. */
interface Around {
  readonly known: Known;
  /** Fields of which it is said whether unknown is meant. */
  readonly said: ReadonlySet<string>;
  readonly isReached: boolean;
  /** What joins the condition with its neighbours: a fix in between needs parentheses, or not. */
  readonly joinedBy: "all" | "any" | "not" | null;
  /** Whether the condition counts as it is, or its opposite. */
  readonly holds: boolean;
  /** The `not` directly in front. */
  readonly notSpan: Span | null;
  /** In a program, events without a window are this enrollment's, which has sent mails. */
  readonly isInside: boolean;
}

/** `known`: what is proven of the people whom the condition is asked of. */
export function lintCondition(lint: Lint, node: Checked, known: Known, place: "segment" | "inside"): void {
  visit(lint, node, {
    known,
    said: new Set(),
    isReached: false,
    joinedBy: null,
    holds: true,
    notSpan: null,
    isInside: place === "inside",
  });
}

function visit(lint: Lint, node: Checked, around: Around): void {
  if ("operand" in node) lintRead(lint, node.operand.term);
  switch (node.kind) {
    case "all":
    case "any": {
      const said = new Set([...around.said, ...node.of.flatMap(saidBy)]);
      const beside = (node.kind === "all") === around.holds ? provenBeside(lint, node.of, around) : null;
      node.of.forEach((part, index) => {
        const { known, isReached } = beside?.[index] ?? around;
        visit(lint, part, { ...around, said, known, isReached, joinedBy: node.kind, notSpan: null });
      });
      return;
    }
    case "not":
      visit(lint, node.of, { ...around, holds: !around.holds, joinedBy: around.joinedBy ?? "not", notSpan: node.span });
      return;
    case "compare":
    case "one of":
      if (node.isNegated === around.holds) lintUnknown(lint, node, around);
      return;
    case "behaviour":
      lintChance(lint, node, around);
      for (const { where } of [node, ...node.follows]) if (where) lintCondition(lint, where, nothing, "segment");
      return;
    default:
  }
}

/** The conditions inside what is read. */
function lintRead(lint: Lint, term: CheckedTerm): void {
  if (term.kind === "aggregate" && term.where) lintCondition(lint, term.where, nothing, "segment");
}

/** What each part may take for granted because the parts beside it hold: read once from either end, for there may be thousands. */
function provenBeside(
  lint: Lint,
  parts: readonly Checked[],
  { known, isReached: isReachedAround, holds }: Around,
): readonly Pick<Around, "known" | "isReached">[] {
  const proofs = parts.map((part) => knownWhere(part, holds, lint.proofs));
  const reaching = parts.map((part) => isReached(part, holds, lint.reached));
  const before = unions(known, proofs);
  const behind = unions(nothing, proofs.toReversed()).toReversed();
  const total = reaching.filter(Boolean).length;
  return parts.map((_, index) => ({
    known: both(before[index] ?? nothing, behind[index + 1] ?? nothing),
    isReached: isReachedAround || total > (reaching[index] ? 1 : 0),
  }));
}

/** What is known in front of each of `parts`, and behind the last. */
function unions(start: Known, parts: readonly Known[]): readonly Known[] {
  const sums = [start];
  for (const part of parts) sums.push(both(sums.at(-1) ?? nothing, part));
  return sums;
}

function saidBy(node: Checked): readonly string[] {
  if (node.kind === "not") return saidBy(node.of);
  return node.kind === "known" ? [node.operand.name] : [];
}

type Negatable = Extract<Checked, { readonly kind: "compare" | "one of" }>;

function lintUnknown(lint: Lint, node: Negatable, around: Around): void {
  const { name, type } = node.operand;
  // `not f = v` says what it means; only `!=`, `is not` and `not in` look as if unknown were left out.
  if (!node.isNegated || !type.isNullable || around.said.has(name) || isKnown(around.known, name)) return;
  const fixes = [
    suggested(`Add \`and ${name} is known\``, ...extend(node.span, `and ${name} is known`, around.joinedBy, "all")),
    safe(`Add \`or ${name} is unknown\``, ...extend(node.span, `or ${name} is unknown`, around.joinedBy, "any")),
  ];
  const written = lint.scope.text(node.span);
  lint.report(diagnose("W320", node.span, { subject: `\`${name}\``, written }, { fixes }));
}

/** Adds words behind a condition, in parentheses where what is around it would read them otherwise. */
function extend(span: Span, words: string, joinedBy: Around["joinedBy"], by: "all" | "any"): readonly Edit[] {
  if (joinedBy === null || joinedBy === by) return [insert("after", span, ` ${words}`)];
  return [insert("before", span, "("), insert("after", span, ` ${words})`)];
}

function isAmong(times: number, count: { readonly op: Op; readonly times: number }): boolean {
  switch (count.op) {
    case "=":
      return times === count.times;
    case "<":
      return times < count.times;
    case "<=":
      return times <= count.times;
    case ">":
      return times > count.times;
    default:
      return times >= count.times;
  }
}

/** Whether people without any such event fulfil it. */
function holdsForNobody(node: CheckedBehaviour, holds: boolean): boolean {
  return (node.count !== null && isAmong(0, node.count)) === holds;
}

function lintChance(lint: Lint, node: CheckedBehaviour, around: Around): void {
  const isOwn = around.isInside && (node.window === null || node.window.kind === "since start");
  if (!machineEvents.has(node.event.name) || isOwn || around.isReached) return;
  if (!holdsForNobody(node, around.holds)) return;
  const span = around.notSpan ?? node.span;
  lint.report(diagnose("W401", span, {}, { fixes: chanceFixes(lint.scope, node, span, around) }));
}

/** The same email and window, received instead of opened; or, behind a length of time, that the person was there before it. */
function chanceFixes(scope: Scope, node: CheckedBehaviour, span: Span, around: Around): readonly Fix[] {
  // Of a chain its first event alone.
  const end = node.follows[0]?.span.start ?? node.span.end;
  const received = scope
    .text({ ...node.span, end })
    .trimEnd()
    .replace(node.event.name, "received")
    .replace(/\s+including machines/, "")
    .replace(/\s+(at least|at most|exactly|more than|fewer than)\s+[\d_.]+\s+times?/, "");
  const joinedBy = around.joinedBy === "not" ? null : around.joinedBy;
  const fix = (words: string) => suggested(`Add \`${words}\``, ...extend(span, words, joinedBy, "all"));
  const length =
    node.window?.kind === "last" && node.window.length.kind === "length" ? node.window.length.length : null;
  const created = scope.shared.get("created");
  const isDated = created?.kind === "field" && ["date", "datetime"].includes(created.field.type.scalar.kind);
  const since = length && isDated ? [fix(`and created before ${length.amount}${length.unit} ago`)] : [];
  return [fix(`and ${received}`), ...since];
}

const signs: ReadonlySet<string> = new Set(["received", "sent", "opened", "clicked", "replied"]);

/** Whether all people for whom the condition holds had a chance to open a mail, or joined long ago. */
export function isReached(node: Checked, holds: boolean, segments: ReadonlySet<string>): boolean {
  switch (node.kind) {
    case "all":
    case "any": {
      const parts = node.of.map((part) => isReached(part, holds, segments));
      return (node.kind === "all") === holds ? parts.includes(true) : !parts.includes(false);
    }
    case "not":
      return isReached(node.of, !holds, segments);
    case "behaviour":
      return signs.has(node.event.name) && !holdsForNobody(node, holds);
    case "compare": {
      const { scalar } = node.operand.type;
      const isDate = scalar.kind === "date" || scalar.kind === "datetime";
      return holds && isDate && (node.op === "<" || node.op === "<=");
    }
    case "in segment":
      return holds && segments.has(node.name);
    case "unchecked":
      return true;
    default:
      return false;
  }
}
