// Conditions as plain English: who they describe, said so that it can be read aloud to a person who decides.
// `not` is carried to the single statements, which two-valued logic allows, so that no sentence says "it is not true that".

import type { Check, Checked, CompareOp, Expr, Operand, Value } from "../../grammar/ast/expr.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { behaviourWords } from "./behaviour.ts";
import {
  afterWords,
  beforeWords,
  calendarCheckWords,
  lengthWords,
  listWords,
  spaced,
  valueWords,
  windowWords,
} from "./words.ts";

/** What the words of a project stand for, as far as sentences need it. */
export interface Naming {
  /** Whether a bare name is a field of the contact, derived ones included; else it is an event. */
  readonly isField: (name: string) => boolean;
  readonly isMail: (event: string) => boolean;
  /** Whether a field may be unknown, so that its negation includes who has none. */
  readonly mayBeUnknown: (operand: Operand) => boolean;
}

/** Who is spoken of: people in general, one person on their way through a program, or an event in parentheses. */
interface Voice {
  readonly whose: string;
  readonly who: string;
}
const people: Voice = { whose: "whose", who: "who" };
const they: Voice = { whose: "their", who: "they" };
const event: Voice = { whose: "the", who: "which" };

interface Speech {
  readonly naming: Naming;
  readonly voice: Voice;
}

/** `People whose role is decision maker and who have not opened a mail in the last 90 days.` */
export function segmentSentence(naming: Naming, where: Expr): string {
  if (where.kind === "behaviour" && where.term.event.text === "everyone") return "Everyone.";
  return `People ${clause({ naming, voice: people }, where, { isNegated: false, depth: 0 })}.`;
}

/** `they have signed up`: behind `when` or `if`. */
export function personClause(naming: Naming, condition: Expr): string {
  return clause({ naming, voice: they }, condition, { isNegated: false, depth: 0 });
}

interface Manner {
  readonly isNegated: boolean;
  /** How many lists the clause stands in. */
  readonly depth: number;
}

function clause(speech: Speech, node: Expr, manner: Manner): string {
  const { isNegated } = manner;
  const { who } = speech.voice;
  const are = (words: string) => `${who} are ${isNegated ? "not " : ""}${words}`;
  const have = (words: string) => `${who} have ${isNegated ? "not " : ""}${words}`;
  switch (node.kind) {
    case "and":
    case "or":
      return listOf(speech, node, manner);
    case "not":
      return clause(speech, node.term, { ...manner, isNegated: !isNegated });
    case "group":
      return clause(speech, node.inner, manner);
    case "sample":
      return `${who} ${isNegated ? "do not fall" : "fall"} in a random ${node.share.digits}%`;
    case "member":
      return are(`in ${node.name.text}${argumentWords(node.args)}`);
    case "in program":
      return are(`in the program ${node.name.text}`);
    case "subscribed to":
      return are(`subscribed to ${node.topic.text}`);
    case "unsubscribed from":
      return have(`refused ${node.topic.text}`);
    case "checked":
      return checkedClause(speech, node, isNegated);
    case "behaviour": {
      const check = fieldCheck(speech.naming, node);
      if (check) return checkedClause(speech, check, isNegated);
      const where = (condition: Expr) => clause({ ...speech, voice: event }, condition, { isNegated: false, depth: 0 });
      const said = behaviourWords(node, { isNegated, isMail: speech.naming.isMail, where });
      return `${who} ${said}`;
    }
    default:
      return unreachable(node);
  }
}

const argumentWords = (args: readonly Value[] | null): string =>
  args === null || args.length === 0 ? "" : ` (${args.map(valueWords).join(", ")})`;

/** A list in a list is set off: by `either` or `both`, and deeper by parentheses. */
function listOf(speech: Speech, node: Extract<Expr, { readonly kind: "and" | "or" }>, manner: Manner): string {
  const { isNegated, depth } = manner;
  const word = (node.kind === "and") === isNegated ? "or" : "and";
  const parts = node.terms.map((term) => clause(speech, term, { isNegated, depth: depth + 1 }));
  if (parts.length === 1) return parts.join("");
  const joined =
    parts.length === 2 ? parts.join(` ${word} `) : `${parts.slice(0, -1).join(", ")}, ${word} ${parts.at(-1)}`;
  if (depth === 0) return joined;
  if (depth > 1 || parts.length > 2) return `(${joined})`;
  return `${word === "or" ? "either" : "both"} ${joined}`;
}

/** A bare name with `before`, `between` or `in last month` is a field's comparison where the name is a field's. */
function fieldCheck(naming: Naming, node: Extract<Expr, { readonly kind: "behaviour" }>): Checked | null {
  const { event: name } = node.term;
  const { window, span } = node;
  if (!naming.isField(name.text) || window === null) return null;
  const operand: Operand = { kind: "field", name, span: name.span };
  const checked = (check: Check): Checked => ({ kind: "checked", operand, check, span });
  if (window.kind === "before" || window.kind === "between" || window.kind === "in calendar") return checked(window);
  return null;
}

