// Random predicates as a writer would write them, each with what LANGUAGE.md says it means for one contact.

import type { EventTable, Field } from "../../compiler/ir/catalog.ts";
import { comparable, drawCheck, isDated, isWritten, readingOf } from "./source-checks.ts";
import { type Draw, drawEnd, drawMoment, drawPast, drawPeriod, spell, todayOf } from "./source-moments.ts";
import type { Dice } from "./dice.ts";
import { fold } from "./text-reference.ts";
import { days, emails, type EventRow, lengths, type Value, type World } from "./world.ts";

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
  order text?  nick text?  other number?  points number?  level number?  due date?  tags list of text?  marks list of number?  visits list of date?  stamps list of datetime?
  codes list of text exact?  ranks list of one of (gold, silver, grey)?  company text exact?
  zone timezone?  spent money?  dollars money USD?  part percent?  seen datetime?  sure boolean?  pause duration?
  away country?  page url?  rank one of (gold, silver, grey)?  at text?  select number?
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
program onboarding < enter every time  start when signed_up  exit when purchased  send welcome >
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
/** Each type as likely as any other, dates, datetimes and texts more so: they can be asked in the most ways. */
export function pickField(dice: Dice, fields: readonly Field[]): Field {
  const dated = fields.filter(isDated);
  if (dated.length > 0 && dice.chance(35)) return dice.pick(dated);
  const written = fields.filter(isWritten);
  if (written.length > 0 && dice.chance(20)) return dice.pick(written);
  const kind = dice.pick([...new Set(fields.map(({ type }) => type.scalar.kind))]);
  return dice.pick(fields.filter(({ type }) => type.scalar.kind === kind));
}

