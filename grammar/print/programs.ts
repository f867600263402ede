// Programs as lines: head clauses and steps.

import type { Expr, Name } from "../ast/expr.ts";
import type {
  Arm,
  Assign,
  Block,
  DateField,
  Head,
  Program,
  Recurrence,
  Step,
  Time,
  WaitUntil,
} from "../ast/program.ts";
import type { Node } from "../span.ts";
import { unreachable } from "../unreachable.ts";
import { firstEnd, writeCondition } from "./condition.ts";
import * as f from "./flat.ts";
import { eachWithLimit, inner, oneLine, type Writer } from "./writer.ts";

const clock = (time: Time): string => f.words(f.value(time.clock), time.local ? "local" : null);
export const recurrence = (node: Recurrence): string => f.words(node.every.text, node.time && clock(node.time));
const dateField = (node: DateField): string =>
  f.words(node.anniversary ? "anniversary of" : null, node.name.text, node.time && `at ${clock(node.time)}`);

/** A head clause is its words, with a condition somewhere between them where it has one. */
interface Clause {
  readonly before: string;
  readonly when: Expr | null;
  readonly after: string;
}
const plain = (before: string): Clause => ({ before, when: null, after: "" });

function head(node: Head): Clause {
  switch (node.kind) {
    case "start when":
    case "only if":
    case "exit when":
      return { before: node.kind, when: node.when, after: "" };
    case "goal": {
      const within = node.within && `within ${f.duration(node.within)}`;
      const after = f.words(within, node.target && `target ${f.value(node.target)}`);
      return { before: "goal", when: node.when, after };
    }
    case "start every":
      return plain(`start every ${recurrence(node.recurrence)}`);
    case "start at":
    case "closes at":
      return plain(f.words(node.kind, f.dateTime(node.at), node.local ? "local" : null));
    case "start on": {
      const offset = node.offset === null ? "on" : `${f.duration(node.offset.duration)} ${node.offset.direction}`;
      return plain(`start ${offset} ${dateField(node.date)}`);
    }
    case "enter once":
      return plain(f.words("enter once", node.per && `per ${node.per.text}`));
    case "enter again":
      return plain(`enter again after ${f.duration(node.after)}`);
    case "enter every time":
      return plain(node.kind);
    case "hold out":
      return plain(`hold out ${f.value(node.share)}`);
    case "edits":
    case "on failure":
      return plain(`${node.kind} ${node.mode}`);
    case "send at most":
      return plain(`send at most ${f.value(node.emails)} emails per ${node.per}`);
    case "why":
    case "owner":
      return plain(`${node.kind} ${f.quote(node.text)}`);
    default:
      return unreachable(node);
  }
}

function until(node: WaitUntil): string {
  switch (node.kind) {
    case "weekday":
      return `${node.weekday.text} ${clock(node.time)}`;
    case "clock":
      return clock(node.time);
    case "moment":
      return f.words(f.dateTime(node.at), node.local ? "local" : null);
    case "date":
      return f.words(
        node.offset && `${f.duration(node.offset.duration)} ${node.offset.direction}`,
        dateField(node.date),
      );
    default:
      return unreachable(node);
  }
}

export function assign(node: Assign): string {
  const { value } = node;
  if (value === null) return `${node.name.text} = unknown`;
  return `${node.name.text} = ${"kind" in value ? f.value(value) : f.values(value)}`;
}
export const assigns = (list: readonly Assign[]): string => oneLine(list.map(assign));
const variant = (name: Name | null): string | null => name && `variant ${name.text}`;

