// Values for fields and properties that fulfil comparisons, or the certainty that there are none.

import type { Moment, Op, Term } from "../ir/condition.ts";
import { differencesOf } from "./differences.ts";
import type { ValueLeaf } from "./leaf.ts";
import { constantOf, type Ground, isVariable, nameOf, type Variable } from "./ground.ts";
import type { Of } from "./literal.ts";
import { type Line, mostBehind } from "./moments.ts";
import { formOf } from "./texts.ts";
import {
  type Assignment,
  candidatesFor,
  classOf,
  isTrue,
  itemOf,
  pieceOf,
  type Pool,
  type Present,
  termsOf,
  type Value,
  readTerm,
  variablesOf,
} from "./values.ts";

export type ValueLiteral = Of<"value">;

/** Literals that share variables, directly or through others. */
interface Group {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly literals: readonly ValueLiteral[];
}

/** `isNullable` says whether a variable may be unknown at all. */
export interface Room {
  readonly ground: Ground;
  readonly isNullable: (variable: Variable) => boolean;
}

const largestSearch = 20_000;
/** Of each, texts with and without it are tried. */
const mostPieces = 6;

/** Whether no values fulfil all of them, at no instant. False where that is not sure. */
export function cannotHold(literals: readonly ValueLiteral[], room: Room): boolean {
  const { unknown, rest, clashes } = withUnknown(literals, room);
  if (clashes) return true;
  return groupsOf(rest).some((group) => {
    if (hasTime(group)) return isOutOfTime(group, room.ground);
    const present = { now: 0, calendar: room.ground.calendar };
    return assignGroup(group, { present, fresh: "", known: unknown, isLenient: true }) === "none";
  });
}

/** Values that fulfil all of them at that instant; what is not among them may have any value. null: none found. */
export function valuesFor(
  literals: readonly ValueLiteral[],
  room: Room,
  { now, fresh }: { readonly now: number; readonly fresh: string },
): Assignment | null {
  const { unknown, rest, clashes } = withUnknown(literals, room);
  if (clashes) return null;
  const present = { now, calendar: room.ground.calendar };
  const all = new Map(unknown);
  for (const group of groupsOf(rest)) {
    const found = assignGroup(group, { present, fresh, known: unknown, isLenient: false });
    if (typeof found === "string") return null;
    for (const [name, value] of found) all.set(name, value);
  }
  return all;
}

/**
 * Whatever may be unknown, is: unknown fulfils everything that is negated. `rest` is what remains to be fulfilled, by
 * values that are known.
 */
function withUnknown(literals: readonly ValueLiteral[], room: Room) {
  const variables = new Map(
    literals.flatMap(({ leaf }) => variablesOf(leaf).map((one) => [nameOf(one), one] as const)),
  );
  const asked = new Set(literals.flatMap(({ leaf, holds }) => (holds ? variablesOf(leaf).map(nameOf) : [])));
  const free = [...variables].filter(([name, variable]) => room.isNullable(variable) && !asked.has(name));
  const unknown: Assignment = new Map(free.map(([name]) => [name, null]));
  const isMet = ({ leaf, holds }: ValueLiteral) => !holds && variablesOf(leaf).some((one) => unknown.has(nameOf(one)));
  const clashes = literals.some(({ leaf, holds }) => {
    return !holds && leaf.kind === "known" && isVariable(leaf.term) && !unknown.has(nameOf(leaf.term));
  });
  return { unknown, rest: literals.filter((literal) => !isMet(literal)), clashes };
}

function groupsOf(literals: readonly ValueLiteral[]): readonly Group[] {
  let groups: Group[] = [];
  for (const literal of literals) {
    const own = new Map(variablesOf(literal.leaf).map((one) => [nameOf(one), one] as const));
    const shares = (group: Group) => [...own.keys()].some((name) => group.variables.has(name));
    const joined = groups.filter(shares);
    const variables = new Map([...joined.flatMap((group) => [...group.variables]), ...own]);
    const all = [...joined.flatMap((group) => group.literals), literal];
    groups = [...groups.filter((group) => !shares(group)), { variables, literals: all }];
  }
  return groups;
}

function hasTime({ variables }: Group): boolean {
  return [...variables.values()].some((variable) => lineOf(variable) !== null);
}

function lineOf(term: Term): Line | null {
  const kind = classOf(term);
  return kind === "instant" || kind === "day" ? kind : null;
}

/** Whether the order of places in time rules it out. Days beside instants are left out of the account. */
function isOutOfTime({ literals }: Group, ground: Ground): boolean {
  return (["instant", "day"] as const).some((line) => {
    const differences = differencesOf(line === "day");
    const moments = new Map<string, Moment>();
    for (const { leaf, holds } of literals) {
      if (leaf.kind !== "compare" || lineOf(leaf.left) !== line || lineOf(leaf.right) !== line) continue;
      const [left, right] = [leaf.left, leaf.right].map((term) => pointOf(term, moments));
      if (left && right) demand(differences, left, holds ? leaf.op : opposite[leaf.op], right);
    }
    for (const [name, moment] of moments) {
      for (const [other, otherMoment] of moments) {
        const most = name === other ? Infinity : mostBehind(moment, otherMoment, line, ground.calendar);
        if (most < Infinity) differences.atMost(name, other, most, false);
      }
    }
    return differences.isImpossible();
  });
}

/** Its name among the points of a line; places in time are noted. */
function pointOf(term: Term, moments: Map<string, Moment>): string {
  if (isVariable(term)) return nameOf(term);
  const moment = momentOf(constantOf(term));
  const name = JSON.stringify(moment);
  moments.set(name, moment);
  return name;
}

