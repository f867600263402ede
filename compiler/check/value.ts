// Values against the type they are compared with or given to.

import type { Name, NumberValue, Text, Value } from "../../grammar/ast/expr.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { CheckedValue, Operand } from "../checked.ts";
import type { Context } from "../context.ts";
import { countries } from "../countries.ts";
import { replace, safe, suggested } from "../fixes.ts";
import type { Literal } from "../ir/condition.ts";
import { nearest } from "../similar.ts";
import { listed, typeWords } from "../type-words.ts";
import type { Scalar, Type } from "../types.ts";
import { checkLength, checkMoment, isMoment } from "./moment.ts";
import { declaredBy, fieldNamed } from "./operand.ts";

/** What a value is compared with or given to. */
export interface Target {
  readonly type: Type;
  /** In the writer's words, with backticks: `role`. */
  readonly subject: string;
  /** The kind of declaration whose names are the values, if they are such. */
  readonly declared: string | null;
}

const kinds = {
  "field value": "a field",
  relative: "a moment",
  date: "a date",
  datetime: "a date with a time",
  today: "a day",
  now: "a moment",
  number: "a number",
  percent: "a percentage",
  text: "text",
  name: "a bare word",
  yes: "an answer",
  no: "an answer",
  clock: "a time of day",
  duration: "a length of time",
} as const;

/** null where the value does not fit, which is reported. */
export function checkValue(context: Context, value: Value, target: Target): CheckedValue | null {
  const { scalar } = target.type;
  if (value.kind === "field value") return checkField(context, value.name, target);
  if (value.kind === "name") return checkWord(context, value, target);
  if (value.kind === "text") return checkText(context, value, target);
  if (value.kind === "number") return checkNumber(context, value, target);
  if (value.kind === "percent" && scalar.kind === "percent") return literal({ kind: "number", value: value.value });
  if ((value.kind === "yes" || value.kind === "no") && scalar.kind === "boolean") {
    return literal({ kind: "boolean", value: value.kind === "yes" });
  }
  if (value.kind === "duration") {
    if (scalar.kind !== "duration") return mismatch(context, value, target, momentFixes(context, value.span, scalar));
    const length = checkLength(context, value);
    return length && { kind: "length", length };
  }
  if (isMoment(value) && isDate(scalar)) return checkMoment(context, value);
  const fixes = value.kind === "percent" && scalar.kind === "number" ? [plainNumber(context, value.span)] : [];
  return mismatch(context, value, target, fixes);
}

/** `vip = 1` */
function answerFixes(context: Context, span: Span): readonly Fix[] {
  const answer = new Map([
    ["1", "yes"],
    ["0", "no"],
  ]).get(context.scope.text(span));
  return answer === undefined ? [] : [suggested(`Write \`${answer}\``, replace(span, answer))];
}

export function isDate(scalar: Scalar): boolean {
  return scalar.kind === "date" || scalar.kind === "datetime";
}

const textLike: ReadonlySet<string> = new Set(["text", "email", "url", "timezone", "country"]);

export function isText(scalar: Scalar): boolean {
  return scalar.kind === "text" || scalar.kind === "email" || scalar.kind === "url";
}

/** Whether values of the two types can be equal. Different currencies are told apart by the caller. */
export function isComparable(left: Scalar, right: Scalar): boolean {
  if (isDate(left)) return isDate(right);
  // Text may hold any of them; a country and a time zone have nothing in common.
  if (left.kind === "text" || right.kind === "text") return textLike.has(left.kind) && textLike.has(right.kind);
  if (left.kind === "enum" && right.kind === "enum") return left.values.some((value) => right.values.includes(value));
  return left.kind === right.kind;
}

function literal(value: Literal): CheckedValue {
  return { kind: "literal", literal: value };
}

function mismatch(context: Context, value: Value, target: Target, fixes: readonly Fix[] = []): null {
  const found = context.scope.text(value.span);
  const is = value.kind === "number" && value.currency ? "an amount of money" : kinds[value.kind];
  const { declared } = target;
  const expected =
    declared === null ? typeWords(target.type) : `the bare name of ${declared === "email" ? "an" : "a"} ${declared}`;
  context.report(diagnose("E302", value.span, { subject: target.subject, found, is, expected }, { fixes }));
  return null;
}

function momentFixes(context: Context, span: Span, scalar: Scalar): readonly Fix[] {
  if (!isDate(scalar)) return [];
  const length = context.scope.text(span);
  return ["ago", "from now"].map((side) =>
    suggested(`Write \`${length} ${side}\``, replace(span, `${length} ${side}`)),
  );
}