/** Steps without blocks as one line; null for the others. */
function flatStep(node: Step): Clause | null {
  switch (node.kind) {
    case "send": {
      const to = node.to && `to ${node.to.text}`;
      const before = f.words(`send ${node.email.text}`, variant(node.variant), to, node.onlyIf && "only if");
      return { before, when: node.onlyIf, after: "" };
    }
    case "wait":
      return plain(`wait ${f.duration(node.duration)}`);
    case "wait until":
      return plain(`wait until ${until(node.until)}`);
    case "wait up to": {
      if (node.then !== null || node.otherwise !== null) return null;
      const after = node.same === null ? "" : `with same ${node.same.text}`;
      return { before: `wait up to ${f.duration(node.limit)} until`, when: node.until, after };
    }
    case "set":
      return plain(`set ${assign(node.assign)}`);
    case "set add":
    case "set remove":
      return plain(`set ${node.name.text} ${node.kind.slice(4)} ${f.value(node.value)}`);
    case "add to":
    case "remove from":
      return plain(`${node.kind} ${node.list.text}`);
    case "hand off":
      return plain(f.words(`hand off to ${node.team.text}`, node.note && `with ${f.quote(node.note)}`));
    case "call":
      return plain(
        f.words(`call ${node.webhook.text}`, node.assigns.length === 0 ? null : `with ${assigns(node.assigns)}`),
      );
    case "continue in":
      return plain(`continue in ${node.program.text}`);
    case "go to":
      return plain(`go to ${node.target.text}`);
    case "subscribe to":
    case "unsubscribe from":
      return plain(`${node.kind} ${node.topic.text}`);
    case "suppress":
    case "stop":
      return plain(node.kind);
    default:
      return null;
  }
}
const clauseText = (clause: Clause): string => f.words(clause.before, clause.when && f.expr(clause.when), clause.after);
const label = (node: Step): string => (node.label === null ? "" : `as ${node.label.text}`);

export function program(out: Writer, node: Program, limit: number): void {
  const audience = node.segment && `for ${node.segment.text}${f.args(node.args)}`;
  const text = f.words(`program ${node.name.text}`, audience);
  const flat = flatParts(node.parts);
  const to = node.args?.at(-1)?.span.end ?? node.segment?.span.end ?? node.name.span.end;
  if (flat !== null && out.fits(0, text, flat, { start: to, end: node.span.end })) {
    out.line(0, `${text} ${flat}`, node.span.start, { to: node.span.end, limit });
    return;
  }
  const end = node.span.end - 1;
  out.open(0, `${text} <`, node.span.start, { to, limit: node.parts[0]?.span.start ?? end });
  eachWithLimit(node.parts, end, (each, next) => part(out, inner(0), each, next));
  out.close(0, ">", node.span.end, limit);
}

/** Parts as a block on one line, if none of them has a block itself. */
function flatParts(parts: readonly (Head | Step)[]): string | null {
  const texts: string[] = [];
  for (const each of parts) {
    if (!("label" in each)) {
      texts.push(clauseText(head(each)));
      continue;
    }
    const clause = flatStep(each);
    if (clause === null) return null;
    texts.push(f.words(clauseText(clause), label(each)));
  }
  return oneLine(texts);
}

function part(out: Writer, indent: number, node: Head | Step, limit: number): void {
  const clause = "label" in node ? flatStep(node) : head(node);
  if (clause === null) {
    if ("label" in node) nested(out, indent, node, limit);
    return;
  }
  const after = "label" in node ? f.words(clause.after, label(node)) : clause.after;
  writeClause(out, indent, node, { ...clause, after }, limit);
}

function writeClause(out: Writer, indent: number, node: Node, clause: Clause, limit: number): void {
  const { start, end } = node.span;
  if (clause.when === null) {
    out.line(indent, f.words(clause.before, clause.after), start, { to: end, limit });
    return;
  }
  const frame = { before: clause.before, after: clause.after, from: start, to: end, limit, isHanging: false };
  writeCondition(out, indent, clause.when, frame);
}

/** One block of a step: what stands in front of it, as text or around a condition. */
interface Section {
  readonly before: string;
  readonly when: Expr | null;
  readonly after: string;
  readonly from: number;
  readonly block: Block;
}

function nested(out: Writer, indent: number, node: Step, limit: number): void {
  switch (node.kind) {
    case "if":
      sections(out, indent, node, ifSections(node), limit);
      break;
    case "wait up to":
      sections(out, indent, node, waitSections(node), limit);
      break;
    case "split":
      arms(out, indent, node, "split", node.span.start, node.arms, limit);
      break;
    case "experiment":
      arms(out, indent, node, `experiment ${node.name.text}`, node.name.span.end, node.arms, limit);
      break;
  }
}

function ifSections(node: Extract<Step, { kind: "if" }>): readonly Section[] {
  const branches = node.branches.map(
    (branch, index): Section => ({
      before: index === 0 ? "if" : "otherwise if",
      when: branch.when,
      after: "then",
      from: branch.span.start,
      block: branch.then,
    }),
  );
  return [...branches, ...otherwise(node.otherwise)];
}
const otherwise = (block: Block | null): readonly Section[] =>
  block === null ? [] : [{ before: "otherwise", when: null, after: "", from: block.span.start, block }];

