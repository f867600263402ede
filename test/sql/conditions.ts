// Random conditions over a world.

import type { EventTable, Field } from "../../compiler/ir/catalog.ts";
import type {
  Literal,
  Aggregate,
  Behaviour,
  Chain,
  Condition,
  Link,
  Moment,
  Op,
  Scope,
  Term,
} from "../../compiler/ir/condition.ts";
import { type Funnel, type Score, scoreTerm } from "../../compiler/ir/people.ts";
import type { Segment } from "../../compiler/ir/plan.ts";
import { changesOf, funnelAsked, isHistory, recordsOf, standingOf } from "../../compiler/sql/history.ts";
import { findEvent } from "../../compiler/sql/terms.ts";
import { isOrdered, type Scalar, type Type } from "../../compiler/types.ts";
import type { AggregateFunction } from "../../grammar/ast/expr.ts";
import { byOf, type Class, classOf } from "./classes.ts";
import type { Dice } from "./dice.ts";
import { drawStage, drawStageWhere } from "./stages.ts";
import { drawCalendar, drawWindow } from "./spans.ts";
import { globs, patterns, pieces } from "./text-reference.ts";
import { amounts, days, emails, enumValues, lengths, numbers, texts, type World } from "./world.ts";

export const ops: readonly Op[] = ["=", "<", "<=", ">", ">="];

export interface Choice {
  readonly dice: Dice;
  readonly world: World;
  readonly segments: readonly Segment[];
  readonly scores: readonly Score[];
  readonly funnels: readonly Funnel[];
  /** Whether the conditions are judged for enrollments. */
  readonly isInside: boolean;
  /** Whether all may be drawn that compiles, or only what verdicts reason about. */
  readonly kinds: "all" | "reasoned";
}

export function drawCondition(choice: Choice, depth: number): Condition {
  const { dice, world } = choice;
  const inner = () => drawCondition(choice, depth - 1);
  if (depth > 0 && dice.chance(55)) {
    const kind = dice.pick(["all", "any", "not"] as const);
    return kind === "not" ? { kind, of: inner() } : { kind, of: dice.times(dice.below(4), inner) };
  }
  switch (dice.below(choice.kinds === "all" ? 16 : 14)) {
    case 0:
      return { kind: "constant", value: dice.chance(50) };
    case 1:
    case 2:
    case 11:
    case 12:
      return drawComparison(choice, null);
    case 14:
    case 15:
      return drawComparison(choice, null, drawAggregate(choice));
    case 3:
      if (choice.segments.length === 0) return inner();
      return { kind: "in segment", segment: dice.pick(choice.segments).id };
    case 4:
      return dice.chance(60)
        ? { kind: "in list", list: dice.pick(world.catalog.lists).name }
        : { kind: "in program", program: dice.pick(["onboarding", "other"]) };
    case 5:
      return dice.chance(50)
        ? { kind: "suppressed" }
        : { kind: "sample", share: dice.pick([0, 10, 50, 100]), salt: dice.pick(["a", "b"]) };
    case 6:
      return { kind: dice.pick(["subscribed", "refused"] as const), topic: dice.pick(world.catalog.topics).name };
    case 7:
      return drawChain(choice);
    default:
      return drawBehaviour(choice);
  }
}

function drawHistory({ dice, world, funnels }: Choice): EventTable {
  if (funnels.length > 0 && dice.chance(40)) {
    const stage = `stage ${dice.pick(funnels).name}`;
    return findEvent(world.catalog, dice.chance(50) ? changesOf(stage) : standingOf(stage));
  }
  const { name } = dice.pick(world.catalog.contact.fields.filter(({ isKey }) => !isKey));
  return findEvent(world.catalog, dice.chance(70) ? changesOf(name) : recordsOf(name));
}

/** Links of the same few people as the first event, so that some of them hold. */
function drawChain(choice: Choice): Chain {
  const { dice, world } = choice;
  const plain = (event: Behaviour): Behaviour => ({ ...event, count: null, distinct: null });
  const first = plain(drawBehaviour(choice));
  const count = dice.pick([1, 1, 1, 2, 3]);
  let before = first.event;
  const links = dice.times(count, (index): Link => {
    const drawn = plain(drawBehaviour({ ...choice, isInside: false }));
    const event: Behaviour = { ...drawn, from: null, until: null, scope: first.scope };
    const same = dice.chance(65) ? drawSame(dice, world, before, event.event) : null;
    before = event.event;
    const where = dice.chance(70) ? null : event.where;
    return {
      isNegated: index === count - 1 && dice.chance(45),
      event: { ...event, where },
      within: dice.pick(lengths),
      same,
    };
  });
  return { kind: "chain", first: dice.chance(60) ? { ...first, where: null } : first, links };
}

