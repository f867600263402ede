// Declarations other than programs, reports and tests, as lines.

import type {
  Contact,
  Derived,
  Email,
  EmailSetting,
  EventDecl,
  FieldDef,
  Funnel,
  Load,
  LoadOption,
  Mapping,
  Moved,
  Policy,
  PolicyRule,
  Project,
  ProjectSetting,
  Score,
  Segment,
  Stage,
  Term,
  Variant,
  Vocabulary,
} from "../ast/declaration.ts";
import type { Name, NumberValue, Text } from "../ast/expr.ts";
import type { Node } from "../span.ts";
import { unreachable } from "../unreachable.ts";
import { writeCondition } from "./condition.ts";
import * as f from "./flat.ts";
import { eachWithLimit, inner, oneLine, type Writer } from "./writer.ts";

export interface Item<N extends Node> {
  readonly node: N;
  readonly text: string;
  /** The text with its columns aligned to those of the other items. */
  readonly aligned: string;
  /** True where the place in the source is not known, so that no blank line can be kept before it. */
  readonly isJoined?: boolean;
}

/** A block of items, each one line of text: on one line if it fits, else one item a line. */
export function writeItems<N extends Node>(
  out: Writer,
  node: Node,
  head: { readonly text: string; readonly end: number; readonly limit: number; readonly indent?: number },
  items: readonly Item<N>[],
): void {
  const indent = head.indent ?? 0;
  const flat = oneLine(items.map(({ text }) => text));
  const place = { to: node.span.end, limit: head.limit };
  if (out.fits(indent, head.text, flat, { start: head.end, end: node.span.end })) {
    out.line(indent, `${head.text} ${flat}`, node.span.start, place);
    return;
  }
  const end = node.span.end - 1;
  out.open(indent, `${head.text} <`, node.span.start, { to: head.end, limit: items[0]?.node.span.start ?? end });
  eachWithLimit(
    items.map((item) => ({ ...item, span: item.node.span })),
    end,
    (item, limit) => {
      const isJoined = item.isJoined === true;
      out.line(inner(indent), item.aligned, item.span.start, { to: item.span.end, limit, isJoined });
    },
  );
  out.close(indent, ">", node.span.end, head.limit);
}

const item = <N extends Node>(node: N, text: string, aligned = text): Item<N> => ({ node, text, aligned });
const pad = (list: readonly { readonly text: string }[]): number => Math.max(0, ...list.map(({ text }) => text.length));

export function project(out: Writer, node: Project, limit: number): void {
  const head = { text: `project ${node.name.text}`, end: node.name.span.end, limit };
  writeItems(
    out,
    node,
    head,
    node.settings.map((setting) => item(setting, projectSetting(setting))),
  );
}
function projectSetting(setting: ProjectSetting): string {
  switch (setting.kind) {
    case "language":
      return `language ${setting.value.digits}`;
    case "currency":
    case "first weekday":
      return `${setting.kind} ${setting.value.text}`;
    default:
      return `${setting.kind} ${f.quote(setting.value)}`;
  }
}

export function fields(out: Writer, node: Contact | EventDecl, limit: number): void {
  const text = node.kind === "event" ? `event ${node.name.text}` : node.kind;
  const end = node.kind === "event" ? node.name.span.end : node.span.start + text.length;
  const width = pad(node.fields.map((field) => field.name));
  writeItems(
    out,
    node,
    { text, end, limit },
    node.fields.map((field) => item(field, fieldDef(field, 0), fieldDef(field, width))),
  );
}
function fieldDef(field: FieldDef, width: number): string {
  return f.words(field.name.text.padEnd(width), f.type(field.type), field.key ? "key" : null);
}

const plainValue = (value: Name | Text | NumberValue): string => f.value(value);

