// Random comparisons of fields and properties, each with what it means for their values.

import type { Field } from "../../compiler/ir/catalog.ts";
import { type Draw, drawMoment, drawPeriod, type Point } from "./source-moments.ts";
import { amounts, enumValues, texts, type Value } from "./world.ts";

export const fold = (text: string) => text.replace(/^ +| +$/g, "").toLowerCase();
/** What a comparison reads: a field of the contact or its company, or a property of an event. */
interface Reading {
  readonly text: string;
  readonly field: Field;
  /** Others of the same type, by name. */
  readonly others: readonly string[];
}
type Check = (get: (name: string) => Value) => boolean;

type Ordered = "<" | "<=" | ">" | ">=";
const orders: readonly Ordered[] = ["<", "<=", ">", ">="];

function inOrder(one: number | string, op: Ordered, other: number | string): boolean {
  return { "<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other }[op];
}

/** In one form for all comparisons of a field: texts without case, money and numbers as numbers. */
function comparable(value: Value, field: Field): string | number | boolean | null {
  if (value === null) return null;
  const { scalar } = field.type;
  if (scalar.kind === "money") return Number(value);
  const isFolded = (scalar.kind === "text" && !scalar.isExact) || scalar.kind === "email" || scalar.kind === "url";
  return isFolded ? fold(String(value)) : value;
}

function drawLiteral({ dice }: Draw, field: Field): { readonly text: string; readonly value: Value } {
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
      return { text: dice.chance(50) ? value : `${value} EUR`, value };
    }
    case "boolean":
      return dice.chance(50) ? { text: "yes", value: true } : { text: "no", value: false };
    case "duration":
      return dice.pick([
        { text: "1h", value: 3600 },
        { text: "1d", value: 86_400 },
        { text: "2 days", value: 172_800 },
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

export const isDated = (field: Field) => field.type.scalar.kind === "date" || field.type.scalar.kind === "datetime";
const isWritten = ({ type: { scalar } }: Field) =>
  scalar.kind === "text" || scalar.kind === "url" || scalar.kind === "email";
const isOrdered = (field: Field) =>
  !["enum", "country", "boolean", "text", "url", "email"].includes(field.type.scalar.kind);

/** A check of anything but a date. */
function drawPlainCheck(draw: Draw, { field, others }: Reading): { readonly text: string; readonly check: Check } {
  const { dice } = draw;
  const own = (get: (name: string) => Value) => comparable(get(field.name), field);
  const literal = () => {
    const drawn = drawLiteral(draw, field);
    return { text: drawn.text, value: comparable(drawn.value, field) };
  };
  const forms = ["=", "!=", "is", "is not", "in", "not in", ...(isOrdered(field) ? [...orders, "between"] : [])];
  const form = dice.pick(isWritten(field) ? [...forms, "starts with", "ends with"] : forms);
  draw.note(form);
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
    const isIn: Check = (get) => values.some(({ value }) => own(get) !== null && own(get) === value);
    const text = `${form} (${values.map((value) => value.text).join(", ")})`;
    return { text, check: form === "in" ? isIn : (get) => !isIn(get) };
  }
  if (form === "between") {
    const [low, high] = [literal(), literal()];
    const between: Check = (get) => {
      const value = own(get);
      return typeof value === "number" && value >= Number(low.value) && value <= Number(high.value);
    };
    return { text: `between ${low.text} and ${high.text}`, check: between };
  }
  const other = others.length > 0 && dice.chance(85) && !form.startsWith("is") ? dice.pick(others) : null;
  if (other !== null) draw.note("field value");
  const drawn = literal();
  const right = (get: (name: string) => Value) => (other === null ? drawn.value : comparable(get(other), field));
  const text = `${form} ${other === null ? drawn.text : `field ${other}`}`;
  const isEqual: Check = (get) => own(get) !== null && own(get) === right(get);
  if (form === "=" || form === "is") return { text, check: isEqual };
  if (form === "!=" || form === "is not") return { text, check: (get) => !isEqual(get) };
  const order: Check = (get) => {
    const [one, two] = [own(get), right(get)];
    return one !== null && two !== null && inOrder(Number(one), form as Ordered, Number(two));
  };
  return { text, check: order };
}

/** A check of a date (by day) or a datetime (by instant). */
function drawDateCheck(draw: Draw, { field }: Reading): { readonly text: string; readonly check: Check } {
  const { dice } = draw;
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
    "=",
    "!=",
    ...orders,
    "before",
    "after",
    "before period",
    "after period",
    "between",
    "in calendar",
  ]);
  draw.note(form);
  if (form === "in calendar") {
    const period = drawPeriod(draw);
    return { text: `in ${period.text}`, check: lies(period) };
  }
  if (form === "between") {
    const [low, high] = [drawMoment(draw), drawMoment(draw)];
    const check = known((value) => !isBefore(value, low) && !isBehind(value, high));
    return { text: `between ${low.text} and ${high.text}`, check };
  }
  const point = form.endsWith("period") ? drawPeriod(draw) : drawMoment(draw);
  const text = `${form.replace(" period", "")} ${point.text}`;
  switch (form) {
    case "=":
      return { text, check: lies(point) };
    case "!=":
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

export function drawCheck(draw: Draw, reading: Reading): { readonly text: string; readonly check: Check } {
  const { field } = reading;
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
    JSON.stringify(other.type) === JSON.stringify(field.type) && other.name !== field.name;
  return {
    text: `${prefix}${field.name}`,
    field,
    others: prefix === "" ? fields.filter(isSame).map(({ name }) => name) : [],
  };
}
