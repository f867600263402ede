// Conditions in the words of the language, printed from the plan: arguments are filled in, sugar is gone.

import type {
  Aggregate,
  Behaviour,
  Chain,
  Chosen,
  Compare,
  Condition,
  Length,
  Literal,
  Moment,
  Op,
  Selection,
  Term,
} from "../../compiler/ir/condition.ts";
import { printLiteral, printMoment } from "../../compiler/lower/print-value.ts";
import type { Type } from "../../compiler/types.ts";

export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "constant":
      return condition.value ? "everyone" : "not everyone";
    case "all":
    case "any": {
      const word = condition.kind === "all" ? " and " : " or ";
      return condition.of
        .map((child) => (isGroup(child) ? `(${conditionText(child)})` : conditionText(child)))
        .join(word);
    }
    case "not":
      return notText(condition.of);
    case "compare":
      return compareText(condition);
    case "one of":
      return `${termText(condition.term)} in (${valuesText(condition.values, typeOf(condition.term))})`;
    case "known":
      return `${termText(condition.term)} is known`;
    case "starts with":
    case "ends with":
      return `${termText(condition.term)} ${condition.kind} ${JSON.stringify(condition.text)}`;
    case "contains":
      return `${termText(condition.term)} contains ${termText(condition.value, typeOf(condition.term))}`;
    case "matches glob":
      return `${termText(condition.term)} matches ${JSON.stringify(condition.pattern)}`;
    case "matches regex":
      return `${termText(condition.term)} matches regex ${JSON.stringify(condition.pattern)}`;
    case "behaviour":
      return [selectionText(condition, countText(condition)), windowText(condition)].filter(Boolean).join(" ");
    case "chain":
      return chainText(condition);
    case "in program":
      return `in program ${condition.program}`;
    case "in segment":
      return `in ${condition.segment}`;
    case "in list":
      return `in ${condition.list}`;
    case "suppressed":
      return "in Suppressed";
    case "subscribed":
      return `subscribed to ${condition.topic}`;
    case "refused":
      return `unsubscribed from ${condition.topic}`;
    case "sample":
      return `sample ${condition.share}%`;
    default:
      return kindText(condition);
  }
}

function chainText({ first, links }: Chain): string {
  const parts = links.map(({ isNegated, event, within, same }) => {
    const word = isNegated ? "not followed by" : "followed by";
    const tie = same === null ? "" : ` for the same ${same.name}`;
    return `${word} ${selectionText(event, null)} within ${within.amount}${within.unit}${tie}`;
  });
  return [conditionText(first), ...parts].join(" ");
}

/** What has no words of its own yet is called by its kind. */
const kindText = ({ kind }: { readonly kind: string }): string => kind;

const isGroup = ({ kind }: Condition): boolean => kind === "all" || kind === "any";

function notText(of: Condition): string {
  if (isGroup(of)) return `not (${conditionText(of)})`;
  if (of.kind === "known") return `${termText(of.term)} is unknown`;
  if (of.kind === "compare" && of.op === "=") return compareText(of, "!=");
  if (of.kind === "one of") return `${termText(of.term)} not in (${valuesText(of.values, typeOf(of.term))})`;
  return `not ${conditionText(of)}`;
}

function compareText({ op, left, right }: Compare, shown: Op | "!=" = op): string {
  const word = shown === "<" && right.kind === "moment" ? "before" : shown;
  return `${termText(left)} ${word} ${termText(right, typeOf(left))}`;
}

const valuesText = (values: readonly Term[], type: Type | null): string =>
  values.map((value) => termText(value, type)).join(", ");

export const typeOf = (term: Term): Type | null => ("type" in term ? term.type : null);