export function derived(node: Derived): string {
  const { body } = node;
  const head = `derived ${node.name.text} =`;
  switch (body.kind) {
    case "operand":
      return `${head} ${f.operand(body.operand)}`;
    case "first known":
      return `${head} first known of (${body.operands.map(f.operand).join(", ")})`;
    case "choice": {
      const arms = body.arms.map((arm) => `${plainValue(arm.value)} when ${f.expr(arm.when)}`).join(", ");
      return f.words(head, arms, body.otherwise && `otherwise ${plainValue(body.otherwise)}`);
    }
    default:
      return unreachable(body);
  }
}

export function load(out: Writer, node: Load, limit: number): void {
  const text = f.words(
    `load ${node.target.text} from ${node.format} ${f.quote(node.path)}`,
    ...node.options.map(loadOption),
  );
  const end = node.options.at(-1)?.span.end ?? node.path.span.end;
  const width = pad(node.mappings.map(({ target }) => target));
  writeItems(
    out,
    node,
    { text, end, limit },
    node.mappings.map((each) => item(each, mapping(each, 0), mapping(each, width))),
  );
}
const quotes = (list: readonly Text[]): string => list.map(f.quote).join(", ");
function loadOption(option: LoadOption): string {
  switch (option.kind) {
    case "no header":
      return option.kind;
    case "unknown is":
      return `unknown is ${quotes(option.values)}`;
    case "rows where":
      return f.words("rows where", f.value(option.column), "is", option.negated ? "not" : null, quotes(option.values));
    case "refresh every":
      return `refresh every ${f.duration(option.duration)}`;
    default:
      return `${option.kind} ${f.quote(option.value)}`;
  }
}
function mapping(node: Mapping, width: number): string {
  const source = node.source.kind === "number" ? `column ${node.source.digits}` : f.value(node.source);
  const pairs = node.values?.map((pair) =>
    f.words(
      pair.from === null ? "otherwise" : `${f.quote(pair.from)} =`,
      pair.to === null ? "unknown" : f.value(pair.to),
    ),
  );
  return f.words(
    node.target.text.padEnd(width),
    `from ${source}`,
    node.format && `as ${f.quote(node.format)}`,
    node.zone && `in ${f.quote(node.zone)}`,
    pairs ? `with (${pairs.join(", ")})` : null,
  );
}

export function vocabulary(out: Writer, node: Vocabulary, limit: number): void {
  const head = { text: `vocabulary ${node.name.text}`, end: node.name.span.end, limit };
  writeItems(
    out,
    node,
    head,
    node.terms.map((each) => item(each, term(each))),
  );
}
const term = (node: Term): string =>
  f.words(node.name.text, "means", f.value(node.singular), node.plural && `plural ${f.value(node.plural)}`);

export function policy(out: Writer, node: Policy, limit: number): void {
  const audience = node.segment && `for ${node.segment.text}${f.args(node.args)}`;
  const text = f.words(`policy ${node.name.text}`, audience);
  const end = node.args?.at(-1)?.span.end ?? node.segment?.span.end ?? node.name.span.end;
  writeItems(
    out,
    node,
    { text, end, limit },
    node.rules.map((rule) => item(rule, policyRule(rule))),
  );
}
function policyRule(rule: PolicyRule): string {
  switch (rule.kind) {
    case "quiet hours":
      return f.words("quiet hours", f.value(rule.from), "to", f.value(rule.to), rule.local ? "local" : null);
    case "send only between":
      return f.words("send only between", f.value(rule.from), "and", f.value(rule.to), rule.local ? "local" : null);
    case "send only on":
      return f.words(
        "send only on",
        typeof rule.days === "string" ? rule.days : f.names(rule.days),
        rule.local ? "local" : null,
      );
    case "no sending on holidays":
      return rule.kind;
    case "at most":
      return `at most ${f.value(rule.emails)} emails in ${f.duration(rule.duration)}`;
    case "at most in total":
      return `at most ${f.value(rule.emails)} emails per ${rule.per} in total`;
    case "never send":
      return f.words("never send", rule.topic?.text ?? null, "to in", rule.segment.text);
    case "only one of":
      return `only one of ${f.names(rule.programs)}`;
    case "on ambiguous":
      return `on ambiguous ${rule.mode}`;
    default:
      return unreachable(rule);
  }
}

