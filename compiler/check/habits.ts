// What people ask of fields and events as other languages ask it: `seats = null`, `opened > 3`, `purchased = yes`.

import type { Behaviour, Check, CompareOp, Name, Value } from "../../grammar/ast/expr.ts";
import type { Step } from "../../grammar/ast/program.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { Operand } from "../checked.ts";
import type { Context } from "../context.ts";
import { insert, replace, safe, suggested } from "../fixes.ts";
import { namesOf, type Scope } from "../scope.ts";

const nothings = new Set(["null", "nil", "none", "empty", "blank", "undefined", "missing", "nothing", "unset"]);

/** `seats = null`, `seats is not empty`: reported, and true, where the word is not a value of the field. */
export function asksForNothing(
  context: Context,
  operand: Operand,
  { op, value }: { readonly op: CompareOp; readonly value: Value },
  span: Span,
): boolean {
  if (value.kind !== "name" || !nothings.has(value.text.toLowerCase()) || (op !== "=" && op !== "!=")) return false;
  const { scalar } = operand.type;
  const isValue = scalar.kind === "enum" && scalar.values.includes(value.text);
  if (isValue || context.parameters.has(value.text)) return false;
  const instead = op === "=" ? "is unknown" : "is known";
  const { name } = operand;
  const fix = suggested(`Write \`${name} ${instead}\``, replace(span, `${name} ${instead}`));
  context.report(diagnose("E244", value.span, { name, found: value.text, instead }, { fixes: [fix] }));
  return true;
}

/** The event that a name stands for, also as `opens` or `clicking`; null for none. */
function eventMeant(scope: Scope, word: string): string | null {
  const events = namesOf(scope, "event");
  if (events.includes(word)) return word;
  if (scope.shared.has(word)) return null;
  const stem = word.replace(/(s|ing)$/, "");
  return events.find((event) => event === `${stem}ed` || event === `${stem}d`) ?? null;
}

const counts: Readonly<Record<CompareOp, string>> = {
  ">": "more than",
  ">=": "at least",
  "<": "fewer than",
  "<=": "at most",
  "=": "exactly",
  "!=": "exactly",
};

/** `opened > 3`, `purchased = yes`: reported, and true, where it can be said what was meant. */
export function comparesEvent(context: Context, name: Name, check: Check, span: Span): boolean {
  if (context.event) return false;
  const event = eventMeant(context.scope, name.text);
  const instead = event === null ? [] : meant(event, check);
  if (event === null || instead.length === 0) return false;
  const found = context.scope.text(span);
  const fixes = instead.map((text) => suggested(`Write \`${text}\``, replace(span, text)));
  context.report(diagnose("E245", span, { name: event, found, instead }, { fixes }));
  return true;
}

function meant(event: string, check: Check): readonly string[] {
  if (check.kind === "is known" || check.kind === "is unknown") {
    return [(check.kind === "is known") !== check.negated ? event : `not ${event}`];
  }
  if (check.kind !== "is" && check.kind !== "compare") return [];
  const op = check.kind === "compare" ? check.op : check.negated ? "!=" : "=";
  const { value } = check;
  if (value.kind === "number" && Number.isSafeInteger(value.value) && value.value >= 0 && !value.currency) {
    const text = `${event} ${counts[op]} ${value.digits} ${value.value === 1 ? "time" : "times"}`;
    return [op === "!=" ? `not ${text}` : text];
  }
  const answer = answerOf(value);
  if (answer === null || (op !== "=" && op !== "!=")) return [];
  return [answer === (op === "=") ? event : `not ${event}`];
}

function answerOf(value: Value): boolean | null {
  if (value.kind === "yes" || value.kind === "no") return value.kind === "yes";
  const word = value.kind === "name" ? value.text.toLowerCase() : "";
  if (word === "true") return true;
  return word === "false" ? false : null;
}

/** `role = user or cmo`: reported, and true, where the bare word is a value of a field. */
export function isBareValue(context: Context, node: Behaviour): boolean {
  const { event: name, email, machines, where } = node.term;
  if (email || machines || where || node.count || node.window || node.follows.length > 0) return false;
  const fields = namesOf(context.scope, "field").filter((field) => {
    const shared = context.scope.shared.get(field);
    const scalar = shared?.kind === "field" ? shared.field.type.scalar : null;
    return scalar?.kind === "enum" && scalar.values.includes(name.text);
  });
  if (fields.length === 0) return false;
  const fixes = fields.map((field) =>
    suggested(`Write \`${field} = ${name.text}\``, insert("before", name.span, `${field} = `)),
  );
  context.report(diagnose("E246", name.span, { name: name.text, fields }, { fixes }));
  return true;
}

/** `wait until opened`: reported, and true, where what is waited for is an event. */
export function waitsWithoutLimit(context: Context, step: Step & { readonly kind: "wait until" }): boolean {
  const { until } = step;
  if (until.kind !== "date" || until.offset || until.date.anniversary) return false;
  if (context.scope.shared.get(until.date.name.text)?.kind !== "event") return false;
  const length = context.scope.text(step.span).indexOf("until");
  const at = { ...step.span, start: step.span.start + length, end: step.span.start + length + "until".length };
  const fixes = [suggested("add up to 7d", insert("before", at, "up to 7d "))];
  context.report(diagnose("E139", { ...step.span, end: at.end }, {}, { fixes }));
  return true;
}

const signs: Readonly<Record<string, string>> = {
  "at least": ">=",
  "at most": "<=",
  exactly: "=",
  "more than": ">",
  "fewer than": "<",
};

/** `seats at least 3 times` as a comparison, where nothing else stands there. */
export function countAsComparison(operand: Operand, node: Behaviour): string | null {
  const { email, machines, where } = node.term;
  const { kind } = operand.type.scalar;
  const isPlain = !email && !machines && !where && !node.window && node.follows.length === 0;
  if (!isPlain || !node.count || operand.type.isList || kind !== "number") return null;
  return `${operand.name} ${signs[node.count.op] ?? "="} ${node.count.times}`;
}

/** `purchased except in Customers` is read like `opened welcome in days`. */
export function isJoinedOddly({ scope, report }: Context, { term: { email } }: Behaviour): boolean {
  if (email === null || scope.emails.has(email.text) || !/^(except|excluding|unless|minus|without)$/.test(email.text))
    return false;
  const instead = "and not";
  const fixes = [safe(`Write \`${instead}\``, replace(email.span, instead))];
  report(diagnose("E156", email.span, { found: email.text, instead: [instead] }, { fixes }));
  return true;
}