function drawSame(dice: Dice, { catalog }: World, before: string, behind: string): Link["same"] {
  const fieldsOf = (name: string) => findEvent(catalog, name).fields;
  const shared = fieldsOf(before).flatMap((field) => {
    const other = fieldsOf(behind).find(({ name }) => name === field.name);
    const isAlike = other && JSON.stringify(other.type) === JSON.stringify(field.type);
    return isAlike ? [{ name: field.name, by: byOf(classOf(field.type.scalar)) }] : [];
  });
  return shared.length > 0 ? dice.pick(shared) : null;
}

export function drawBehaviour(choice: Choice): Behaviour {
  const { dice, world } = choice;
  const event = dice.chance(15) ? drawHistory(choice) : dice.pick(world.catalog.events);
  const count = dice.chance(50) ? null : { op: dice.pick(ops), times: dice.below(4) };
  const window = dice.chance(55) ? null : drawWindow(dice);
  const scope: Scope = choice.isInside && window === null ? dice.pick(["all", "enrollment", "wait"] as const) : "all";
  const distinct = event.isMail ? "message" : event.key;
  return {
    kind: "behaviour",
    event: event.name,
    email: event.isMail && dice.chance(scope === "wait" ? 60 : 35) ? dice.pick(emails) : null,
    countsMachines: !event.isMail || dice.chance(30),
    where: drawBehaviourWhere(choice, event),
    count,
    distinct: dice.chance(70) ? distinct : null,
    from: window?.from ?? null,
    until: window?.until ?? null,
    scope,
  };
}

function drawBehaviourWhere(choice: Choice, event: EventTable): Condition | null {
  const { dice } = choice;
  if (funnelAsked(event.name) !== null && dice.chance(60)) return drawStageWhere(dice, event);
  return dice.chance(isHistory(event.name) ? 70 : 40) ? drawWhere(choice, event.fields, 2) : null;
}

export const functions: readonly AggregateFunction[] = [
  ...(["count of", "count of distinct", "sum of", "average of"] as const),
  ...(["lowest", "highest", "first", "last"] as const),
];
const summable: readonly Scalar["kind"][] = ["number", "money", "duration"];
const number: Type = { scalar: { kind: "number" }, isList: false, isNullable: false };
const datetime: Type = { scalar: { kind: "datetime" }, isList: false, isNullable: true };

function drawAggregate(choice: Choice): Aggregate {
  const { dice, world } = choice;
  const event = dice.pick(world.catalog.events);
  // Few events have something to be summed.
  const name = dice.pick([...functions, "sum of", "average of"] as const);
  const window = dice.chance(55) ? null : drawWindow(dice);
  const isOfTime = name !== "sum of" && name !== "average of" && dice.chance(25);
  const usable = event.fields.filter(({ name: own, type: { scalar } }) => {
    // That is the time of the event.
    if (own === "at") return false;
    if (name === "sum of" || name === "average of") return summable.includes(scalar.kind);
    return (name !== "lowest" && name !== "highest") || isOrdered(scalar);
  });
  // A mail has nothing to be summed.
  const field = isOfTime || usable.length === 0 ? null : dice.pick(usable);
  const isSum = name === "sum of" || name === "average of";
  const fit = name === "count of" || (isSum && field === null) ? "count of" : name;
  const isCount = fit === "count of" || fit === "count of distinct";
  return {
    kind: "aggregate",
    function: fit,
    event: event.name,
    email: null,
    countsMachines: !event.isMail || dice.chance(30),
    property: fit === "count of" ? null : (field?.name ?? (fit === "count of distinct" ? "at" : null)),
    where: dice.chance(40) ? drawWhere(choice, event.fields, 2) : null,
    by: field ? byOf(classOf(field.type.scalar)) : "plain",
    distinct: fit === "count of" && dice.chance(70) ? (event.isMail ? "message" : event.key) : null,
    type: isCount ? number : (field?.type ?? datetime),
    from: window?.from ?? null,
    until: window?.until ?? null,
    scope: choice.isInside && window === null ? dice.pick(["all", "enrollment"] as const) : "all",
  };
}

function drawWhere(choice: Choice, fields: readonly Field[], depth: number): Condition {
  const { dice } = choice;
  const inner = () => drawWhere(choice, fields, depth - 1);
  if (depth > 0 && dice.chance(40)) {
    const kind = dice.pick(["all", "any", "not"] as const);
    return kind === "not" ? { kind, of: inner() } : { kind, of: dice.times(1 + dice.below(2), inner) };
  }
  return dice.chance(5) ? { kind: "constant", value: dice.chance(50) } : drawComparison(choice, fields);
}