function plainNumber(context: Context, span: Span): Fix {
  const digits = context.scope.text(span).replace("%", "");
  return suggested(`Write \`${digits}\``, replace(span, digits));
}

function checkField(context: Context, name: Name, target: Target): CheckedValue | null {
  const field = fieldNamed(context, name);
  if (!field) return null;
  const { scalar } = field.type;
  if (target.type.isList || field.type.isList || !isComparable(target.type.scalar, scalar)) {
    const otherIs = typeWords(field.type);
    const is = typeWords(target.type);
    context.report(diagnose("E310", name.span, { subject: target.subject, is, other: name.text, otherIs }));
    return null;
  }
  return hasCurrency(context, name.span, scalar, target) ? { kind: "term", term: field.term } : null;
}

/** False, and reported, where money of another currency stands. */
function hasCurrency(context: Context, span: Span, found: Scalar, target: Target): boolean {
  const wanted = target.type.scalar;
  // The project's currency is not known where the project could not be read.
  if (!context.scope.settings.isWhole) return true;
  if (wanted.kind !== "money" || found.kind !== "money" || wanted.currency === found.currency) return true;
  const text = context.scope.text(span);
  context.report(diagnose("E305", span, { subject: target.subject, found: text, currency: wanted.currency }));
  return false;
}

function checkWord(context: Context, word: Name, target: Target): CheckedValue | null {
  const parameter = context.parameters.get(word.text);
  const value = wordValue(context, word.text, target);
  if (parameter && value) {
    context.report(diagnose("E308", word.span, { name: word.text, subject: target.subject }));
    return null;
  }
  if (!parameter) return value ? literal(value) : unknownWord(context, word, target);
  if (!isComparable(target.type.scalar, parameter.type.scalar) || target.declared !== null) {
    const otherIs = typeWords(parameter.type);
    const is = typeWords(target.type);
    context.report(diagnose("E310", word.span, { subject: target.subject, is, other: word.text, otherIs }));
    return null;
  }
  if (!hasCurrency(context, word.span, parameter.type.scalar, target)) return null;
  return { kind: "parameter", name: word.text };
}

/** What a bare word is as a value of the target's type; null where it is none. */
function wordValue(context: Context, word: string, target: Target): Literal | null {
  const { scalar } = target.type;
  if (target.declared !== null) {
    const names = declaredNames(context, target.declared);
    return names.includes(word) ? { kind: "text", value: word } : null;
  }
  if (scalar.kind === "enum") return scalar.values.includes(word) ? { kind: "text", value: word } : null;
  if (scalar.kind === "country") return countries.includes(word) ? { kind: "text", value: word } : null;
  return null;
}

function declaredNames({ scope }: Context, kind: string): readonly string[] {
  if (kind === "email") return [...scope.emails.keys()];
  if (kind === "topic") return [...scope.topics.keys()];
  if (kind === "program") return [...scope.programs.keys()];
  // A variant is a part of its email, and two emails may have one of that name.
  return [...scope.emails.values()].flatMap(({ variants }) => variants.map(({ name }) => name.text));
}

function unknownWord(context: Context, word: Name, target: Target): null {
  const { scalar } = target.type;
  const found = word.text;
  if (context.scope.isLost(found, target.declared === null ? ["one"] : [target.declared])) return null;
  const { subject } = target;
  if (target.declared !== null) {
    const near = nearest(found, declaredNames(context, target.declared));
    const fixes = near === null ? [] : [suggested(`Write \`${near}\``, replace(word.span, near))];
    context.report(diagnose("E220", word.span, { what: target.declared, name: found }, { fixes }));
    return null;
  }
  if (scalar.kind === "enum") return unknownValue(context, word.span, found, scalar.values, target);
  if (scalar.kind === "country") return notCountry(context, word.span, found, target);
  if (textLike.has(scalar.kind)) {
    const fixes = [suggested(`Write \`"${found}"\``, replace(word.span, `"${found}"`)), ...fieldFix(context, word)];
    context.report(diagnose("E303", word.span, { subject, found }, { fixes }));
    return null;
  }
  const answer = scalar.kind === "boolean" ? { true: "yes", false: "no" }[found.toLowerCase()] : undefined;
  if (answer) return mismatch(context, word, target, [safe(`Write \`${answer}\``, replace(word.span, answer))]);
  return mismatch(context, word, target, fieldFix(context, word));
}

