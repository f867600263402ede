// Checked conditions to the IR: arguments filled in, sugar gone, dates resolved to their edges.

import { Bug, unreachable } from "../../grammar/unreachable.ts";
import { machineEvents } from "../built-in.ts";
import type { Checked, CheckedBehaviour, CheckedEventTerm, CheckedValue, Operand } from "../checked.ts";
import type { EventTable } from "../ir/catalog.ts";
import type {
  Anniversary,
  Behaviour,
  Comparison,
  Condition,
  Link,
  Moment,
  Op,
  PlainTerm,
  Scope,
  Term,
} from "../ir/condition.ts";
import { placeTerm } from "../ir/people.ts";
import { changesOf, recordsOf, standingOf } from "../sql/history.ts";
import type { Type } from "../types.ts";
import { backwards, boundsOf, comparePoint, seconds, valueOfPoint } from "./moment.ts";
import { anniversaryFrom, comparison, lowerTerm } from "./term.ts";

/** What lowering a condition needs to know of its place. */
export interface Room {
  readonly bindings: ReadonlyMap<string, CheckedValue>;
  /** Which events count where no window is written. */
  readonly scope: Scope;
  /** Salt of samples. */
  readonly salt: string;
  /** Id of a segment of the plan with these arguments, which hold no parameters. */
  readonly segment: (name: string, args: readonly CheckedValue[]) => string;
  /** What a derived field stands for. */
  readonly derived: (name: string) => Term;
}

export function lowerCondition(room: Room, node: Checked): Condition {
  switch (node.kind) {
    case "constant":
      return { kind: "constant", value: node.value };
    case "all":
    case "any":
      return joined(
        node.kind,
        node.of.map((part) => lowerCondition(room, part)),
      );
    case "not":
      return negated(lowerCondition(room, node.of));
    case "compare":
    case "one of":
    case "between":
    case "known":
    case "starts with":
    case "ends with":
    case "contains":
    case "matches":
      return lowerChecked(room, node);
    case "changed":
      return lowerChanged(room, node);
    case "has been":
      return lowerHasBeen(room, node);
    case "in program":
      return { kind: "in program", program: node.name };
    case "behaviour":
      return lowerBehaviour(room, node);
    case "in segment":
      return {
        kind: "in segment",
        segment: room.segment(
          node.name,
          node.args.map((arg) => bound(room, arg)),
        ),
      };
    case "in list":
      return { kind: "in list", list: node.name };
    case "suppressed":
      return { kind: "suppressed" };
    case "subscribed":
    case "refused":
      return { kind: node.kind, topic: node.topic };
    case "sample":
      return { kind: "sample", share: node.share, salt: room.salt };
    case "unchecked":
      throw new Bug("a condition that was reported reached lowering");
    default:
      return unreachable(node);
  }
}

type Single = Extract<
  Checked,
  {
    readonly kind: "compare" | "one of" | "between" | "known" | "starts with" | "ends with" | "contains" | "matches";
  }
>;

function lowerChecked(room: Room, node: Single): Condition {
  switch (node.kind) {
    case "compare": {
      const compare = lowerCompare(room, node.operand, node.op, bound(room, node.value));
      return node.isNegated ? negated(compare) : compare;
    }
    case "one of": {
      const among = lowerOneOf(room, node.operand, node.values);
      return node.isNegated ? negated(among) : among;
    }
    case "between":
      return lowerBetween(room, node.operand, bound(room, node.low), bound(room, node.high));
    case "known": {
      const known: Condition = { kind: "known", term: operandTerm(room, node.operand) };
      return node.isNegated ? negated(known) : known;
    }
    case "starts with":
    case "ends with":
      return { kind: node.kind, term: operandTerm(room, node.operand), text: node.text, by: lettersOf(node.operand) };
    case "contains": {
      const parts = node.values.map((value) => lowerContains(room, node.operand, bound(room, value)));
      return joined(node.isAll ? "all" : "any", parts);
    }
    case "matches": {
      const term = operandTerm(room, node.operand);
      const kind = node.isRegex ? "matches regex" : "matches glob";
      return { kind, term, pattern: node.pattern, by: lettersOf(node.operand) };
    }
    default:
      return unreachable(node);
  }
}

const lettersOf = ({ type }: Operand): "text" | "exact" => (comparison(type) === "exact" ? "exact" : "text");

/** An item is found by its day where a day is looked for. */
function lowerContains(room: Room, operand: Operand, value: CheckedValue): Condition {
  const { type } = operand;
  const isByDay = type.scalar.kind === "date" || (value.kind === "point" && value.end !== null);
  const wanted = value.kind === "point" ? valueOfPoint(value, isByDay) : valueTerm(room, value, type);
  return { kind: "contains", term: operandTerm(room, operand), value: wanted, by: comparisonOf(type, wanted) };
}

