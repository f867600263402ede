// A witness in a few words, and as other tools read it: only what is asked of her.

import type { Person, Values } from "../../grammar/diagnostics/entry.ts";
import type { Shown } from "../../grammar/diagnostics/table.ts";
import type { Moment, Term } from "../ir/condition.ts";
import { type Ground, isVariable, nameOf, type Variable } from "./ground.ts";
import { type Filter, filterTerms } from "./leaf.ts";
import { readList } from "./lists.ts";
import type { Literal } from "./literal.ts";
import type { Sketch } from "./person.ts";
import { classOf, termsOf, type Value } from "./values.ts";
import type { Witness, WitnessEvent } from "./witness.ts";

interface Telling {
  readonly ground: Ground;
  readonly witness: Witness;
  readonly literals: readonly Literal[];
  readonly filters: readonly Filter[];
  readonly variables: ReadonlyMap<string, Variable>;
  /** Whether times are told as seen from now. */
  readonly isRelative: boolean;
}

/** null: nothing is asked of her that could be told. */
export function shownOf({ witness, literals }: Sketch, ground: Ground): Shown | null {
  const filters = literals.flatMap((literal) => (literal.kind === "count" ? [literal.filter] : []));
  const own = literals.flatMap((literal) => (literal.kind === "value" ? termsOf(literal.leaf) : []));
  const moments = [...own, ...filters.flatMap(filterTerms)].flatMap(momentIn);
  const isRelative = moments.every(({ kind }) => kind === "now" || kind === "shift");
  const variables = new Map(own.filter(isVariable).map((one) => [nameOf(one), one] as const));
  const telling: Telling = { ground, witness, literals, filters, variables, isRelative };
  const fields = fieldsIn(telling);
  const events = eventsIn(telling);
  const deeds = [...events.did, ...statesIn(telling, literals), ...events.never];
  if (fields.length + deeds.length === 0) return null;
  const isDated = !isRelative && moments.some(({ kind }) => ["now", "shift", "period"].includes(kind));
  const parts = [
    fields.length > 0 ? `with ${joined(fields)}` : "",
    deeds.length > 0 ? `who ${joined(deeds)}` : "",
    isDated ? `on ${ground.calendar.dayOf(witness.now)}` : "",
  ].filter((part) => part !== "");
  return { who: `someone ${parts.join(", ")}${parts.length > 1 ? "," : ""}`, person: personOf(telling) };
}

function momentIn(term: Term): readonly Moment[] {
  if (term.kind === "moment") return [term.moment];
  if (term.kind !== "literal" || (term.literal.kind !== "day" && term.literal.kind !== "instant")) return [];
  return [{ kind: "instant", utc: term.literal.value }];
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function fieldsIn(telling: Telling): readonly string[] {
  const { witness, variables } = telling;
  const said = [...variables].flatMap(([name, variable]): readonly string[] => {
    if (variable.kind === "field") return [valued(telling, variable, variable.name, witness.contact[variable.name])];
    if (variable.kind === "start property") {
      return [valued(telling, variable, `event.${variable.name}`, witness.start[variable.name])];
    }
    if (variable.kind !== "company field" || !witness.company) return [];
    return [valued(telling, variable, name.replace("company field ", "company."), witness.company[variable.name])];
  });
  const isAlone = [...variables.values()].some(({ kind }) => kind === "company field") && !witness.company;
  return isAlone ? [...said, "no company"] : said;
}

function valued(telling: Telling, variable: Variable, name: string, value: Value | undefined): string {
  if (value === null || value === undefined) return `\`${name}\` unknown`;
  const kind = classOf(variable);
  if (kind === "list") return listed(telling, variable, name, value);
  const isTime = kind === "instant" || kind === "day";
  if (isTime && telling.isRelative) return `\`${name}\` ${ageOf(value, telling)}`;
  return `\`${name} = ${written(variable, value, telling)}\``;
}

/** What is asked of a list is what it holds, or whether it is known. */
function listed({ ground, literals }: Telling, variable: Variable, name: string, value: Value): string {
  const isAsked = literals.some((literal) => {
    return literal.kind === "value" && literal.leaf.kind === "contains" && isSame(literal.leaf.term, variable);
  });
  if (!isAsked) return `\`${name}\` known`;
  const items = readList(String(value));
  if (items.length === 0) return `\`${name}\` empty`;
  return `\`${name}\` holding ${joined(items.map((item) => `\`${itemWords(item, variable, ground)}\``))}`;
}

const isSame = (term: Term, variable: Variable): boolean => isVariable(term) && nameOf(term) === nameOf(variable);

function itemWords(item: string, variable: Variable, ground: Ground): string {
  if (!("type" in variable)) return item;
  const { kind } = variable.type.scalar;
  if (kind === "datetime") return minuteOf(Number(item), ground);
  return ["text", "email", "url", "timezone"].includes(kind) ? JSON.stringify(item) : item;
}

function written(variable: Variable, value: Value, { ground }: Telling): string {
  switch (classOf(variable)) {
    case "boolean":
      return value === true ? "yes" : "no";
    case "instant":
      return typeof value === "number" ? minuteOf(value, ground) : String(value);
    case "text":
      return JSON.stringify(value);
    case "whole":
      return `${Number(value) / 60}min`;
    default:
      return "type" in variable && variable.type.scalar.kind === "percent" ? `${value}%` : String(value);
  }
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** The day and the clock in the zone of the project. */
function minuteOf(at: number, { calendar }: Ground): string {
  const date = calendar.dayOf(at);
  const clock = new Date(at - calendar.startOfDay(date)).toISOString().slice(11, 16);
  return `${date} ${clock}`;
}

function ageOf(value: Value, { ground, witness }: Telling): string {
  if (typeof value === "string") {
    const days = Math.round((Date.parse(ground.calendar.dayOf(witness.now)) - Date.parse(value)) / day);
    return days === 0 ? "today" : seen(days, "day");
  }
  const age = witness.now - Number(value);
  if (age === 0) return "just now";
  if (Math.abs(age) < hour) return seen(Math.sign(age) * Math.ceil(Math.abs(age) / minute), "minute");
  if (Math.abs(age) < 2 * day && age % day !== 0) return seen(Math.round(age / hour), "hour");
  const isWhole = age % day === 0;
  return `${isWhole ? "" : "about "}${seen(Math.round(age / day), "day")}`;
}

function seen(amount: number, unit: string): string {
  const size = Math.abs(amount);
  return `${size} ${unit}${size === 1 ? "" : "s"} ${amount >= 0 ? "ago" : "from now"}`;
}

/** What she did, and of what was asked about, what she never did. */
function eventsIn(telling: Telling): { readonly did: readonly string[]; readonly never: readonly string[] } {
  const events = [...new Set(telling.filters.map(({ event }) => event))];
  const rowsOf = (event: string) => telling.witness.events.filter((row) => row.event === event);
  const did = events.flatMap((event) => {
    const counts = new Map<string, number>();
    for (const row of rowsOf(event)) counts.set(rowWords(telling, row), (counts.get(rowWords(telling, row)) ?? 0) + 1);
    return [...counts].map(([words, count]) => (count === 1 ? words : `${words} (${count} times)`));
  });
  const never = events.flatMap((event) => (rowsOf(event).length === 0 ? [`never \`${event}\``] : []));
  return { did, never };
}

