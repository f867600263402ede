// Random predicates as a writer would write them, each with what LANGUAGE.md says it means for one contact.

import type { Field } from "../../compiler/ir/catalog.ts";
import type { Length } from "../../compiler/ir/condition.ts";
import type { Dice } from "./dice.ts";
import { amounts, days, emails, enumValues, type EventRow, lengths, texts, type Value, type World } from "./world.ts";

export const project = `project p <
  language 1
  time zone "Europe/Berlin"
  currency EUR
  first weekday sunday
  sender "Ana <ana@acme.example>"
  postal address "Acme, Torstr. 1, Berlin"
>
contact <
  id text key  email email?  name text?  code text exact?  role one of (gold, silver, grey)?  seats number?
  arr money?  share percent?  renewal date?  met datetime?  vip boolean?  span duration?  home country?  site url?
  order text?  nick text?  other number?  points number?  level number?  due date?  tags list of text?  company text exact?
>
company < domain text key  size number?  plan text?  since_day date? >
event purchased < amount money?  product text?  order_id text? key  plan one of (gold, silver, grey)?  paid_at datetime? >
event signed_up < plan one of (gold, silver, grey)?  source text? >
list vips
list press
topic tips "Tips" opt out
topic news "News" opt in
email welcome < subject "Hi" text "Hello" topic tips >
email tips_mail < subject "Hi" text "Hello" topic news >
segment Buyers where purchased
segment Quiet(span duration) where not opened in span
segment Plain(what one of (gold, silver, grey) = gold) where role = what
`;

/** A contact as the meaning of a predicate sees it. */
export interface Subject {
  readonly world: World;
  readonly row: Readonly<Record<string, Value>>;
}
export interface Predicate {
  readonly text: string;
  holds(subject: Subject): boolean;
}
export interface Draw {
  readonly dice: Dice;
  readonly world: World;
  /** Notes which alternative was drawn. */
  note(alternative: string): void;
}

const fold = (text: string) => text.replace(/^ +| +$/g, "").toLowerCase();

/** Dates and datetimes as places in time: from `start` up to but without `end`; an instant has no end. */
interface Point {
  readonly text: string;
  readonly start: number;
  readonly end: number | null;
  readonly startDay: string;
  readonly endDay: string;
}

function spell({ amount, unit }: Length, dice: Dice): string {
  const long = { min: "minutes", h: "hours", d: "days", w: "weeks", mo: "months", y: "years" }[unit];
  return dice.chance(20) ? `${amount} ${long}` : `${amount}${unit}`;
}

function drawRelative({ dice, world }: Draw): Point {
  const by = dice.pick(lengths);
  const isPast = dice.chance(70);
  const moved = { ...by, amount: isPast ? -by.amount : by.amount };
  const start = world.calendar.shift(world.now, moved);
  const isExact = by.unit === "min" || by.unit === "h";
  const startDay = isExact
    ? world.calendar.dayOf(start)
    : world.calendar.shiftDay(world.calendar.dayOf(world.now), moved);
  return { text: `${spell(by, dice)} ${isPast ? "ago" : "from now"}`, start, end: null, startDay, endDay: startDay };
}

const next = (world: World, day: string) => world.calendar.shiftDay(day, { amount: 1, unit: "d" });

function wholeDays(world: World, text: string, startDay: string, endDay: string): Point {
  return { text, start: world.calendar.startOfDay(startDay), end: world.calendar.startOfDay(endDay), startDay, endDay };
}

function drawMoment(draw: Draw): Point {
  const { dice, world } = draw;
  const kind = dice.pick(["relative", "date", "datetime", "today", "now"] as const);
  draw.note(`moment ${kind}`);
  switch (kind) {
    case "relative":
      return drawRelative(draw);
    case "date": {
      const day = dice.pick(days);
      return wholeDays(world, day, day, next(world, day));
    }
    case "datetime": {
      const at = dice.pick(["2026-03-29 09:00", "2026-03-29T02:30", "2026-03-30 08:00:00Z"]);
      const [day = "", clock = ""] = at.split(/[ T]/);
      const start = at.endsWith("Z") ? Date.parse(`${day}T${clock}`) : world.calendar.instantOf(`${day}T${clock}`);
      const startDay = world.calendar.dayOf(start);
      return { text: at, start, end: null, startDay, endDay: startDay };
    }
    case "today": {
      const day = world.calendar.dayOf(world.now);
      return wholeDays(world, "today", day, next(world, day));
    }
    case "now": {
      const day = world.calendar.dayOf(world.now);
      return { text: "now", start: world.now, end: null, startDay: day, endDay: day };
    }
  }
}