/** `and`s inside an `and` are one, so that parentheses without effect change no hash. */
function joined(kind: "all" | "any", parts: readonly Condition[]): Condition {
  const of = parts.flatMap((part) => (part.kind === kind ? part.of : [part]));
  const [only] = of;
  return of.length === 1 && only ? only : { kind, of };
}

function negated(of: Condition): Condition {
  return of.kind === "not" ? of.of : { kind: "not", of };
}

function bound(room: Room, value: CheckedValue): CheckedValue {
  if (value.kind !== "parameter") return value;
  const argument = room.bindings.get(value.name);
  if (!argument) throw new Bug(`no argument for ${value.name}`);
  return argument;
}

export function operandTerm(room: Room, { term }: Pick<Operand, "term">): Term {
  return lowerTerm(term, {
    bind: (value) => bound(room, value),
    lower: (node) => lowerCondition(room, node),
    derived: room.derived,
  });
}

function lowerBetween(room: Room, operand: Operand, low: CheckedValue, high: CheckedValue): Condition {
  const left = operandTerm(room, operand);
  // One that falls between the ends, whichever comes next from today.
  if (left.kind === "anniversary") return compareWith(room, fallingFrom(room, left, low), "<=", high);
  return joined("all", [
    compareWith(room, left, ">=", low, operand.type),
    compareWith(room, left, "<=", high, operand.type),
  ]);
}

/** The anniversary from the beginning of a value on. */
function fallingFrom(room: Room, { of, type }: Anniversary, value: CheckedValue): Anniversary {
  return anniversaryFrom(of, valueTerm(room, value, type));
}

function lowerCompare(room: Room, operand: Operand, op: Op, value: CheckedValue): Condition {
  const left = operandTerm(room, operand);
  if (left.kind === "anniversary" && op === "=") {
    // A day, or a period, on which one falls.
    return compareWith(room, fallingFrom(room, left, value), value.kind === "point" && value.end ? "<=" : "=", value);
  }
  return compareWith(room, left, op, value, operand.type);
}

function compareWith(room: Room, left: Term, op: Op, value: CheckedValue, type: Type = date): Condition {
  if (value.kind === "point") return comparePoint(left, type, op, value);
  const right = valueTerm(room, value, type);
  if (left.kind === "stage" && op !== "=") return comparePlaces(left, op, right);
  return { kind: "compare", op, left, right, by: comparisonOf(type, right) };
}

const date: Type = { scalar: { kind: "date" }, isList: false, isNullable: true };

/** Stages compare by their place; a field that names one by the place of the stage that it names. */
function comparePlaces(left: Term & { readonly kind: "stage" }, op: Op, right: Term): Condition {
  const stages = left.type.scalar.kind === "enum" ? left.type.scalar.values : [];
  const than = (place: number): Condition => {
    const literal: Term = { kind: "literal", literal: { kind: "number", value: place } };
    return { kind: "compare", op, left: placeTerm(left.name), right: literal, by: "plain" };
  };
  if (right.kind === "literal") return than(stages.indexOf(String(right.literal.value)) + 1);
  const named = stages.map((stage, index): Condition => {
    const name: Term = { kind: "literal", literal: { kind: "text", value: stage } };
    return { kind: "all", of: [{ kind: "compare", op: "=", left: right, right: name, by: "plain" }, than(index + 1)] };
  });
  return { kind: "any", of: named };
}

/** A value as a term for a field of that type. */
export function valueTerm(room: Room, value: CheckedValue, type: Type): Term {
  return value.kind === "term" ? operandTerm(room, value) : writtenTerm(value, type);
}

/** The same of a value that reads no field. */
export function writtenTerm(value: CheckedValue, type: Type): PlainTerm {
  switch (value.kind) {
    case "literal":
      return { kind: "literal", literal: value.literal };
    case "length":
      return { kind: "literal", literal: { kind: "number", value: seconds(value.length) } };
    case "point":
      return valueOfPoint(value, type.scalar.kind === "date");
    default:
      throw new Bug("a field, or a parameter without its argument");
  }
}

function lowerOneOf(room: Room, operand: Operand, values: readonly CheckedValue[]): Condition {
  const arguments_ = values.map((value) => bound(room, value));
  const left = operandTerm(room, operand);
  if (left.kind === "anniversary" || !arguments_.every(({ kind }) => kind === "literal" || kind === "length")) {
    return joined(
      "any",
      arguments_.map((value) => lowerCompare(room, operand, "=", value)),
    );
  }
  const terms = arguments_.map((value) => valueTerm(room, value, operand.type));
  return { kind: "one of", term: left, values: terms, by: comparison(operand.type) };
}