function momentOf(term: Extract<Term, { readonly kind: "literal" | "moment" }>): Moment {
  if (term.kind === "moment") return term.moment;
  const value = String(term.literal.value);
  return term.literal.kind === "day" ? { kind: "day", date: value, edge: "start" } : { kind: "instant", utc: value };
}

type Order = Op | "!=";
const opposite: Readonly<Record<Op, Order>> = { "=": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

function demand(differences: ReturnType<typeof differencesOf>, left: string, order: Order, right: string): void {
  if (order === "!=") differences.differ(left, right);
  if (order === "<" || order === "<=") differences.atMost(left, right, 0, order === "<");
  if (order === ">" || order === ">=") differences.atMost(right, left, 0, order === ">");
  if (order === "=") {
    differences.atMost(left, right, 0, false);
    differences.atMost(right, left, 0, false);
  }
}

interface Trying {
  readonly present: Present;
  readonly fresh: string;
  readonly known: Assignment;
  /** Takes for granted what the candidates do not stand for: the order of texts. */
  readonly isLenient: boolean;
}

function assignGroup(
  { variables, literals }: Group,
  trying: Trying,
): ReadonlyMap<string, Value> | "none" | "too large" {
  const pool = poolOf([...variables.values()], literals, trying);
  if (pool.pieces.length > mostPieces || pool.items.length > mostPieces) return "too large";
  const names = [...variables.keys()];
  const found = [...variables.values()].map((variable) => candidatesFor(variable, pool, trying.present));
  const candidates = found.filter((some) => some !== null);
  if (candidates.length < found.length) return "too large";
  const ready = names.map((_, depth) => {
    const before = new Set([...names.slice(0, depth + 1), ...trying.known.keys()]);
    const isReady = ({ leaf }: ValueLiteral, set: ReadonlySet<string>) =>
      variablesOf(leaf).every((one) => set.has(nameOf(one)));
    const earlier = new Set([...names.slice(0, depth), ...trying.known.keys()]);
    return literals.filter((literal) => isReady(literal, before) && !isReady(literal, earlier));
  });
  const values = new Map(trying.known);
  let tries = 0;
  const visit = (depth: number): boolean => {
    const name = names[depth];
    if (name === undefined) return true;
    for (const candidate of candidates[depth] ?? []) {
      if (++tries > largestSearch) return false;
      values.set(name, candidate);
      const fits = (ready[depth] ?? []).every((literal) => meets(literal, values, trying));
      if (fits && visit(depth + 1)) return true;
    }
    values.delete(name);
    return false;
  };
  if (visit(0)) return values;
  return tries > largestSearch ? "too large" : "none";
}

function meets({ leaf, holds }: ValueLiteral, values: Assignment, { present, isLenient }: Trying): boolean {
  return (isLenient && isTextOrder(leaf)) || isTrue(leaf, values, present) === holds;
}

/** Words of an enum or of countries can be compared with texts, which then may be those words. */
function sharedBy(variables: readonly Variable[], present: Present): readonly (string | number | boolean)[] {
  const words = variables.filter((variable) => ["enum", "country"].includes(classOf(variable)));
  if (words.length === 0 || words.length === variables.length) return [];
  const none: Pool = {
    constants: [],
    starts: [],
    ends: [],
    pieces: [],
    globs: [],
    items: [],
    letters: "text",
    isOrdered: false,
    count: variables.length,
    fresh: "",
  };
  return words.flatMap((variable) => candidatesFor(variable, none, present) ?? []);
}

function isTextOrder(leaf: ValueLeaf): boolean {
  return leaf.kind === "compare" && leaf.op !== "=" && ["text", "country"].includes(classOf(leaf.left));
}

function itemsOf(leaves: readonly ValueLeaf[]): readonly string[] {
  const all = leaves.flatMap((leaf) => {
    const item = leaf.kind === "contains" ? itemOf(leaf) : null;
    return leaf.kind === "contains" && item !== null ? [[formOf(item, leaf.by), item] as const] : [];
  });
  return [...new Map(all).values()];
}

function lettersOf(leaves: readonly ValueLeaf[]): Pool["letters"] {
  const found = new Set(
    leaves.flatMap((leaf) => ("by" in leaf ? ([leaf.by === "text" ? "text" : "exact"] as const) : [])),
  );
  const [first = "text"] = found;
  return found.size > 1 ? "mixed" : first;
}

function poolOf(variables: readonly Variable[], literals: readonly ValueLiteral[], { present, fresh }: Trying): Pool {
  const count = variables.length;
  const leaves = literals.map(({ leaf }) => leaf);
  const constants = leaves.flatMap(termsOf).flatMap((term) => {
    const value = isVariable(term) ? null : readTerm(term, new Map(), present);
    return value === null ? [] : [value];
  });
  return {
    constants: [...new Set([...constants, ...sharedBy(variables, present)])],
    starts: leaves.flatMap((leaf) => (leaf.kind === "starts with" ? [leaf.text] : [])),
    ends: leaves.flatMap((leaf) => (leaf.kind === "ends with" ? [leaf.text] : [])),
    pieces: [...new Set(leaves.flatMap((leaf) => (leaf.kind === "contains" ? (pieceOf(leaf) ?? []) : [])))],
    globs: leaves.flatMap((leaf) => (leaf.kind === "matches glob" ? [leaf.pattern] : [])),
    items: itemsOf(leaves),
    letters: lettersOf(leaves),
    isOrdered: leaves.some(isTextOrder),
    count,
    fresh,
  };
}