/** Worked out from the day by hand, not by the compiler's calendar. Weeks start on Sunday. */
function drawPeriod({ dice, world }: Pick<Draw, "dice" | "world">): Point {
  const today = world.calendar.dayOf(world.now);
  const [year = 0, month = 0, date = 0] = today.split("-").map(Number);
  const day = (y: number, m: number, d: number) => new Date(Date.UTC(y, m - 1, d)).toISOString().slice(0, 10);
  const kind = dice.pick(["this", "last", "next"]);
  const by = kind === "this" ? 0 : kind === "last" ? -1 : 1;
  switch (dice.below(6)) {
    case 0: {
      const sunday = date - new Date(Date.UTC(year, month - 1, date)).getUTCDay() + 7 * by;
      return wholeDays(world, `${kind} week`, day(year, month, sunday), day(year, month, sunday + 7));
    }
    case 1:
      return wholeDays(world, `${kind} month`, day(year, month + by, 1), day(year, month + by + 1, 1));
    case 2: {
      const first = 3 * Math.floor((month - 1) / 3) + 1 + 3 * by;
      return wholeDays(world, `${kind} quarter`, day(year, first, 1), day(year, first + 3, 1));
    }
    case 3:
      return wholeDays(world, `${kind} year`, day(year + by, 1, 1), day(year + by + 1, 1, 1));
    case 4:
      return wholeDays(world, "yesterday", day(year, month, date - 1), today);
    default:
      return wholeDays(world, "tomorrow", day(year, month, date + 1), day(year, month, date + 2));
  }
}

/** Events are not asked for in a period that has not begun. */
function drawPast(draw: Draw): Point {
  const period = drawPeriod(draw);
  return /^(next|tomorrow)/.test(period.text) ? drawPast(draw) : period;
}

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

const isDated = (field: Field) => field.type.scalar.kind === "date" || field.type.scalar.kind === "datetime";
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