function comparisonOf(left: Type, right: Term): Comparison {
  const own = comparison(left);
  if (!("type" in right)) return own;
  const other = comparison(right.type);
  if (own === "exact" || other === "exact") return "exact";
  return own === "text" || other === "text" ? "text" : "plain";
}

type Changed = Checked & { readonly kind: "changed" };
type HasBeen = Checked & { readonly kind: "has been" };

const pastValue = (name: "old" | "new", { type }: Operand): PlainTerm => ({ kind: "property", name, type });

/** Values that compare as equal are no change. */
function lowerChanged(room: Room, { operand, window }: Changed): Behaviour {
  const isFoldedText = comparison(operand.type) === "text" && !operand.type.isList;
  const right = pastValue("new", operand);
  const same: Condition = { kind: "compare", op: "=", left: pastValue("old", operand), right, by: "text" };
  const bounds = boundsOf(window, room.scope, (value) => bound(room, value));
  return { ...historyOf(changesOf(operand.name), isFoldedText ? negated(same) : null), ...bounds };
}

/** It is the value now, its history reaches back to the first moment, and nothing else was there since. */
function lowerHasBeen(room: Room, { operand, value, length }: HasBeen): Condition {
  const first: Moment = { kind: "shift", by: backwards(length) };
  const was = bound(room, value);
  const always = { from: null, scope: "all" } as const;
  const until = { moment: first, isIncluded: true };
  // Stages are written down now and then: that it is one now does not say that it was the last one written.
  if (operand.term.kind === "stage") {
    const wasIt = lowerCompare(room, { ...operand, term: pastValue("new", operand) }, "=", was);
    const standing = historyOf(standingOf(operand.name), wasIt);
    return joined("all", [lowerCompare(room, operand, "=", was), { ...standing, ...always, until }]);
  }
  const isLater: Condition = {
    kind: "compare",
    op: ">",
    left: { kind: "occurred at" },
    right: { kind: "moment", moment: first, as: "instant" },
    by: "plain",
  };
  const wasOther = negated(lowerCompare(room, { ...operand, term: pastValue("old", operand) }, "=", was));
  return joined("all", [
    lowerCompare(room, operand, "=", was),
    { ...historyOf(recordsOf(operand.name), null), ...always, until },
    negated({ ...historyOf(changesOf(operand.name), joined("all", [isLater, wasOther])), ...always, until: null }),
  ]);
}

function historyOf(event: string, where: Condition | null): Omit<Behaviour, "from" | "until" | "scope"> {
  return { kind: "behaviour", event, email: null, countsMachines: true, where, count: null, distinct: null };
}

/** An event without what follows it. */
export function lowerEvent(room: Room, node: CheckedBehaviour): Behaviour {
  const { event } = node;
  return {
    ...lowerEvents(room, node),
    count: node.count,
    distinct: node.count ? (event.isMail ? "message" : event.key) : null,
    ...boundsOf(node.window, room.scope, (value) => bound(room, value)),
  };
}

function lowerBehaviour(room: Room, node: CheckedBehaviour): Condition {
  const { event } = node;
  const first = lowerEvent(room, node);
  if (node.follows.length === 0) return first;
  const befores = [event, ...node.follows.map((follow) => follow.event)];
  const links = node.follows.map((follow, index): Link => {
    const same = follow.same === null ? null : lowerSame(follow.same, befores[index] ?? event, follow.event);
    const link = { ...lowerEvents(room, follow), from: null, until: null, scope: first.scope };
    return { isNegated: follow.isNegated, event: link, within: follow.within, same };
  });
  return { kind: "chain", first, links };
}

function lowerEvents(room: Room, node: CheckedEventTerm): Omit<Behaviour, "from" | "until" | "scope"> {
  return {
    kind: "behaviour",
    event: node.event.name,
    email: node.email,
    countsMachines: node.countsMachines || !machineEvents.has(node.event.name),
    where: node.where && lowerCondition(room, node.where),
    count: null,
    distinct: null,
  };
}

function lowerSame(name: string, before: EventTable, event: EventTable): Link["same"] {
  const typeIn = ({ fields }: EventTable): Type => {
    const field = fields.find((candidate) => candidate.name === name);
    if (!field) throw new Bug(`an event is tied by ${name}, which it lacks`);
    return field.type;
  };
  return { name, by: comparisonOf(typeIn(before), { kind: "property", name, type: typeIn(event) }) };
}
