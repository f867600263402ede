// Random comparisons of fields and properties, each with what it means for their values.

import type { Field } from "../../compiler/ir/catalog.ts";
import { drawListCheck, drawTextCheck, textForms } from "./source-inside.ts";
import { type Draw, drawEnd, drawMoment, drawPeriod, type Point } from "./source-moments.ts";
import { fold } from "./text-reference.ts";
import { amounts, enumValues, texts, type Value, zones } from "./world.ts";

/** What a comparison reads: a field of the contact or its company, or a property of an event. */
export interface Reading {
  readonly text: string;
  readonly field: Field;
  /** Others of the same type, and of a date those of a datetime too. */
  readonly others: readonly Field[];
  /** Behind it `in last month` is a window, not a comparison. */
  readonly isAggregate: boolean;
}
export type Check = (get: (name: string) => Value) => boolean;

type Ordered = "<" | "<=" | ">" | ">=";
const orders: readonly Ordered[] = ["<", "<=", ">", ">="];

type Comparable = string | number | boolean | null;

function inOrder(one: Comparable, op: Ordered, other: Comparable): boolean {
  if (one === null || other === null) return false;
  return { "<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other }[op];
}

/** In one form for all comparisons of a field: texts without case, money and numbers as numbers. */
export function comparable(value: Value, field: Field): string | number | boolean | null {
  if (value === null) return null;
  const { scalar } = field.type;
  if (scalar.kind === "money") return Number(value);
  const isFolded = (scalar.kind === "text" && !scalar.isExact) || ["email", "url", "timezone"].includes(scalar.kind);
  return isFolded ? fold(String(value)) : value;
}

export function drawLiteral({ dice }: Draw, field: Field): { readonly text: string; readonly value: Value } {
  const { scalar } = field.type;
  switch (scalar.kind) {
    case "number": {
      const value = dice.pick([0, 0.5, 1, 2, 10]);
      return { text: String(value), value };
    }
    case "percent": {
      const value = dice.pick([0, 1, 2, 10]);
      return { text: `${value}%`, value };
    }
    case "money": {
      const value = dice.pick(amounts);
      return { text: dice.chance(50) ? value : `${value} ${scalar.currency}`, value };
    }
    case "timezone": {
      const value = dice.pick(zones);
      return { text: JSON.stringify(dice.chance(30) ? value.toLowerCase() : value), value };
    }
    case "boolean":
      return dice.chance(50) ? { text: "yes", value: true } : { text: "no", value: false };
    case "duration":
      return dice.pick([
        { text: "1h", value: 3600 },
        { text: "1d", value: 86_400 },
        { text: "2 days", value: 172_800 },
        { text: "90min", value: 5400 },
        { text: "1w", value: 604_800 },
        { text: "1mo", value: 2_592_000 },
        { text: "1y", value: 31_536_000 },
      ]);
    case "enum": {
      const value = dice.pick(enumValues);
      return { text: value, value };
    }
    case "country":
      return dice.pick([
        { text: "DE", value: "DE" },
        { text: "US", value: "US" },
      ]);
    default: {
      const value = dice.pick(texts);
      return { text: JSON.stringify(value), value };
    }
  }
}

function typeText({ type: { scalar } }: Field): string {
  if (scalar.kind === "money") return `money ${scalar.currency}`;
  return scalar.kind === "enum" ? `one of (${scalar.values.join(", ")})` : scalar.kind;
}

/** A literal, or now and then a parameter that stands for it. */
function drawValue(draw: Draw, field: Field): { readonly text: string; readonly value: Value } {
  const { text, value } = drawLiteral(draw, field);
  return { text: draw.dice.chance(45) ? draw.parameter(typeText(field), text) : text, value };
}

export const isDated = (field: Field) => field.type.scalar.kind === "date" || field.type.scalar.kind === "datetime";
export const isWritten = ({ type: { scalar, isList } }: Field) =>
  !isList && (scalar.kind === "text" || scalar.kind === "url" || scalar.kind === "email");
const isOrdered = (field: Field) => !["enum", "country", "boolean", "timezone"].includes(field.type.scalar.kind);

/** A check of anything but a date. */
function drawPlainCheck(
  draw: Draw,
  { field, others }: Omit<Reading, "isAggregate">,
): { readonly text: string; readonly check: Check } {
  const { dice } = draw;
  const own = (get: (name: string) => Value) => comparable(get(field.name), field);
  const literal = () => {
    const drawn = drawValue(draw, field);
    return { text: drawn.text, value: comparable(drawn.value, field) };
  };
  const forms = ["=", "!=", "is", "is not", "in", "not in", ...(isOrdered(field) ? [...orders, "between"] : [])];
  const affixes = ["starts with", "ends with"];
  const form = dice.pick(
    isWritten(field) ? [...forms, ...affixes, ...affixes, ...affixes, ...textForms, ...textForms, ...textForms] : forms,
  );
  draw.note(form);
  const inside = textForms.find((candidate) => candidate === form);
  if (inside) return drawTextCheck(draw, { field, others }, inside);
  if (form === "starts with" || form === "ends with") {
    const part = dice.pick(["ac", " AC", "gmbh ", "Acme", "R", "%"]);
    const isExact = field.type.scalar.kind === "text" && field.type.scalar.isExact;
    return {
      text: `${form} ${JSON.stringify(part)}`,
      check(get) {
        const value = own(get);
        if (typeof value !== "string") return false;
        const wanted = isExact ? part : fold(part);
        return form === "starts with" ? value.startsWith(wanted) : value.endsWith(wanted);
      },
    };
  }
  if (form === "in" || form === "not in") {
    const values = dice.times(1 + dice.below(3), literal);
    const other = others.length > 0 && dice.chance(60) ? dice.pick(others) : null;
    if (other) draw.note("field among values");
    const isIn: Check = (get) => {
      const among = [...values.map(({ value }) => value), other && comparable(get(other.name), other)];
      return own(get) !== null && among.includes(own(get));
    };
    const texts = [...values.map((value) => value.text), ...(other ? [`field ${other.name}`] : [])];
    return { text: `${form} (${texts.join(", ")})`, check: form === "in" ? isIn : (get) => !isIn(get) };
  }
  if (form === "between") {
    const [low, high] = [literal(), literal()];
    const between: Check = (get) => {
      const value = own(get);
      return value !== null && inOrder(value, ">=", low.value) && inOrder(value, "<=", high.value);
    };
    return { text: `between ${low.text} and ${high.text}`, check: between };
  }
  const other = others.length > 0 && dice.chance(40) ? dice.pick(others) : null;
  if (other !== null) draw.note("field value");
  const drawn = other ? null : literal();
  const right = (get: (name: string) => Value) => (other ? comparable(get(other.name), other) : (drawn?.value ?? null));
  const text = `${form} ${other ? `field ${other.name}` : drawn?.text}`;
  const isEqual: Check = (get) => own(get) !== null && own(get) === right(get);
  if (form === "=" || form === "is") return { text, check: isEqual };
  if (form === "!=" || form === "is not") return { text, check: (get) => !isEqual(get) };
  const order: Check = (get) => {
    return inOrder(own(get), form as Ordered, right(get));
  };
  return { text, check: order };
}

/** A check of a date (by day) or a datetime (by instant). */
function drawDateCheck(
  draw: Draw,
  { field, others, isAggregate }: Reading,
): { readonly text: string; readonly check: Check } {
  const { dice } = draw;
  if (others.length > 0 && dice.chance(20)) return drawDateField(draw, field, dice.pick(others));
  const isDay = field.type.scalar.kind === "date";
  const startOf = (point: Point) => (isDay ? point.startDay : point.start);
  /** First moment behind the point; null where the point is an instant, so that it is a single value. */
  const endOf = (point: Point) => (point.end === null ? null : isDay ? point.endDay : point.end);
  const isBefore = (value: string | number, point: Point) => value < startOf(point);
  const isBehind = (value: string | number, point: Point) => {
    const end = endOf(point);
    return end === null ? value > startOf(point) : value >= end;
  };
  const known = (test: (value: string | number) => boolean): Check => {
    return (get) => {
      const value = get(field.name);
      return (typeof value === "string" || typeof value === "number") && test(value);
    };
  };
  const lies = (point: Point) => known((value) => !isBefore(value, point) && !isBehind(value, point));
  const form = dice.pick([
    ...["=", "!=", "is", "is not", "in", "not in"],
    ...orders,
    "before",
    "after",
    "before period",
    "after period",
    "between",
    ...(isAggregate ? [] : ["in calendar"]),
  ]);
  draw.note(form);
  if (form === "in calendar") {
    const period = drawPeriod(draw);
    return { text: `in ${period.text}`, check: lies(period) };
  }
  if (form === "between") {
    const [low, high] = [drawEnd(draw), drawEnd(draw)];
    const check = known((value) => !isBefore(value, low) && !isBehind(value, high));
    return { text: `between ${low.text} and ${high.text}`, check };
  }
  if (form === "in" || form === "not in") {
    const points = dice.times(1 + dice.below(2), () => drawEnd(draw));
    const isIn: Check = (get) => points.some((point) => lies(point)(get));
    const text = `${form} (${points.map((point) => point.text).join(", ")})`;
    return { text, check: form === "in" ? isIn : (get) => !isIn(get) };
  }
  const isSide = form.startsWith("before") || form.startsWith("after");
  const point = form.endsWith("period") ? drawPeriod(draw) : isSide ? drawMoment(draw) : drawEnd(draw);
  const text = `${form.replace(" period", "")} ${point.text}`;
  switch (form) {
    case "=":
    case "is":
      return { text, check: lies(point) };
    case "!=":
    case "is not":
      return { text, check: (get) => !lies(point)(get) };
    case "<":
    case "before":
    case "before period":
      return { text, check: known((value) => isBefore(value, point)) };
    case "<=":
      return { text, check: known((value) => !isBehind(value, point)) };
    case ">=":
      return { text, check: known((value) => !isBefore(value, point)) };
    default:
      return { text, check: known((value) => isBehind(value, point)) };
  }
}

/** Two dates or two datetimes as they are, one of each by day. */
function drawDateField(draw: Draw, field: Field, other: Field): { readonly text: string; readonly check: Check } {
  const form = draw.dice.pick(["=", "!=", ...orders]);
  draw.note(form);
  draw.note(field.type.scalar.kind === other.type.scalar.kind ? "field value" : "date beside datetime");
  const isByDay = [field, other].some(({ type }) => type.scalar.kind === "date");
  const inDays = (value: Value) => (isByDay && typeof value === "number" ? draw.world.calendar.dayOf(value) : value);
  const check: Check = (get) => {
    const [one, two] = [inDays(get(field.name)), inDays(get(other.name))];
    if (form === "=" || form === "!=") return (one !== null && one === two) === (form === "=");
    return inOrder(one, form as Ordered, two);
  };
  return { text: `${form} field ${other.name}`, check };
}

export function drawCheck(draw: Draw, reading: Reading): { readonly text: string; readonly check: Check } {
  const { field } = reading;
  if (field.type.isList && draw.dice.chance(80)) {
    const { text, check } = drawListCheck(draw, field, (scalar) => {
      const item = { ...field, type: { ...field.type, isList: false, scalar } };
      return drawLiteral(draw, item);
    });
    return { text: `${reading.text} ${text}`, check };
  }
  if (field.type.isList || draw.dice.chance(20)) {
    const form = draw.dice.pick(["is known", "is unknown", "is not known", "is not unknown"]);
    draw.note(form);
    const wantsKnown = form === "is known" || form === "is not unknown";
    const text = `${reading.text} ${form}`;
    return { text, check: (get) => (get(field.name) !== null) === wantsKnown };
  }
  const { text, check } = isDated(field) ? drawDateCheck(draw, reading) : drawPlainCheck(draw, reading);
  return { text: `${reading.text} ${text}`, check };
}

export function readingOf(field: Field, prefix: string, fields: readonly Field[]): Reading {
  const isSame = (other: Field) =>
    other.name !== field.name &&
    (JSON.stringify(other.type.scalar) === JSON.stringify(field.type.scalar) || (isDated(other) && isDated(field))) &&
    !other.type.isList;
  return {
    text: `${prefix}${field.name}`,
    field,
    others: prefix === "" ? fields.filter(isSame) : [],
    isAggregate: false,
  };
}