/** `type`: of what the term is compared with. */
export function termText(term: Term, type: Type | null = null): string {
  switch (term.kind) {
    case "field":
    case "property":
      return type === null ? term.name : `field ${term.name}`;
    case "company field":
      return `company.${term.name}`;
    case "start property":
      return `event.${term.name}`;
    case "occurred at":
      return "at";
    case "literal":
      return literalText(term.literal, type);
    case "moment":
      return momentText(term.moment);
    case "aggregate":
      return [selectionText(term, aggregateText(term)), windowText(term)].filter(Boolean).join(" ");
    case "score":
      return `score ${term.name}`;
    case "stage":
      return term.as === "name" ? `stage ${term.name}` : `place in ${term.name}`;
    case "anniversary":
      return `anniversary of ${termText(term.of)}`;
    case "first known":
      return `first known of (${term.of.map((one) => termText(one)).join(", ")})`;
    case "chosen":
      return chosenText(term);
    default:
      return kindText(term);
  }
}

function chosenText({ arms, otherwise, type }: Chosen): string {
  const written = arms.map(({ value, when }) => `${literalText(value, type)} when ${conditionText(when)}`);
  const last = otherwise === null ? "" : ` otherwise ${literalText(otherwise, type)}`;
  return `(${written.join(", ")}${last})`;
}

export function literalText(literal: Literal, type: Type | null): string {
  const scalar = type?.scalar;
  if (literal.kind === "text" && (scalar?.kind === "enum" || scalar?.kind === "country")) return literal.value;
  if (scalar?.kind === "money") return `${literal.value} ${scalar.currency}`;
  if (scalar?.kind === "percent") return `${literal.value}%`;
  if (scalar?.kind === "duration" && literal.kind === "number") return secondsText(literal.value);
  return printLiteral(literal);
}

const spans = [
  [86_400, "d"],
  [3600, "h"],
] as const;

export function secondsText(seconds: number): string {
  const [size, unit] = spans.find(([length]) => seconds !== 0 && seconds % length === 0) ?? [60, "min"];
  return `${seconds / size}${unit}`;
}

const momentText = (moment: Moment): string =>
  moment.kind === "instant" ? moment.utc.replace(/(:00)?(\.000)?Z$/, "Z") : printMoment(moment);

const aggregateText = ({ function: name, event, property }: Aggregate): string =>
  `${name} ${event}${property === null ? "" : `.${property}`}`;

function countText({ count }: Behaviour): string | null {
  if (count === null) return null;
  return `${countWords[count.op]} ${count.times} ${count.times === 1 ? "time" : "times"}`;
}

export const countWords: Readonly<Record<Op, string>> = {
  "=": "exactly",
  "<": "fewer than",
  "<=": "at most",
  ">": "more than",
  ">=": "at least",
};

/** `head`: the count of a behaviour, or what an aggregate asks for. */
function selectionText(selection: Behaviour | Aggregate, head: string | null): string {
  const { event, email, countsMachines, where } = selection;
  const machines = countsMachines && (event === "opened" || event === "clicked") ? "including machines" : null;
  const only = where && `where (${conditionText(where)})`;
  const parts = selection.kind === "aggregate" ? [head, email, machines, only] : [event, email, machines, only, head];
  return parts.filter((part) => part !== null).join(" ");
}

/** `in 90d`, `since 2026-01-01`, `in last month`; empty for ever. */
export function windowText({ from, until }: Pick<Selection, "from" | "until">): string {
  if (from === null && until === null) return "";
  if (until === null && from !== null) return from.kind === "shift" ? pastText(from.by) : `since ${momentText(from)}`;
  if (from === null && until !== null) return `before ${momentText(until.moment)}`;
  if (from?.kind === "period" && from.edge === "start" && until?.moment.kind === "period") {
    const isWhole =
      JSON.stringify(from.calendar) === JSON.stringify(until.moment.calendar) && until.moment.edge === "end";
    if (isWhole) return `in ${momentText(from)}`;
  }
  return `between ${from ? momentText(from) : ""} and ${until ? momentText(until.moment) : ""}`;
}

const pastText = (by: Length): string =>
  by.amount <= 0 ? `in ${-by.amount}${by.unit}` : `since ${by.amount}${by.unit} from now`;
