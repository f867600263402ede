// Values and conditions as one line of text.

import type { TypeNode } from "../ast/declaration.ts";
import type {
  Aggregate,
  Behaviour,
  Bound,
  Calendar,
  Check,
  DateTimeValue,
  Duration,
  EventTerm,
  Expr,
  Name,
  NumberValue,
  Operand,
  Text,
  Value,
  Window,
} from "../ast/expr.ts";
import { unreachable } from "../unreachable.ts";

export const words = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== "").join(" ");

export const quote = (text: Text): string => `"${text.value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** A plain number in digits, never in a notation that the language does not read. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return "9".repeat(400);
  if (Number.isInteger(value)) return BigInt(value).toString();
  const shortest = String(value);
  return shortest.includes("e") ? value.toFixed(20).replace(/0+$/, "") : shortest;
}

export const duration = (length: Duration): string => `${plain(length.amount)}${length.unit}`;

export function dateTime(at: DateTimeValue): string {
  return `${at.value.replace("T", " ")}${at.offset ?? ""}`;
}
export const number = (value: NumberValue): string => words(value.digits, value.currency?.text ?? null);

export function calendar(period: Calendar): string {
  return "unit" in period ? `${period.kind} ${period.unit}` : period.kind;
}

const two = (value: number): string => String(value).padStart(2, "0");

export function value(given: Value): string {
  switch (given.kind) {
    case "name":
      return given.text;
    case "text":
      return quote(given);
    case "number":
      return number(given);
    case "percent":
      return `${given.digits}%`;
    case "date":
      return given.value;
    case "datetime":
      return dateTime(given);
    case "clock":
      return `${two(given.hour)}:${two(given.minute)}`;
    case "duration":
      return duration(given);
    case "relative":
      return `${duration(given.duration)} ${given.direction}`;
    case "field value":
      return `field ${given.name.text}`;
    case "today":
    case "now":
    case "yes":
    case "no":
      return given.kind;
    default:
      return unreachable(given);
  }
}
export const values = (list: readonly Value[]): string => `(${list.map(value).join(", ")})`;
export const args = (list: readonly Value[] | null): string => (list === null ? "" : values(list));
export const names = (list: readonly Name[]): string => list.map((name) => name.text).join(", ");

export function type(node: TypeNode): string {
  const scalar =
    node.scalar === "one of"
      ? `one of (${names(node.values)})`
      : words(node.scalar, node.exact ? "exact" : null, node.currency?.text ?? null);
  return `${node.list ? "list of " : ""}${scalar}${node.nullable ? "?" : ""}`;
}

const bound = (edge: Bound): string => (edge.kind === "calendar" ? calendar(edge.calendar) : value(edge));

export function operand(node: Operand): string {
  switch (node.kind) {
    case "field":
      return node.name.text;
    case "path":
      return `${node.base}.${node.name.text}`;
    case "score":
    case "stage":
      return `${node.kind} ${node.name.text}`;
    case "anniversary":
      return `anniversary of ${node.name.text}`;
    case "aggregate":
      return aggregate(node);
    default:
      return unreachable(node);
  }
}
function aggregate(node: Aggregate): string {
  const what = node.property === null ? node.event.text : `${node.event.text}.${node.property.text}`;
  return words(node.function, what, where(node.where), node.window && window(node.window));
}
const where = (inner: Expr | null): string | null => (inner === null ? null : `where (${expr(inner)})`);

export function window(node: Window): string {
  switch (node.kind) {
    case "in duration":
      return `in ${duration(node.duration)}`;
    case "in calendar":
      return `in ${calendar(node.calendar.calendar)}`;
    case "in parameter":
      return `in ${node.name.text}`;
    case "since":
      return `since ${node.date.value}`;
    case "since start":
    case "ever":
      return node.kind;
    case "before":
      return `before ${bound(node.bound)}`;
    case "between":
      return `between ${value(node.low)} and ${value(node.high)}`;
    default:
      return unreachable(node);
  }
}

function check(node: Check): string {
  switch (node.kind) {
    case "compare":
      return `${node.op} ${value(node.value)}`;
    case "one of":
      return words(node.negated ? "not" : null, "in", values(node.values));
    case "is":
      return words("is", node.negated ? "not" : null, value(node.value));
    case "is known":
    case "is unknown":
      return words("is", node.negated ? "not" : null, node.kind.slice(3));
    case "after":
    case "before":
      return `${node.kind} ${bound(node.bound)}`;
    case "between":
      return `between ${value(node.low)} and ${value(node.high)}`;
    case "in calendar":
      return `in ${calendar(node.calendar.calendar)}`;
    case "changed":
      return words("changed", node.window && window(node.window));
    case "has been":
      return `has been ${value(node.value)} for ${duration(node.duration)}`;
    case "contains":
      return contains(node);
    case "starts with":
    case "ends with":
      return `${node.kind} ${quote(node.text)}`;
    case "matches":
      return words("matches", node.regex ? "regex" : null, quote(node.pattern));
    default:
      return unreachable(node);
  }
}
function contains(node: Extract<Check, { kind: "contains" }>): string {
  const [only] = node.values;
  if (node.mode === "value") return `contains ${only === undefined ? "" : value(only)}`;
  return `contains ${node.mode} ${values(node.values)}`;
}

export function eventTerm(node: EventTerm): string {
  return words(
    node.event.text,
    node.email?.text ?? null,
    node.machines ? "including machines" : null,
    where(node.where),
  );
}
function behaviour(node: Behaviour): string {
  const { count } = node;
  const times = count && `${count.op} ${plain(count.times)} ${count.times === 1 ? "time" : "times"}`;
  const follows = node.follows.map((follow) =>
    words(
      follow.negated ? "not" : null,
      "followed by",
      eventTerm(follow.term),
      `within ${duration(follow.within)}`,
      follow.same && `for the same ${follow.same.text}`,
    ),
  );
  return words(eventTerm(node.term), times, node.window && window(node.window), ...follows);
}

export function expr(node: Expr): string {
  switch (node.kind) {
    case "and":
    case "or":
      return node.terms.map(expr).join(` ${node.kind} `);
    case "not":
      return `not ${expr(node.term)}`;
    case "group":
      return `(${expr(node.inner)})`;
    case "sample":
      return `sample ${value(node.share)}`;
    case "member":
      return `in ${node.name.text}${args(node.args)}`;
    case "in program":
      return `in program ${node.name.text}`;
    case "subscribed to":
    case "unsubscribed from":
      return `${node.kind} ${node.topic.text}`;
    case "checked":
      return `${operand(node.operand)} ${check(node.check)}`;
    case "behaviour":
      return behaviour(node);
    default:
      return unreachable(node);
  }
}