export function isDay(term: Term): boolean {
  if (term.kind === "literal") return term.literal.kind === "day";
  return term.kind === "moment" ? term.as === "day" : classOfTerm(term) === "day";
}

function columnsOf(choice: Choice, properties: readonly Field[] | null): readonly Term[] {
  const { catalog } = choice.world;
  const starts = choice.isInside
    ? ["purchased", "signed_up"].flatMap((name) => {
        const fields = catalog.events.find((event) => event.name === name)?.fields ?? [];
        return fields.map(
          (field): Term => ({ kind: "start property", name: field.name, type: field.type, events: [name] }),
        );
      })
    : [];
  const terms = (kind: "field" | "company field" | "property", fields: readonly Field[]): Term[] =>
    fields.filter((field) => !field.type.isList).map(({ name, type }) => ({ kind, name, type }));
  if (properties) {
    const inside = choice.isInside && choice.dice.chance(20) ? starts : [];
    return [...terms("property", properties), { kind: "occurred at" }, ...inside];
  }
  const aggregates = choice.kinds === "all" ? choice.dice.times(12, () => drawAggregate(choice)) : [];
  const dated = catalog.contact.fields.filter(({ type }) => isDated(type) && !type.isList);
  const anniversaries = choice.kinds === "all" ? choice.dice.times(4, () => drawAnniversary(choice, dated)) : [];
  const stored = terms("field", catalog.contact.fields);
  const derived =
    choice.kinds === "all" ? choice.dice.times(5, () => drawDerived(choice, [...aggregates, ...stored])) : [];
  return [
    ...aggregates,
    ...anniversaries,
    ...derived,
    ...terms("field", catalog.contact.fields),
    ...terms("company field", catalog.company?.fields ?? []),
    ...choice.scores.map(({ name }) => scoreTerm(name)),
    ...starts,
  ];
}

/** Of the depth of one choice: its conditions are about fields and events alone. */
function drawDerived(choice: Choice, columns: readonly Term[]): Term {
  const { dice } = choice;
  if (dice.chance(50)) {
    const first = dice.pick(columns);
    const alike = columns.filter((column) => classOfTerm(column) === classOfTerm(first));
    return {
      kind: "first known",
      of: [first, ...dice.times(1 + dice.below(2), () => dice.pick(alike))],
      type: typeOf(first),
    };
  }
  const isText = dice.chance(60);
  const literal = (): Literal =>
    isText ? { kind: "text", value: dice.pick(texts) } : { kind: "number", value: dice.pick(numbers) };
  const when = () => drawCondition({ ...choice, kinds: "reasoned" }, 1);
  return {
    kind: "chosen",
    arms: dice.times(1 + dice.below(3), () => ({ value: literal(), when: when() })),
    otherwise: dice.maybe(literal()),
    type: isText ? { scalar: { kind: "text", isExact: false }, isList: false, isNullable: true } : number,
  };
}

const typeOf = (term: Term): Type => ("type" in term ? term.type : datetime);

function drawAnniversary(choice: Choice, dated: readonly Field[]): Term {
  const { name, type } = choice.dice.pick(dated);
  const from = drawConstant(choice, "day");
  return { kind: "anniversary", of: { kind: "field", name, type }, from, type: { ...type, scalar: { kind: "date" } } };
}

function classOfTerm(term: Term): Class {
  return "type" in term ? classOf(term.type.scalar) : "instant";
}

