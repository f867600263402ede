// Single values: what a comparison says of them, and which of them stand for all others.

import { unreachable } from "../../grammar/unreachable.ts";
import type { ZoneCalendar } from "../calendar.ts";
import { countries } from "../countries.ts";
import type { Comparison, Op, Term } from "../ir/condition.ts";
import type { ValueLeaf } from "./leaf.ts";
import { constantOf, isVariable, nameOf, type Variable } from "./ground.ts";
import { listsOf, readList } from "./lists.ts";
import { fits, formOf, shapes, type TextPool, textsAround } from "./texts.ts";

/** null is unknown. Instants are epoch milliseconds, days yyyy-mm-dd, money a decimal string, a list as `lists.ts` writes it. */
export type Value = string | number | boolean | null;
export type Assignment = ReadonlyMap<string, Value>;

/** An instant at which places in time are looked up. */
export interface Present {
  readonly now: number;
  readonly calendar: ZoneCalendar;
}

export function termsOf(leaf: ValueLeaf): readonly Term[] {
  if (leaf.kind === "compare") return [leaf.left, leaf.right];
  return leaf.kind === "one of" ? [leaf.term, ...leaf.values] : [leaf.term];
}

export function variablesOf(leaf: ValueLeaf): readonly Variable[] {
  return termsOf(leaf).filter(isVariable);
}

export function readTerm(term: Term, values: Assignment, { now, calendar }: Present): Value {
  if (isVariable(term)) return values.get(nameOf(term)) ?? null;
  const constant = constantOf(term);
  if (constant.kind === "moment") {
    const { as, moment } = constant;
    return as === "day" ? calendar.resolveDay(moment, now) : calendar.resolveInstant(moment, now);
  }
  const { literal } = constant;
  return literal.kind === "instant" ? Date.parse(literal.value) : literal.value;
}

/** What a comparison says of given values: two-valued, false where one of them is unknown. */
export function isTrue(leaf: ValueLeaf, values: Assignment, present: Present): boolean {
  switch (leaf.kind) {
    case "compare":
      return compare(leaf, readTerm(leaf.left, values, present), readTerm(leaf.right, values, present), present);
    case "one of": {
      const value = readTerm(leaf.term, values, present);
      const among = (item: Term) => ({ left: leaf.term, op: "=" as const, right: item, by: leaf.by });
      return leaf.values.some((item) => compare(among(item), value, readTerm(item, values, present), present));
    }
    case "known":
      return readTerm(leaf.term, values, present) !== null;
    case "starts with":
    case "ends with": {
      const value = readTerm(leaf.term, values, present);
      if (typeof value !== "string") return false;
      const [text, part] = [formOf(value, leaf.by), formOf(leaf.text, leaf.by)];
      return leaf.kind === "starts with" ? text.startsWith(part) : text.endsWith(part);
    }
    case "contains": {
      const [value, piece, item] = [readTerm(leaf.term, values, present), pieceOf(leaf), itemOf(leaf)];
      if (typeof value !== "string") return false;
      if (item !== null) return readList(value).some((one) => formOf(one, leaf.by) === formOf(item, leaf.by));
      return piece !== null && formOf(value, leaf.by).includes(formOf(piece, leaf.by));
    }
    case "matches glob": {
      const value = readTerm(leaf.term, values, present);
      return typeof value === "string" && fits(formOf(value, leaf.by), shapes.glob(formOf(leaf.pattern, leaf.by)));
    }
    default:
      return unreachable(leaf);
  }
}

/** The text that a text contains; null where a list holds a value, or another field says the text. */
export function pieceOf({ term, value }: Extract<ValueLeaf, { readonly kind: "contains" }>): string | null {
  if (!isVariable(term) || classOf(term) !== "text" || value.kind !== "literal") return null;
  return value.literal.kind === "text" ? value.literal.value : null;
}

/** What a list holds an item like, as items are written; null where it is not sure what is the same as it. */
export function itemOf({ term, value }: Extract<ValueLeaf, { readonly kind: "contains" }>): string | null {
  if (!isVariable(term) || classOf(term) !== "list" || value.kind !== "literal") return null;
  const item = "type" in term ? classOf({ ...term, type: { ...term.type, isList: false } }) : null;
  const { kind, value: wanted } = value.literal;
  if ((item === "text" || item === "enum" || item === "country") && kind === "text")
    return wanted === "" ? null : wanted;
  if (item === "number" && kind === "number") return String(wanted);
  if (item === "instant" && kind === "instant") return String(Date.parse(wanted));
  return item === "day" && kind === "day" ? wanted : null;
}

interface Comparing {
  readonly left: Term;
  readonly right: Term;
  readonly op: Op;
  readonly by: Comparison;
}

function compare({ left, right, op, by }: Comparing, one: Value, other: Value, { calendar }: Present): boolean {
  if (one === null || other === null) return false;
  const kind = classOf(left) === "day" || classOf(right) === "day" ? "day" : classOf(left);
  const sorted = (value: string | number | boolean): string | number | boolean => {
    if (kind === "day") return typeof value === "number" ? calendar.dayOf(value) : value;
    if (kind === "money") return Number(value);
    return typeof value === "string" ? formOf(value, by) : value;
  };
  const [a, b] = [sorted(one), sorted(other)];
  switch (op) {
    case "=":
      return a === b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      return unreachable(op);
  }
}