export function segment(out: Writer, node: Segment, limit: number): void {
  const parameters = node.parameters.map((each) =>
    f.words(each.name.text, f.type(each.type), each.fallback && `= ${f.value(each.fallback)}`),
  );
  const list = parameters.length === 0 ? "" : `(${parameters.join(", ")})`;
  const before = `segment ${node.name.text}${list} where`;
  const frame = { before, after: "", from: node.span.start, to: node.span.end, limit, isHanging: true };
  writeCondition(out, 0, node.where, frame);
}

export function score(out: Writer, node: Score, limit: number): void {
  const rules = node.rules.map((rule) => {
    const cap = rule.cap && `up to ${rule.cap.digits}`;
    return item<Node>(rule, f.words(f.expr(rule.when), rule.effect, rule.points.digits, cap));
  });
  const halves = node.halves === null ? [] : [item<Node>(node.halves, `halves every ${f.duration(node.halves)}`)];
  writeItems(out, node, { text: `score ${node.name.text}`, end: node.name.span.end, limit }, [...rules, ...halves]);
}

export function funnel(out: Writer, node: Funnel, limit: number): void {
  const width = pad(node.stages.map((stage) => stage.name));
  const stageText = (stage: Stage, columns: number) =>
    stage.when === null
      ? `stage ${stage.name.text}`
      : `stage ${stage.name.text.padEnd(columns)} when ${f.expr(stage.when)}`;
  const stages = node.stages.map((stage) => item<Node>(stage, stageText(stage, 0), stageText(stage, width)));
  const last = { span: { ...node.span, start: node.span.end - 1, end: node.span.end - 1 } };
  const forward = node.forwardOnly ? [{ ...item<Node>(last, "moves forward only"), isJoined: true }] : [];
  writeItems(out, node, { text: `funnel ${node.name.text}`, end: node.name.span.end, limit }, [...stages, ...forward]);
}

export function emailSetting(setting: EmailSetting): string {
  switch (setting.kind) {
    case "topic":
    case "words from":
      return `${setting.kind} ${setting.name.text}`;
    case "transactional":
    case "skip caps":
      return setting.kind;
    default:
      return `${setting.kind} ${f.quote(setting.value)}`;
  }
}

export function email(out: Writer, node: Email, limit: number): void {
  const head = { text: `email ${node.name.text}`, end: node.name.span.end, limit };
  if (node.variants.length === 0) {
    writeItems(
      out,
      node,
      head,
      node.settings.map((setting) => item(setting, emailSetting(setting))),
    );
    return;
  }
  const members = [...node.settings, ...node.variants].sort((one, other) => one.span.start - other.span.start);
  const end = node.span.end - 1;
  out.open(0, `${head.text} <`, node.span.start, { to: head.end, limit: members[0]?.span.start ?? end });
  eachWithLimit(members, end, (member, next) => {
    if (member.kind === "variant") variant(out, member, next);
    else out.line(inner(0), emailSetting(member), member.span.start, { to: member.span.end, limit: next });
  });
  out.close(0, ">", node.span.end, limit);
}
function variant(out: Writer, node: Variant, limit: number): void {
  const text = f.words(`variant ${node.name.text}`, node.when && `when ${f.expr(node.when)} then`);
  const end = node.when?.span.end ?? node.name.span.end;
  const items = node.settings.map((setting) => item(setting, emailSetting(setting)));
  writeItems(out, node, { text, end, limit, indent: inner(0) }, items);
}

export function moved(node: Moved): string {
  switch (node.kind) {
    case "renamed":
      return `renamed ${node.what} ${node.from.text} to ${node.to.text}`;
    case "renamed step":
      return `renamed step ${node.program.text}.${node.from.text} to ${node.to.text}`;
    case "removed step": {
      const target = node.continueAt === null ? "exit" : `continue at ${node.continueAt.text}`;
      return `removed step ${node.program.text}.${node.step.text} ${target}`;
    }
    default:
      return unreachable(node);
  }
}