/** `asked`: what is to be compared, if that is not drawn. */
function drawComparison(choice: Choice, properties: readonly Field[] | null, asked: Term | null = null): Condition {
  const { dice } = choice;
  const isWhole = choice.kinds === "all";
  if (properties === null && asked === null && dice.chance(isWhole ? 25 : 12)) return drawListContains(choice);
  const columns = columnsOf(choice, properties);
  if (properties === null && choice.funnels.length > 0 && dice.chance(12)) return drawStage(dice, choice.funnels, ops);
  const computed = columns.filter(({ kind }) => kind === "score");
  if (computed.length > 0 && dice.chance(12)) {
    const limit: Term = { kind: "literal", literal: { kind: "number", value: dice.pick(numbers) } };
    return { kind: "compare", op: dice.pick(ops), left: dice.pick(computed), right: limit, by: "plain" };
  }
  const kinds = [...new Set(columns.map(classOfTerm))];
  // Texts and days have more forms than the others.
  const rich = kinds.filter((candidate) => candidate === "text" || candidate === "exact" || candidate === "day");
  const drawn = dice.pick(rich.length > 0 && dice.chance(55) ? rich : kinds);
  const kind = asked ? classOfTerm(asked) : drawn;
  const term = asked ?? dice.pick(columns.filter((column) => classOfTerm(column) === kind));
  const by = byOf(kind);
  const alike = columns.filter((column) => classOfTerm(column) === kind);
  const right = () => (alike.length > 0 && dice.chance(25) ? dice.pick(alike) : drawConstant(choice, kind));
  const isText = kind === "text" || kind === "exact";
  // Whole texts are seldom like a pattern.
  const form = dice.pick([
    0,
    1,
    2,
    ...(isText ? [3, 4, 5, 3, 4, 5] : []),
    ...(isText ? (isWhole ? [6, 6, 6, 6, 7, 7, 8, 8] : [6, 6, 8]) : []),
  ]);
  if (form === 0) return { kind: "known", term: properties ? term : drawKnown(choice, term) };
  if (form === 1) return { kind: "one of", term, values: dice.times(dice.below(4), right), by };
  if (form === 2 && (kind === "day" || kind === "instant") && dice.chance(50)) {
    const other = columns.filter((column) => classOfTerm(column) === (kind === "day" ? "instant" : "day"));
    if (other.length > 0) return { kind: "compare", op: dice.pick(ops), left: term, right: dice.pick(other), by };
  }
  if (form === 2)
    return { kind: "compare", op: kind === "boolean" ? "=" : dice.pick(ops), left: term, right: right(), by };
  const letters = kind === "text" ? "text" : "exact";
  if (form === 6) return { kind: "matches glob", term, pattern: dice.pick(globs), by: letters };
  if (form === 7) return { kind: "matches regex", term, pattern: dice.pick(patterns), by: letters };
  if (form === 8) {
    const piece: Term = { kind: "literal", literal: { kind: "text", value: dice.pick(pieces) } };
    return { kind: "contains", term, value: dice.chance(25) ? right() : piece, by: letters };
  }
  const part = dice.pick(["ac", " AC", "gmbh ", "Acme", "R", "%", " "]);
  return {
    kind: dice.pick(["starts with", "ends with"] as const),
    term,
    text: part,
    by: letters,
  };
}

const isDated = ({ scalar }: Type) => scalar.kind === "date" || scalar.kind === "datetime";

/** Days are looked for among instants, too, and the other way round. */
function drawListContains(choice: Choice): Condition {
  const { dice, world } = choice;
  const field = dice.pick(
    world.catalog.contact.fields.filter(({ type }) => type.isList && (isDated(type) || dice.chance(40))),
  );
  const kind = classOf(field.type.scalar);
  const asked =
    (kind === "day" || kind === "instant") && dice.chance(70) ? dice.pick(["day", "instant"] as const) : kind;
  const columns = columnsOf(choice, null).filter((column) => classOfTerm(column) === asked);
  const value = columns.length > 0 && dice.chance(40) ? dice.pick(columns) : drawConstant(choice, asked);
  return { kind: "contains", term: { kind: "field", name: field.name, type: field.type }, value, by: byOf(kind) };
}

/** A list can be known, too. */
function drawKnown(choice: Choice, term: Term): Term {
  const list = choice.world.catalog.contact.fields.find((field) => field.type.isList);
  return list && choice.dice.chance(15) ? { kind: "field", name: list.name, type: list.type } : term;
}

function drawConstant(choice: Choice, kind: Class): Term {
  const { dice, world } = choice;
  const by = dice.pick(lengths);
  const moment = (as: "day" | "instant"): Term => ({
    kind: "moment",
    as,
    moment: dice.pick<Moment>([
      { kind: "now" },
      { kind: "shift", by: { ...by, amount: dice.chance(70) ? -by.amount : by.amount } },
      { kind: "day", date: dice.pick(days), edge: dice.pick(["start", "end"] as const) },
      { kind: "period", calendar: drawCalendar(dice), edge: dice.pick(["start", "end"] as const) },
      { kind: "instant", utc: new Date(world.now).toISOString() },
    ]),
  });
  const literal = (kind: "text" | "money" | "day" | "instant", value: string): Term => ({
    kind: "literal",
    literal: { kind, value },
  });
  switch (kind) {
    case "text":
    case "exact":
      return literal("text", dice.pick(texts));
    case "enum":
      return literal("text", dice.pick(enumValues));
    case "country":
      return literal("text", dice.pick(["DE", "US", "de"]));
    case "money":
      return literal("money", dice.pick(amounts));
    case "number":
      return { kind: "literal", literal: { kind: "number", value: dice.pick(numbers) } };
    case "boolean":
      return { kind: "literal", literal: { kind: "boolean", value: dice.chance(50) } };
    case "day":
      return dice.chance(50) ? literal("day", dice.pick(days)) : moment("day");
    case "instant":
      return dice.chance(50) ? literal("instant", new Date(world.now).toISOString()) : moment("instant");
  }
}