function fieldFix({ event, scope }: Context, word: Name): readonly Fix[] {
  const isField = event
    ? event.fields.some(({ name }) => name === word.text)
    : ["field", "derived field"].includes(scope.shared.get(word.text)?.kind ?? "");
  if (!isField) return [];
  return [suggested(`Write \`field ${word.text}\``, replace(word.span, `field ${word.text}`))];
}

function unknownValue(
  context: Context,
  span: Span,
  found: string,
  values: readonly string[],
  { subject }: Target,
): null {
  const near = nearest(found.replaceAll(" ", "_"), values);
  const isSame = near !== null && near.toLowerCase() === found.toLowerCase();
  const fix = isSame ? safe : suggested;
  const fixes = near === null ? [] : [fix(`Write \`${near}\``, replace(span, near))];
  context.report(diagnose("E301", span, { subject, found, values: listed(values) }, { fixes }));
  return null;
}

/** Codes that people write for a country whose own code is another. */
const habitual: ReadonlyMap<string, string> = new Map(Object.entries({ UK: "GB", EL: "GR" }));

function notCountry(context: Context, span: Span, found: string, { subject }: Target): null {
  const code = found.toUpperCase();
  const isCode = countries.includes(code);
  const meant = isCode ? code : habitual.get(code);
  const fixes = meant ? [(isCode ? safe : suggested)(`Write \`${meant}\``, replace(span, meant))] : [];
  const { text } = context.scope;
  context.report(diagnose("E304", span, { subject, found: text(span) }, { fixes }));
  return null;
}

function checkText(context: Context, value: Text, target: Target): CheckedValue | null {
  const { scalar } = target.type;
  const text = literal({ kind: "text", value: value.value });
  if (target.declared !== null) {
    const fixes = [safe(`Write \`${value.value}\``, replace(value.span, value.value))];
    return mismatch(context, value, target, /^\w+$/.test(value.value) ? fixes : []);
  }
  switch (scalar.kind) {
    case "text":
    case "email":
    case "url":
      return text;
    case "timezone":
      if (context.scope.isZone(value.value)) return text;
      context.report(diagnose("E319", value.span, { found: value.value }));
      return null;
    case "enum":
      return unknownValue(context, value.span, value.value, scalar.values, target);
    case "country":
      return notCountry(context, value.span, value.value, target);
    default:
      return mismatch(context, value, target, withoutQuotes(value, scalar));
  }
}

const bare: Readonly<Record<string, RegExp>> = {
  number: /^-?\d+(\.\d+)?$/,
  money: /^-?\d+(\.\d+)?$/,
  percent: /^-?\d+(\.\d+)?%$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  datetime: /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2})?$/,
  boolean: /^(yes|no)$/,
  duration: /^\d+(min|h|d|w|mo|y)$/,
};
/** `"3"` for a number. */
function withoutQuotes(value: Text, { kind }: Scalar): readonly Fix[] {
  if (bare[kind]?.test(value.value) !== true) return [];
  return [safe(`Write \`${value.value}\``, replace(value.span, value.value))];
}

/** Above it, neighbouring whole numbers can no longer be told apart. */
const mostPrecise = 1e15;

function checkNumber(context: Context, value: NumberValue, target: Target): CheckedValue | null {
  const { scalar } = target.type;
  if (scalar.kind === "money") {
    const currency = value.currency?.text ?? scalar.currency;
    if (!hasCurrency(context, value.span, { kind: "money", currency }, target)) return null;
    const digits = value.digits.replaceAll("_", "");
    if (/^-?\d{1,14}(\.\d{1,4})?$/.test(digits)) return literal({ kind: "money", value: digits });
    context.report(diagnose("E324", value.span, { found: value.digits }));
    return null;
  }
  if (scalar.kind === "number" && !value.currency) {
    if (Math.abs(value.value) <= mostPrecise) return literal({ kind: "number", value: value.value });
    context.report(diagnose("E324", value.span, { found: value.digits }));
    return null;
  }
  if (scalar.kind === "boolean") return mismatch(context, value, target, answerFixes(context, value.span));
  const { digits } = value;
  const percent = scalar.kind === "percent" && !value.currency;
  return mismatch(
    context,
    value,
    target,
    percent ? [suggested(`Write \`${digits}%\``, replace(value.span, `${digits}%`))] : [],
  );
}

/** The target in which an argument of a parameter of that type stands. */
export function parameterTarget(name: string, type: Type): Target {
  return { type, subject: `\`${name}\``, declared: null };
}

/** The target in which a value stands that is compared with what is read. */
export function targetOf(context: Context, operand: Operand): Target {
  return { type: operand.type, subject: `\`${operand.name}\``, declared: declaredBy(context, operand.term) };
}