function rowWords(telling: Telling, { event, at, values }: WitnessEvent): string {
  const own = telling.filters.filter((filter) => filter.event === event);
  const terms = own.flatMap(filterTerms).filter(isVariable);
  const asked = new Map(terms.flatMap((term) => (term.kind === "property" ? [[term.name, term] as const] : [])));
  const said = [...asked].flatMap(([name, term]) => {
    const value = values[name];
    if (value === undefined) return [];
    if (value === null) return [`${name} is unknown`];
    if (classOf(term) !== "list") return [`${name} = ${written(term, value, telling)}`];
    return readList(String(value)).map((item) => `${name} contains ${itemWords(item, term, telling.ground)}`);
  });
  const email = own.some((filter) => filter.email !== null) && values.email ? ` ${values.email}` : "";
  const isTimed = own.some(({ from, until }) => from !== null || until !== null);
  const time = telling.isRelative ? ageOf(at, telling) : `on ${telling.ground.calendar.dayOf(at)}`;
  const where = said.length > 0 ? ` where (${said.join(" and ")})` : "";
  return `\`${event}${email}${where}\`${isTimed || terms.some(({ kind }) => kind === "occurred at") ? ` ${time}` : ""}`;
}

function statesIn({ witness }: Telling, literals: readonly Literal[]): readonly string[] {
  const outside = literals.flatMap((literal) => (literal.kind === "list" && !literal.holds ? [literal.list] : []));
  return [
    ...witness.lists.map((list) => `is on the list \`${list}\``),
    ...[...new Set(outside)].map((list) => `is not on the list \`${list}\``),
    ...witness.consents.map(({ topic, isYes }) => `${isYes ? "agreed to" : "refused"} \`${topic}\``),
    ...(witness.isSuppressed ? ["is in `Suppressed`"] : []),
  ];
}

const instant = (value: Value): string => new Date(Number(value)).toISOString();

/** As other tools read it. */
function toldOf(value: Value, variable: Variable): Values[string] {
  const kind = classOf(variable);
  if (kind === "instant") return typeof value === "number" ? instant(value) : value;
  if (kind !== "list" || value === null || !("type" in variable)) return value;
  const { scalar } = variable.type;
  return readList(String(value)).map((item) => {
    if (scalar.kind === "number") return Number(item);
    return scalar.kind === "datetime" ? instant(Number(item)) : item;
  });
}

function personOf({ ground, witness, filters, variables }: Telling): Person {
  const { contact, company, events, enrollment, start, lists, isSuppressed, consents } = witness;
  const told = (values: Witness["contact"], read: ReadonlyMap<string, Variable>): Values =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const variable = read.get(name);
        return [name, variable ? toldOf(value, variable) : value];
      }),
    );
  const readAs = (kind: string, all: readonly Variable[]): ReadonlyMap<string, Variable> =>
    new Map(all.flatMap((one) => (one.kind === kind && "name" in one ? [[one.name, one] as const] : [])));
  const own = [...variables.values()];
  const inEvents = filters.flatMap(filterTerms).filter(isVariable);
  return {
    now: instant(witness.now),
    contact: told(
      without(contact, variables.has(`field ${ground.contact.key}`) ? null : ground.contact.key),
      readAs("field", own),
    ),
    company: company && told(company, readAs("company field", own)),
    events: events.map(({ event, at, values, scopes }) => ({
      event,
      at: instant(at),
      properties: told(values, readAs("property", inEvents)),
      countsIn: scopes.filter((scope) => scope !== "all"),
    })),
    enrollment: enrollment && {
      startedAt: instant(enrollment.startedAt),
      waitFrom: instant(enrollment.waitFrom),
    },
    startingEvent: told(start, readAs("start property", own)),
    lists,
    isSuppressed,
    consents,
  };
}

function without(values: Witness["contact"], name: string | null): Witness["contact"] {
  return Object.fromEntries(Object.entries(values).filter(([other]) => other !== name));
}