function drawCheck(draw: Draw, reading: Reading): { readonly text: string; readonly check: Check } {
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

function readingOf(field: Field, prefix: string, fields: readonly Field[]): Reading {
  const isSame = (other: Field) =>
    JSON.stringify(other.type) === JSON.stringify(field.type) && other.name !== field.name;
  return {
    text: `${prefix}${field.name}`,
    field,
    others: prefix === "" ? fields.filter(isSame).map(({ name }) => name) : [],
  };
}

export function drawField(draw: Draw): Predicate {
  const { catalog } = draw.world;
  const isCompany = draw.dice.chance(20);
  const fields = (isCompany ? (catalog.company?.fields ?? []) : catalog.contact.fields).filter((field) => !field.isKey);
  const dated = fields.filter(isDated);
  const reading = readingOf(draw.dice.pick(draw.dice.chance(45) ? dated : fields), isCompany ? "company." : "", fields);
  draw.note(isCompany ? "company field" : "field");
  const { text, check } = drawCheck(draw, reading);
  return {
    text,
    holds: ({ world, row }) => {
      const company = world.companies.find((candidate) => candidate.domain === row.company);
      const source = isCompany ? company : row;
      return check((name) => source?.[name] ?? null);
    },
  };
}

type Window = { readonly text: string; readonly includes: (at: number) => boolean };

function drawWindow(draw: Draw): Window {
  const { dice, world } = draw;
  const kind = dice.pick([
    "none",
    "in",
    "in calendar",
    "in today",
    "since",
    "ever",
    "before",
    "before period",
    "between",
  ]);
  draw.note(`window ${kind}`);
  switch (kind) {
    case "in": {
      const by = dice.pick(lengths);
      const from = world.calendar.shift(world.now, { ...by, amount: -by.amount });
      return { text: `in ${spell(by, dice)}`, includes: (at) => at >= from };
    }
    case "in calendar": {
      const { text, start, end } = drawPast(draw);
      return { text: `in ${text}`, includes: (at) => at >= start && at < (end ?? 0) };
    }
    case "in today": {
      const { start, end } = todayOf(world);
      return { text: "in today", includes: (at) => at >= start && at < (end ?? 0) };
    }
    case "since": {
      const day = dice.pick(days);
      return { text: `since ${day}`, includes: (at) => at >= world.calendar.startOfDay(day) };
    }
    case "ever":
      return { text: "ever", includes: () => true };
    case "before":
    case "before period": {
      const { text, start } = kind === "before" ? drawMoment(draw) : drawPeriod(draw);
      return { text: `before ${text}`, includes: (at) => at < start };
    }
    case "between": {
      const [low, high] = [drawMoment(draw), drawMoment(draw)];
      const includes = (at: number) => at >= low.start && (high.end === null ? at <= high.start : at < high.end);
      return { text: `between ${low.text} and ${high.text}`, includes };
    }
    default:
      return { text: "", includes: () => true };
  }
}

function todayOf(world: World): Point {
  const day = world.calendar.dayOf(world.now);
  return wholeDays(world, "today", day, next(world, day));
}

const countWords = {
  "at least": (found: number, times: number) => found >= times,
  "at most": (found: number, times: number) => found <= times,
  exactly: (found: number, times: number) => found === times,
  "more than": (found: number, times: number) => found > times,
  "fewer than": (found: number, times: number) => found < times,
};

/** The mails that both the project declares and rows name. */
const mails = emails.filter((email) => email === "welcome");

export function drawBehaviour(draw: Draw): Predicate {
  const { dice, world } = draw;
  const event = dice.pick(world.catalog.events.filter(({ name }) => world.events.get(name)?.length !== 0));
  const isMachineEvent = event.name === "opened" || event.name === "clicked";
  const email = event.isMail && dice.chance(40) ? dice.pick(mails) : null;
  const isWithMachines = isMachineEvent && dice.chance(40);
  const where = dice.chance(40) ? drawWhere(draw, event.fields, 2) : null;
  const words = Object.keys(countWords) as (keyof typeof countWords)[];
  const count = dice.chance(50) ? { word: dice.pick(words), times: dice.below(4) } : null;
  const window = drawWindow(draw);
  draw.note(count ? count.word : "bare event");
  if (email !== null) draw.note("email");
  if (isWithMachines) draw.note("including machines");
  if (where) draw.note("where");
  const key = event.isMail ? "message" : event.key;
  const text = [
    event.name,
    email,
    isWithMachines ? "including machines" : null,
    where && `where (${where.text})`,
    count && `${count.word} ${count.times} ${count.times === 1 ? "time" : "times"}`,
    window.text,
  ];
  return {
    text: text.filter((part) => part !== null && part !== "").join(" "),
    holds({ row }) {
      const rows = (world.events.get(event.name) ?? []).filter(
        (found) =>
          found.contactId === row.id &&
          found.at <= world.now &&
          window.includes(found.at) &&
          (email === null || found.values.email === email) &&
          (!isMachineEvent || isWithMachines || found.values.machine !== true) &&
          (where === null || where.holds(found)),
      );
      if (count === null) return rows.length > 0;
      const occurrences = new Set(
        rows.map((found) => (key === null ? null : found.values[key]) ?? `row ${found.eventId}`),
      );
      return countWords[count.word](occurrences.size, count.times);
    },
  };
}

interface Where {
  readonly text: string;
  holds(event: EventRow): boolean;
}

const at: Field = {
  name: "at",
  type: { scalar: { kind: "datetime" }, isList: false, isNullable: false },
  isKey: false,
  doc: null,
};
/** What takes the name of a declaration, not any text. */
const declared = new Set(["email", "topic", "program", "variant"]);

function drawWhere(draw: Draw, properties: readonly Field[], depth: number): Where {
  const { dice } = draw;
  if (depth > 0 && dice.chance(35)) {
    const [one, two] = [drawWhere(draw, properties, depth - 1), drawWhere(draw, properties, depth - 1)];
    const word = dice.pick(["and", "or", "not"]);
    if (word === "not") return { text: `not (${one.text})`, holds: (event) => !one.holds(event) };
    const holds = (event: EventRow) =>
      word === "and" ? one.holds(event) && two.holds(event) : one.holds(event) || two.holds(event);
    return { text: `(${one.text} ${word} ${two.text})`, holds };
  }
  const usable = [...properties.filter(({ name }) => !declared.has(name)), at];
  const field = dice.pick(usable);
  if (field === at) draw.note("event time");
  const { text, check } = drawCheck(draw, readingOf(field, "", usable));
  return { text, holds: (event) => check((name) => (name === "at" ? event.at : (event.values[name] ?? null))) };
}

export function addressOf({ world, row }: Subject): string | null {
  const address = row[world.catalog.contact.address];
  return typeof address === "string" ? fold(address) : null;
}