export type Class = "number" | "whole" | "money" | "boolean" | "day" | "instant" | "text" | "enum" | "country" | "list";

export function classOf(term: Term): Class {
  if (term.kind === "occurred at") return "instant";
  if (term.kind === "moment") return term.as;
  if (term.kind === "literal") return term.literal.kind;
  const { scalar, isList } = term.type;
  if (isList) return "list";
  switch (scalar.kind) {
    case "percent":
    case "number":
      return "number";
    case "duration":
      return "whole";
    case "date":
      return "day";
    case "datetime":
      return "instant";
    case "money":
    case "boolean":
    case "enum":
    case "country":
      return scalar.kind;
    default:
      return "text";
  }
}

/** All that is compared with each other: the known values, shapes of texts, items of lists, and how many may differ. */
export interface Pool extends TextPool {
  readonly constants: readonly (string | number | boolean)[];
  /** No two of them the same. */
  readonly items: readonly string[];
}

/** Known values of a variable, such that whatever another value fulfils, one of these does too; null: too many. */
export function candidatesFor(
  variable: Variable,
  pool: Pool,
  present: Present,
): readonly (string | number | boolean)[] | null {
  const kind = classOf(variable);
  switch (kind) {
    case "boolean":
      return [true, false];
    case "enum":
      return "type" in variable && variable.type.scalar.kind === "enum" ? variable.type.scalar.values : [];
    case "country":
      return [...new Set([...texts(pool.constants), ...countries])].slice(0, pool.constants.length + pool.count);
    case "list":
      return listsOf(pool.items, someItem(variable, present));
    case "number":
      return between(numbers(pool.constants), pool.count, (low, high) => [(low + high) / 2], 1);
    case "whole":
      return between(numbers(pool.constants), pool.count, (low, high) => [Math.floor((low + high) / 2)], 60);
    case "money":
      return between(numbers(pool.constants), pool.count, middleOfMoney, 1).map(String);
    case "instant": {
      const instants = pool.constants.map((one) => (typeof one === "string" ? present.calendar.startOfDay(one) : one));
      return between(numbers(instants), pool.count, (low, high) => [Math.floor((low + high) / 2)], 86_400_000);
    }
    case "day":
      return daysAround(pool, present);
    case "text":
      return textsAround(pool);
    default:
      return unreachable(kind);
  }
}

/** An item of a list that nobody asks about, written as items of its type are. */
function someItem(variable: Variable, { now, calendar }: Present): string {
  if (!("type" in variable)) return "a";
  const { scalar } = variable.type;
  switch (classOf({ ...variable, type: { ...variable.type, isList: false } })) {
    case "number":
    case "whole":
    case "money":
      return "1";
    case "boolean":
      return "true";
    case "day":
      return calendar.dayOf(now);
    case "instant":
      return String(now);
    case "enum":
      return (scalar.kind === "enum" ? scalar.values[0] : undefined) ?? "a";
    case "country":
      return countries[0] ?? "a";
    default:
      return "a";
  }
}

function numbers(values: readonly (string | number | boolean)[]): readonly number[] {
  return values.map(Number).filter((value) => !Number.isNaN(value));
}

function texts(values: readonly (string | number | boolean)[]): readonly string[] {
  return values.filter((value) => typeof value === "string");
}

type Middle = (low: number, high: number) => readonly number[];

/** The constants, and `count` more in each gap and at both ends, as far as there are any. */
function between(constants: readonly number[], count: number, middle: Middle, step: number): readonly number[] {
  const sorted = [...new Set(constants)].toSorted((left, right) => left - right);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (lowest === undefined || highest === undefined)
    return Array.from({ length: count }, (_, index) => 1 + index * step);
  const gaps = sorted.flatMap((low, index) => {
    const high = sorted[index + 1];
    const found: number[] = [];
    for (let left = low; high !== undefined && found.length < count; ) {
      const next = middle(left, high)[0];
      if (next === undefined || next <= left || next >= high) break;
      found.push(next);
      left = next;
    }
    return found;
  });
  const outside = Array.from({ length: count }, (_, index) => [
    highest + (index + 1) * step,
    lowest - (index + 1) * step,
  ]);
  return [...sorted, ...gaps, ...outside.flat()];
}

/** Money has four decimal places. */
function middleOfMoney(low: number, high: number): readonly number[] {
  return [Math.floor(((low + high) / 2) * 10_000) / 10_000];
}

const dayMs = 86_400_000;

function daysAround({ constants, count }: Pool, { calendar }: Present): readonly string[] {
  const days = constants.map((one) => Date.parse(typeof one === "number" ? calendar.dayOf(one) : `${one}`) / dayMs);
  const found = between(numbers(days), count, (low, high) => [Math.floor((low + high) / 2)], 1);
  return found.map((day) => new Date((constants.length === 0 ? day + 20_000 : day) * dayMs).toISOString().slice(0, 10));
}
