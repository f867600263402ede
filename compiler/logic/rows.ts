// Events of one kind: which of the filters that are asked for one event can pass together, and how many events do.

import type { EventTable } from "../ir/catalog.ts";
import type { Term } from "../ir/condition.ts";
import { cannotHold, type Room, type ValueLiteral, valuesFor } from "./assign.ts";
import { collect, type Range, unions } from "./counts.ts";
import { allOf, always, anyOf, type Formula, formulaOf, leafOf, never, normalOf, notOf } from "./formula.ts";
import { isOwnMail } from "../sql/events.ts";
import { type Ground, isVariable } from "./ground.ts";
import { type Filter, isValueLeaf } from "./leaf.ts";
import type { Literal, Of } from "./literal.ts";
import type { Memory } from "./memory.ts";
import { type Budget, type Found, search, type Theory } from "./search.ts";
import { type Assignment, termsOf } from "./values.ts";

export type CountLiteral = Of<"count">;

export interface Question {
  readonly ground: Ground;
  readonly budget: Budget;
  readonly memory: Memory;
}

/** When she entered a program, and when she came to the last send before a wait there. */
export interface Enrollment {
  readonly startedAt: number;
  readonly waitFrom: number;
}

/** An event of a witness. */
export interface Row {
  readonly values: Assignment;
  /** Rows of one thing, where things are counted by a column. */
  readonly thing: number;
  /** Of those that were asked about, in which scopes it counts. */
  readonly scopes: readonly string[];
}

/** Filters of one event, and how many events are to pass each. */
interface Demand {
  readonly event: EventTable;
  /** Whether some only count in an enrollment. */
  readonly hasScopes: boolean;
  readonly filters: readonly Formula[];
  /** The filters, as literals that tell them apart. */
  readonly asked: readonly Literal[];
  readonly ranges: readonly Range[];
  /** By which column things are counted; null: each event is one. `mixed`: here so and there so. */
  readonly distinct: string | null | "mixed";
}

const mostFilters = 8;

const occurredAt: Term = { kind: "occurred at" };
const flag = (name: string): Formula => ({ kind: "flag", name });

/** What holds of every event that counts anywhere. */
function base({ event, hasScopes }: Demand): Formula {
  const now: Term = { kind: "moment", moment: { kind: "now" }, as: "instant" };
  const inPast = leafOf({ kind: "compare", op: "<=", left: occurredAt, right: now, by: "plain" });
  if (!hasScopes) return inPast;
  const inside = (scope: string, wider: string) => anyOf([notOf(flag(scope)), flag(wider)]);
  return allOf([
    inPast,
    inside("wait", "enrollment"),
    inside("wait for the newest", "enrollment"),
    // A mail's events are found by the mail, whoever they name.
    ...(event.isMail ? [] : [inside("enrollment", "all")]),
  ]);
}

/** Whether the event lies in an enrollment is then a matter of its time; of its own mails', of the mail. */
function placed({ event, hasScopes }: Demand, enrollment: Enrollment | null): Formula {
  if (!hasScopes || !enrollment) return always;
  const since = (at: number) => {
    const right: Term = { kind: "literal", literal: { kind: "instant", value: new Date(at).toISOString() } };
    return leafOf({ kind: "compare", op: ">=", left: occurredAt, right, by: "plain" });
  };
  const same = (scope: string, from: number, within: Formula) =>
    allOf([anyOf([notOf(flag(scope)), since(from)]), anyOf([flag(scope), notOf(since(from)), notOf(within)])]);
  return isOwnMail(event)
    ? same("wait", enrollment.waitFrom, flag("enrollment"))
    : allOf([same("enrollment", enrollment.startedAt, always), same("wait", enrollment.waitFrom, always)]);
}

function formulaOfFilter(filter: Filter, event: EventTable, hasScopes: boolean): Formula {
  const { from, until, where, email, scope } = filter;
  const compared = (op: "<" | "<=" | ">=", moment: NonNullable<Filter["from"]>) =>
    leafOf({ kind: "compare", op, left: occurredAt, right: { kind: "moment", moment, as: "instant" }, by: "plain" });
  const property = (name: string): Term | null => {
    const field = event.fields.find((candidate) => candidate.name === name);
    return field ? { kind: "property", name, type: field.type } : null;
  };
  const [named, machine] = [property("email"), property("machine")];
  const parts: Formula[] = [];
  if (hasScopes) parts.push(flag(scope === "wait" && email !== null ? "wait for the newest" : scope));
  if (from) parts.push(compared(">=", from));
  if (until) parts.push(compared(until.isIncluded ? "<=" : "<", until.moment));
  if (email !== null && named) {
    const right: Term = { kind: "literal", literal: { kind: "text", value: email } };
    parts.push(leafOf({ kind: "compare", op: "=", left: named, right, by: "text" }));
  }
  if (event.isMail && machine && !filter.countsMachines) {
    const right: Term = { kind: "literal", literal: { kind: "boolean", value: true } };
    parts.push(notOf(leafOf({ kind: "compare", op: "=", left: machine, right, by: "plain" })));
  }
  // A segment is never asked of an event.
  if (where) parts.push(formulaOf(where, () => never));
  return allOf(parts);
}

export function grouped<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}

/** Always the same order, so that kinds of events can be remembered by the places of their filters. */
function orderOf([left]: readonly CountLiteral[], [right]: readonly CountLiteral[]): number {
  return (left?.passes ?? "") < (right?.passes ?? "") ? -1 : 1;
}