export function drawField(draw: Draw): Predicate {
  const { catalog } = draw.world;
  const isCompany = draw.dice.chance(20);
  const fields = (isCompany ? (catalog.company?.fields ?? []) : catalog.contact.fields).filter((field) => !field.isKey);
  const reading = readingOf(pickField(draw.dice, fields), isCompany ? "company." : "", fields);
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

export const windowKinds = [
  "none",
  "in",
  "in calendar",
  "in today",
  "since",
  "ever",
  "before",
  "before period",
  "between",
] as const;

export type Window = { readonly text: string; readonly includes: (at: number) => boolean };

export function drawWindow(draw: Draw, kinds: readonly (typeof windowKinds)[number][] = windowKinds): Window {
  const { dice, world } = draw;
  const kind = dice.pick(kinds);
  draw.note(`window ${kind}`);
  switch (kind) {
    case "in": {
      const by = dice.pick(lengths);
      const from = world.calendar.shift(world.now, { ...by, amount: -by.amount });
      if (dice.chance(50)) {
        draw.note("window in parameter");
        return { text: `in ${draw.parameter("duration", spell(by, dice))}`, includes: (at) => at >= from };
      }
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
      const [low, high] = [drawEnd(draw), drawEnd(draw)];
      const includes = (at: number) => at >= low.start && (high.end === null ? at <= high.start : at < high.end);
      return { text: `between ${low.text} and ${high.text}`, includes };
    }
    default:
      return { text: "", includes: () => true };
  }
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

/** A behaviour, and for each of its occurrences when it first came. */
export interface DrawnBehaviour extends Predicate {
  readonly isCounted: boolean;
  occurrencesOf(subject: Subject): readonly number[];
}

/** An event with what stands directly behind it, and which of a person's events it means, window and time apart. */
interface Events {
  readonly text: string;
  readonly event: EventTable;
  of(subject: Subject): readonly EventRow[];
}

function drawEvents(draw: Draw, isPlain: boolean): Events {
  const { dice, world } = draw;
  const event = dice.pick(world.catalog.events.filter(({ name }) => world.events.get(name)?.length !== 0));
  const isMachineEvent = event.name === "opened" || event.name === "clicked";
  const email = event.isMail && dice.chance(40) ? dice.pick(mails) : null;
  const isWithMachines = isMachineEvent && dice.chance(40);
  const where = !isPlain && dice.chance(40) ? drawWhere(draw, event.fields, event.isMail, 2) : null;
  if (email !== null) draw.note("email");
  if (isWithMachines) draw.note("including machines");
  if (where) draw.note("where");
  const text = [event.name, email, isWithMachines ? "including machines" : null, where && `where (${where.text})`];
  return {
    text: text.filter((part) => part !== null).join(" "),
    event,
    of: ({ row }) =>
      (world.events.get(event.name) ?? []).filter(
        (found) =>
          found.contactId === row.id &&
          found.at <= world.now &&
          (email === null || (typeof found.values.email === "string" && fold(found.values.email) === email)) &&
          (!isMachineEvent || isWithMachines || found.values.machine !== true) &&
          (where === null || where.holds(found)),
      ),
  };
}

export function drawBehaviour(draw: Draw): Predicate {
  return draw.dice.chance(35) ? drawChain(draw) : drawSingle(draw);
}

export function drawSingle(draw: Draw): DrawnBehaviour {
  const { dice } = draw;
  const events = drawEvents(draw, false);
  const words = Object.keys(countWords) as (keyof typeof countWords)[];
  const count = dice.chance(50) ? { word: dice.pick(words), times: dice.below(4) } : null;
  const window = drawWindow(draw);
  draw.note(count ? count.word : "bare event");
  const key = events.event.isMail ? "message" : events.event.key;
  const counted = count && `${count.word} ${count.times} ${count.times === 1 ? "time" : "times"}`;
  const occurrencesOf = (subject: Subject): readonly number[] => {
    const times = new Map<Value, number>();
    for (const found of events.of(subject).filter(({ at }) => window.includes(at))) {
      const occurrence = (key === null ? null : found.values[key]) ?? `row ${found.eventId}`;
      times.set(occurrence, Math.min(found.at, times.get(occurrence) ?? found.at));
    }
    return [...times.values()];
  };
  return {
    text: [events.text, counted, window.text].filter((part) => part !== null && part !== "").join(" "),
    isCounted: count !== null,
    occurrencesOf,
    holds(subject) {
      const found = occurrencesOf(subject).length;
      return count === null ? found > 0 : countWords[count.word](found, count.times);
    },
  };
}

interface Follow {
  readonly text: string;
  readonly events: Events;
  readonly isNegated: boolean;
  /** Events that follow one in time. */
  after(row: EventRow, subject: Subject): readonly EventRow[];
  /** When the time of what follows an event is over. */
  end(row: EventRow): number;
}

/** `asked followed by bought within 3d for the same topic`. */
function drawChain(draw: Draw): Predicate {
  const { dice, world } = draw;
  const first = drawEvents(draw, dice.chance(60));
  const window = dice.chance(50) ? drawWindow(draw) : { text: "", includes: () => true };
  const count = dice.pick([1, 1, 1, 2, 3]);
  draw.note(count === 1 ? "one link" : "several links");
  const follows: Follow[] = [];
  for (let index = 0; index < count; index++) {
    const before = follows.at(-1)?.events ?? first;
    follows.push(drawFollow(draw, before, index === count - 1));
  }
  const goesOn = (row: EventRow, subject: Subject, [follow, ...others]: readonly Follow[]): boolean => {
    if (!follow) return true;
    const next = follow.after(row, subject);
    if (follow.isNegated) return next.length === 0 && follow.end(row) <= world.now;
    return next.some((found) => goesOn(found, subject, others));
  };
  return {
    text: [first.text, window.text, ...follows.map(({ text }) => text)].filter((part) => part !== "").join(" "),
    holds: (subject) =>
      first
        .of(subject)
        .filter((row) => window.includes(row.at))
        .some((row) => goesOn(row, subject, follows)),
  };
}

function drawFollow(draw: Draw, before: Events, isLast: boolean): Follow {
  const { dice, world } = draw;
  const events = drawEvents(draw, dice.chance(70));
  const isNegated = isLast && dice.chance(45);
  const within = dice.pick(lengths);
  const shared = before.event.fields.filter(({ name, type }) =>
    events.event.fields.some((other) => other.name === name && JSON.stringify(other.type) === JSON.stringify(type)),
  );
  const same = shared.length > 0 && dice.chance(40) ? dice.pick(shared) : null;
  draw.note(isNegated ? "not followed by" : "followed by");
  if (same) draw.note("for the same");
  const end = (row: EventRow) => world.calendar.shift(row.at, within);
  const isTied = (row: EventRow, found: EventRow) => {
    if (same === null) return true;
    const [one, other] = [row.values[same.name] ?? null, found.values[same.name] ?? null].map((value) =>
      comparable(value, same),
    );
    return one !== null && one === other;
  };
  const text = [
    `${isNegated ? "not " : ""}followed by ${events.text} within ${spell(within, dice)}`,
    same && `for the same ${same.name}`,
  ];
  return {
    text: text.filter((part) => part !== null).join(" "),
    events,
    isNegated,
    end,
    after: (row, subject) =>
      events.of(subject).filter((found) => found.at > row.at && found.at <= end(row) && isTied(row, found)),
  };
}

export interface Where {
  readonly text: string;
  holds(event: EventRow): boolean;
}

const at: Field = {
  name: "at",
  type: { scalar: { kind: "datetime" }, isList: false, isNullable: false },
  isKey: false,
  doc: null,
};
/** What takes the name of a declaration, not any text. An email with variants cannot run yet, so none is named. */
export const declared: Readonly<Record<string, readonly string[]>> = {
  email: ["welcome", "tips_mail"],
  topic: ["tips", "news"],
  program: ["onboarding"],
  variant: [],
};
const namable = Object.keys(declared).filter((name) => declared[name]?.length);

function drawDeclared(draw: Draw, name: string): Where {
  const { dice } = draw;
  draw.note("declared name");
  const value = dice.pick(declared[name] ?? []);
  const form = dice.pick(["=", "!=", "is", "is not", "in", "not in"]);
  const isEqual = ({ values }: EventRow) => typeof values[name] === "string" && fold(String(values[name])) === value;
  const isNegated = form === "!=" || form.includes("not");
  return {
    text: `${name} ${form} ${form.endsWith("in") ? `(${value})` : value}`,
    holds: (event) => isEqual(event) !== isNegated,
  };
}

export function drawWhere(draw: Draw, properties: readonly Field[], isMail: boolean, depth: number): Where {
  const { dice } = draw;
  if (depth > 0 && dice.chance(35)) {
    const [one, two] = dice.times(2, () => drawWhere(draw, properties, isMail, depth - 1)) as [Where, Where];
    const word = dice.pick(["and", "or", "not"]);
    if (word === "not") return { text: `not (${one.text})`, holds: (event) => !one.holds(event) };
    const holds = (event: EventRow) =>
      word === "and" ? one.holds(event) && two.holds(event) : one.holds(event) || two.holds(event);
    return { text: `(${one.text} ${word} ${two.text})`, holds };
  }
  if (isMail && dice.chance(40)) return drawDeclared(draw, dice.pick(namable));
  const usable = [...properties.filter(({ name }) => !isMail || !(name in declared)), at];
  const field = pickField(dice, usable);
  if (field === at) draw.note("event time");
  const { text, check } = drawCheck(draw, readingOf(field, "", usable));
  return { text, holds: (event) => check((name) => (name === "at" ? event.at : (event.values[name] ?? null))) };
}

export function addressOf({ world, row }: Subject): string | null {
  const address = row[world.catalog.contact.address];
  return typeof address === "string" ? fold(address) : null;
}