function checkedClause({ naming, voice }: Speech, { operand, check }: Checked, isNegated: boolean): string {
  const where = (condition: Expr) => clause({ naming, voice: event }, condition, { isNegated: false, depth: 0 });
  const isOpposite = isNegated !== saysNot(check);
  const unknown = isOpposite && naming.mayBeUnknown(operand) && needsValue(check) ? " (or not known)" : "";
  const name = operandWords(operand, where);
  return `${voice.whose} ${name} ${checkWords(check, { isNegated: isOpposite, isMany: isMany(name) })}${unknown}`;
}

const needsValue = ({ kind }: Check): boolean => !["is known", "is unknown", "changed"].includes(kind);

/** `!=`, `is not`, `not in` and `is unknown` are negations by themselves. */
function saysNot(check: Check): boolean {
  if (check.kind === "compare") return check.op === "!=";
  if (check.kind === "is unknown") return !check.negated;
  return "negated" in check && check.negated;
}

const adjectives = {
  "sum of": "total",
  "average of": "average",
  lowest: "lowest",
  highest: "highest",
  first: "first",
  last: "last",
} as const;

function operandWords(operand: Operand, where: (condition: Expr) => string): string {
  switch (operand.kind) {
    case "field":
      return operand.name.text === "at" ? "time" : spaced(operand.name.text);
    case "path":
      return operand.base === "company"
        ? `company’s ${spaced(operand.name.text)}`
        : `${spaced(operand.name.text)} at the start`;
    case "score":
      return `score ${operand.name.text}`;
    case "stage":
      return `stage in ${operand.name.text}`;
    case "anniversary":
      return `anniversary of ${spaced(operand.name.text)}`;
    case "aggregate": {
      const name = spaced(operand.event.text);
      const property = operand.property ? ` ${spaced(operand.property.text)}` : "";
      const only = operand.where ? ` (where ${where(operand.where)})` : "";
      const window = operand.window ? ` ${windowWords(operand.window)}` : "";
      return `${aggregateWords(operand.function, name, property)}${only}${window}`;
    }
    default:
      return unreachable(operand);
  }
}

function aggregateWords(
  name: Extract<Operand, { readonly kind: "aggregate" }>["function"],
  eventName: string,
  property: string,
): string {
  if (name === "count of") return `number of “${eventName}” events`;
  if (name === "count of distinct") return `number of different${property} values of “${eventName}”`;
  return property === "" ? `${adjectives[name]} “${eventName}” event` : `${adjectives[name]} ${eventName}${property}`;
}

const comparisons: Readonly<Record<CompareOp, string>> = {
  "=": "",
  "!=": "",
  "<": "below ",
  "<=": "at most ",
  ">": "above ",
  ">=": "at least ",
};
const datedComparisons: Readonly<Record<CompareOp, string>> = {
  "=": "",
  "!=": "",
  "<": "before ",
  "<=": "at the latest ",
  ">": "after ",
  ">=": "at the earliest ",
};
const isMoment = ({ kind }: Value): boolean => ["relative", "date", "datetime", "today", "now"].includes(kind);

/** `seats` are many, `status` and `business` are one. */
const isMany = (name: string): boolean => /[^ius]s$/.test(name);

interface Verb {
  /** What the check itself negates is taken into account. */
  readonly isNegated: boolean;
  readonly isMany: boolean;
}

function checkWords(check: Check, { isNegated, isMany }: Verb): string {
  const is = `${isMany ? "are" : "is"}${isNegated ? " not" : ""}`;
  const has = `${isMany ? "have" : "has"}${isNegated ? " not" : ""}`;
  const does = (one: string, bare: string) => {
    if (isNegated) return `${isMany ? "do" : "does"} not ${bare}`;
    return isMany ? bare : one;
  };
  switch (check.kind) {
    case "compare":
      return `${is} ${(isMoment(check.value) ? datedComparisons : comparisons)[check.op]}${valueWords(check.value)}`;
    case "is":
      return `${is} ${valueWords(check.value)}`;
    case "one of":
      return `${is} ${listWords(check.values.map(valueWords), "or")}`;
    case "is known":
    case "is unknown":
      return `${is} known`;
    case "before":
      return `${is} ${beforeWords(check.bound)}`;
    case "after":
      return `${is} ${afterWords(check.bound)}`;
    case "between":
      return `${is} between ${valueWords(check.low)} and ${valueWords(check.high)}`;
    case "in calendar":
      return `${is} ${calendarCheckWords(check.calendar.calendar)}`;
    case "changed":
      return [`${has} changed`, windowWords(check.window)].join(" ").trim();
    case "has been":
      return `${has} been ${valueWords(check.value)} for ${lengthWords(check.duration)}`;
    case "contains":
      return `${does("contains", "contain")} ${containedWords(check)}`;
    case "starts with":
      return `${does("starts with", "start with")} ${valueWords(check.text)}`;
    case "ends with":
      return `${does("ends with", "end with")} ${valueWords(check.text)}`;
    case "matches":
      return `${does("matches", "match")} ${valueWords(check.pattern)}`;
    default:
      return unreachable(check);
  }
}

function containedWords({ mode, values }: Extract<Check, { readonly kind: "contains" }>): string {
  return listWords(values.map(valueWords), mode === "all of" ? "and" : "or");
}