function demandOf(literals: readonly CountLiteral[], event: EventTable): Demand {
  const groups = grouped(literals, ({ passes }) => passes).toSorted((left, right) => orderOf(left, right));
  const hasScopes = literals.some(({ filter }) => filter.scope !== "all");
  const columns = new Set(literals.filter(isCounting).map(({ distinct }) => distinct));
  const [column = null] = columns;
  return {
    event,
    hasScopes,
    filters: groups.flatMap(([first]) => (first ? [formulaOfFilter(first.filter, event, hasScopes)] : [])),
    asked: groups.flatMap(([first]) => {
      return first ? [{ kind: "flag", name: first.passes, about: first.passes, holds: true }] : [];
    }),
    ranges: groups.map((group) => ({
      least: Math.max(...group.map(({ least }) => least)),
      most: Math.min(...group.map(({ most }) => most)),
    })),
    distinct: columns.size > 1 ? "mixed" : column,
  };
}

/** Whether it matters what is counted: some and none are the same for events and for things. */
function isCounting({ least, most }: CountLiteral): boolean {
  return !(least <= 1 && most === Infinity) && most !== 0;
}

function roomOf(ground: Ground, event: EventTable): Room {
  const mayLack = new Set(event.fields.filter(({ type }) => type.isNullable || type.isList).map(({ name }) => name));
  return {
    ground,
    isNullable: (variable) =>
      variable.kind === "start property" || (variable.kind === "property" && mayLack.has(variable.name)),
  };
}

const values = (literals: readonly Literal[]): readonly ValueLiteral[] =>
  literals.filter((literal) => literal.kind === "value");

/** Kinds of events by the filters that they pass, as bit masks; `prove` says which combinations there are. */
function kindsOf<M>(
  demand: Demand,
  prove: (formula: Formula) => Found<M>,
  place: Formula = always,
): readonly (readonly [number, Found<M>])[] {
  let kinds: readonly { readonly mask: number; readonly parts: readonly Formula[] }[] = [
    { mask: 0, parts: [base(demand), place] },
  ];
  let found: readonly (readonly [number, Found<M>])[] = [];
  demand.filters.forEach((filter, index) => {
    const next = kinds.flatMap(({ mask, parts }) => [
      { mask: mask | (1 << index), parts: [...parts, filter] },
      { mask, parts: [...parts, notOf(filter)] },
    ]);
    const proven = next.map((kind) => ({ kind, result: prove(allOf(kind.parts)) }));
    const possible = proven.filter(({ result }) => result.kind !== "none");
    kinds = possible.map(({ kind }) => kind);
    found = possible.map(({ kind, result }) => [kind.mask, result] as const);
  });
  return found.filter(([mask]) => mask !== 0);
}

/** Whether no events fulfil all of them, at no instant. False where that is not sure. */
export function cannotHappen(literals: readonly CountLiteral[], { ground, budget, memory }: Question): boolean {
  const event = ground.event(literals[0]?.filter.event ?? "");
  if (!event) return false;
  const demand = demandOf(literals, event);
  if (demand.ranges.some(({ least, most }) => least > most)) return true;
  if (demand.filters.length > mostFilters || demand.distinct === "mixed") return false;
  const kinds = memory.kinds("kinds", demand.asked, () => {
    const room = roomOf(ground, event);
    const theory: Theory<true> = { refutes: (row) => cannotHold(values(row), room), model: () => true };
    return kindsOf(demand, (formula) => search(normalOf(formula), theory, budget)).map(([mask]) => mask);
  });
  return collect(demand.distinct === null ? kinds : unions(kinds), demand.ranges) === null;
}

/** Events that fulfil all of them at that instant; null: none found. */
export function eventsFor(
  literals: readonly CountLiteral[],
  ground: Ground,
  {
    now,
    budget,
    enrollment,
  }: { readonly now: number; readonly budget: Budget; readonly enrollment: Enrollment | null },
): readonly Row[] | null {
  const event = ground.event(literals[0]?.filter.event ?? "");
  if (!event) return null;
  const demand = demandOf(literals, event);
  if (demand.filters.length > mostFilters || demand.distinct === "mixed") return null;
  // What the starting event says, and what would tell counted things apart, cannot be chosen row by row.
  if (demand.filters.some((filter) => reads(filter, demand.distinct))) return null;
  const room = roomOf(ground, event);
  const theory: Theory<Omit<Row, "thing">> = {
    refutes: (row) => cannotHold(values(row), room),
    model: (row) => {
      // What nobody knows of an event cannot be shown.
      if (row.some(({ kind }) => kind === "opaque")) return null;
      const found = valuesFor(values(row), room, { now, fresh: "" });
      const scopes = row.flatMap((one) => (one.kind === "flag" && one.holds ? [one.name] : []));
      return found && { values: found, scopes };
    },
  };
  const kinds = kindsOf(demand, (formula) => search(normalOf(formula), theory, budget), placed(demand, enrollment));
  const rows = new Map(kinds.flatMap(([mask, found]) => (found.kind === "some" ? [[mask, found.model] as const] : [])));
  const masks = [...rows.keys()];
  const things = collect(demand.distinct === null ? masks : unions(masks), demand.ranges);
  if (things === null || things === "too large") return null;
  return things.flatMap((thing, index) => {
    const parts = rows.has(thing) ? [thing] : masks.filter((mask) => (mask & ~thing) === 0);
    return parts.flatMap((mask) => {
      const found = rows.get(mask);
      return found ? [{ ...found, thing: index }] : [];
    });
  });
}

function reads(formula: Formula, column: string | null): boolean {
  switch (formula.kind) {
    case "all":
    case "any":
      return formula.of.some((part) => reads(part, column));
    case "not":
      return reads(formula.of, column);
    case "leaf": {
      const { leaf } = formula;
      if (!isValueLeaf(leaf)) return false;
      return termsOf(leaf)
        .filter(isVariable)
        .some((term) => term.kind === "start property" || (term.kind === "property" && term.name === column));
    }
    default:
      return false;
  }
}