function waitSections(node: Extract<Step, { kind: "wait up to" }>): readonly Section[] {
  const before = `wait up to ${f.duration(node.limit)} until`;
  const same = node.same === null ? "" : `with same ${node.same.text}`;
  if (node.then === null) {
    const only = otherwise(node.otherwise);
    return only.map((each) => ({
      ...each,
      before,
      when: node.until,
      after: f.words(same, "otherwise"),
      from: node.span.start,
    }));
  }
  const first = { before, when: node.until, after: f.words(same, "then"), from: node.span.start, block: node.then };
  return [first, ...otherwise(node.otherwise)];
}

/** Blocks behind each other: `if … then < … > otherwise < … >`. */
function sections(out: Writer, indent: number, node: Step, list: readonly Section[], limit: number): void {
  const texts = list.map(({ before, when, after, block }) => {
    const flat = flatParts(block.steps);
    return flat === null ? null : f.words(before, when && f.expr(when), after, flat);
  });
  const start = list[0]?.when ? firstEnd(list[0].when) : node.span.start;
  const isShort = out.fits(indent, "", f.words(...texts, label(node)), { start, end: node.span.end });
  if (isShort && texts.every((text) => text !== null)) {
    out.line(indent, f.words(...texts, label(node)), node.span.start, { to: node.span.end, limit });
    return;
  }
  list.forEach((section, index) => {
    const previous = list[index - 1];
    const end = section.block.span.end - 1;
    const first = section.block.steps[0]?.span.start ?? end;
    const before = f.words(previous === undefined ? "" : ">", section.before);
    const from = previous?.block.span.end ?? node.span.start;
    openSection(out, indent, section, { before, from, first, isFirst: previous === undefined });
    eachWithLimit(section.block.steps, end, (each, next) => part(out, inner(indent), each, next));
    out.ownLines(inner(indent), end);
  });
  const last = list.at(-1);
  out.close(indent, f.words(">", label(node)), Math.max(last?.block.span.end ?? 0, node.span.end), limit);
}

interface Opening {
  readonly before: string;
  readonly from: number;
  /** Where the first step starts, up to which a comment belongs to the opening line. */
  readonly first: number;
  readonly isFirst: boolean;
}
function openSection(out: Writer, indent: number, section: Section, opening: Opening): void {
  const after = f.words(section.after, "<");
  const { before, from, first } = opening;
  if (!opening.isFirst) out.continues();
  if (section.when === null) {
    out.open(indent, f.words(before, after), from, { to: from, limit: first });
    return;
  }
  const to = section.when.span.end;
  // Comments behind the block before this one stay in it, since there is no line of their own for them here.
  if (!opening.isFirst) out.ownLines(inner(indent), firstEnd(section.when));
  writeCondition(out, indent, section.when, { before, after, from, to, limit: first, isHanging: false });
  out.opened();
}

function arms(
  out: Writer,
  indent: number,
  node: Extract<Step, { kind: "split" | "experiment" }>,
  text: string,
  headEnd: number,
  list: readonly Arm[],
  limit: number,
): void {
  const winner = node.kind === "experiment" ? node.winner : null;
  const end = (node.label?.span.start ?? node.span.end) - 1;
  const behind = winner?.span.start ?? end;
  out.open(indent, `${text} <`, node.span.start, { to: headEnd, limit: list[0]?.span.start ?? behind });
  const width = Math.max(0, ...list.map((each) => each.name?.text.length ?? 0));
  eachWithLimit(list, behind, (each, next) => arm(out, inner(indent), each, width, next));
  if (winner !== null) {
    const rule = `winner by ${winner.by} rate after ${f.duration(winner.after)} needs ${winner.needs.digits}`;
    out.line(inner(indent), rule, winner.span.start, { to: winner.span.end, limit: end });
  }
  out.close(indent, f.words(">", label(node)), node.span.end, limit);
}
function arm(out: Writer, indent: number, node: Arm, width: number, limit: number): void {
  const text = f.words("arm", node.name?.text.padEnd(width) ?? null, f.value(node.share));
  const { block } = node;
  const flat = flatParts(block.steps);
  if (flat !== null && out.fits(indent, text, flat, { start: node.share.span.end, end: node.span.end })) {
    out.line(indent, `${text} ${flat}`, node.span.start, { to: node.span.end, limit });
    return;
  }
  const end = block.span.end - 1;
  out.open(indent, `${text} <`, node.span.start, { to: node.share.span.end, limit: block.steps[0]?.span.start ?? end });
  eachWithLimit(block.steps, end, (each, next) => part(out, inner(indent), each, next));
  out.close(indent, ">", node.span.end, limit);
}
