// Reports and tests as lines.

import type {
  Clause,
  Happened,
  Many,
  Measure,
  Outcome,
  PersonAct,
  PersonState,
  Report,
  ReportPart,
  Test,
} from "../ast/suite.ts";
import type { DateTimeValue, DateValue, Name } from "../ast/expr.ts";
import { unreachable } from "../unreachable.ts";
import { writeItems } from "./declarations.ts";
import * as f from "./flat.ts";
import { assigns, recurrence } from "./programs.ts";
import type { Writer } from "./writer.ts";

export function report(out: Writer, node: Report, limit: number): void {
  const head = { text: `report ${node.name.text}`, end: node.name.span.end, limit };
  const items = node.parts.map((part) => ({ node: part, text: reportPart(part), aligned: reportPart(part) }));
  writeItems(out, node, head, items);
}
function reportPart(part: ReportPart): string {
  switch (part.kind) {
    case "every":
      return `every ${recurrence(part.recurrence)}`;
    case "in":
      return `in ${part.window.kind === "duration" ? f.duration(part.window) : f.calendar(part.window.calendar)}`;
    case "for":
    case "by":
      return `${part.kind} ${f.names(part.names)}`;
    case "show":
      return `show ${part.measures.map(measure).join(", ")}`;
    case "to":
      return `to ${f.quote(part.address)}`;
    default:
      return unreachable(part);
  }
}
function measure(node: Measure): string {
  switch (node.kind) {
    case "measure":
      return f.words(node.name.text, node.rate ? "rate" : null);
    case "sum of":
      return `sum of ${node.event.text}.${node.property.text}`;
    default:
      return node.kind;
  }
}

export function test(out: Writer, node: Test, limit: number): void {
  const head = { text: `test ${f.quote(node.title)}`, end: node.title.span.end, limit };
  const items = node.clauses.map((each) => ({ node: each, text: clause(each), aligned: clause(each) }));
  writeItems(out, node, head, items);
}

const times = (count: number | null): string | null => (count === null ? null : `${f.plain(count)} times`);
const on = (day: DateValue | DateTimeValue | null): string | null => day && `on ${f.value(day)}`;
const variant = (name: Name | null): string | null => name && `variant ${name.text}`;
const of = (experiment: Name | null): string | null => experiment && `of ${experiment.text}`;
const many = (count: Many): string =>
  count.kind === "exactly" ? f.plain(count.count) : `between ${f.plain(count.low)} and ${f.plain(count.high)}`;

function clause(node: Clause): string {
  switch (node.kind) {
    case "now is":
    case "at":
      return `${node.kind} ${f.dateTime(node.at)}`;
    case "after":
      return `after ${f.duration(node.duration)}`;
    case "given contact":
      return f.words(`given ${node.person.text}`, node.assigns.length === 0 ? null : assigns(node.assigns));
    case "given company":
      return `given company ${node.company.text} ${assigns(node.assigns)}`;
    case "given people":
      return f.words(`given ${f.plain(node.count)} people`, node.assigns.length === 0 ? null : assigns(node.assigns));
    case "given mail":
      return f.words(`given mail to ${node.person.text} ${node.outcome}`, times(node.times));
    case "given state":
      return `given ${node.person.text} ${state(node.state)}`;
    case "when":
      return `when ${node.person.text} ${act(node.act)}`;
    case "when program":
      return `when ${node.act} ${node.program.text}`;
    case "expect members":
      return `expect ${many(node.many)} in ${node.segment.text}`;
    case "expect sent":
      return f.words(`expect ${many(node.many)} were sent ${node.email.text}`, variant(node.variant));
    case "expect value":
      return expectValue(node);
    case "expect":
      return `expect ${node.person.text} ${outcome(node.outcome)}`;
    default:
      return unreachable(node);
  }
}
function expectValue(node: Extract<Clause, { kind: "expect value" }>): string {
  const what = node.what === "field" ? node.name.text : `${node.what} ${node.name.text}`;
  const check = node.check.kind === "=" ? `= ${f.value(node.check.value)}` : node.check.kind;
  return `expect ${what} of ${node.person.text} ${check}`;
}

function happened(node: Happened): string {
  return f.words(
    node.event.text,
    node.email?.text ?? null,
    node.assigns.length === 0 ? null : assigns(node.assigns),
    times(node.times),
    on(node.on),
    node.ago && `${f.duration(node.ago)} ago`,
  );
}
function state(node: PersonState): string {
  switch (node.kind) {
    case "happened":
      return happened(node);
    case "in list":
      return `in ${node.list.text}`;
    case "subscribed to":
    case "unsubscribed from":
      return `${node.kind} ${node.topic.text}`;
    case "is held out":
      return node.kind;
    case "gets arm":
      return f.words(`gets arm ${node.arm.text}`, of(node.experiment));
    default:
      return unreachable(node);
  }
}
function act(node: PersonAct): string {
  switch (node.kind) {
    case "happened":
      return happened(node);
    case "assigns":
      return assigns(node.assigns);
    case "enters":
    case "is ejected from":
      return `${node.kind} ${node.program.text}`;
    case "is forgotten":
      return node.kind;
    default:
      return unreachable(node);
  }
}

function outcome(node: Outcome): string {
  switch (node.kind) {
    case "in":
      return f.words(node.negated ? "not" : null, `in ${node.name.text}`);
    case "was sent":
      return f.words(
        "was",
        node.negated ? "not" : null,
        `sent ${node.email.text}`,
        variant(node.variant),
        node.to && `to ${f.quote(node.to)}`,
        node.saying && `saying ${f.quote(node.saying)}`,
        times(node.times),
        on(node.on),
      );
    case "was handed off to":
      return f.words("was", node.negated ? "not" : null, `handed off to ${node.team.text}`);
    case "got arm":
      return f.words(`got arm ${node.arm.text}`, of(node.experiment));
    case "is in program":
      return f.words("is", node.negated ? "not" : null, `in program ${node.program.text}`);
    case "is at":
      return `is at ${node.label.text}`;
    case "left":
    case "reached goal of":
      return `${node.kind} ${node.program.text}`;
    default:
      return unreachable(node);
  }
}
