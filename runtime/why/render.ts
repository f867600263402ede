// An answer to `why` as lines for a terminal.

import { calendarOf, type ZoneCalendar } from "../../compiler/calendar.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { printable } from "../printable.ts";
import type { Cell, Instant } from "../ports.ts";
import type { Why, WhyChange, WhyFact, WhyFlip, WhyNext, WhyPart } from "./answer.ts";
import { secondsText } from "./words.ts";

const width = 80;

/** Times are shown in the zone of the project. */
export function renderWhy(why: Why, { project }: Plan): string {
  const calendar = calendarOf(project.zone, project.firstWeekday);
  const is = why.isMember ? "is" : "is not";
  const head = `${printable(why.contact)} ${is} in ${why.segment} at ${minuteOf(why.at, calendar)} (${project.zone}).`;
  const [where] = why.tree.of;
  const lines = where ? partLines(where, { calendar, depth: 0 }) : [];
  return `${[head, "", ...lines, "", "* made it so", ...flipLines(why.flip, calendar), "", nextText(why.next, calendar)].join("\n")}\n`;
}

export interface Place {
  readonly calendar: ZoneCalendar;
  readonly depth: number;
}

/** `not` and what it negates are one line, which says whether the whole of it holds. */
export function partLines(part: WhyPart, place: Place): readonly string[] {
  const [inner] = part.of;
  const deeper = { ...place, depth: place.depth + 1 };
  const line = (text: string) => lineOf(part, place.depth, text);
  switch (part.kind) {
    case "all":
    case "any": {
      const head = part.kind === "all" ? "all of" : "any of";
      return [...line(`${head}:`), ...part.of.flatMap((one) => partLines(one, deeper))];
    }
    case "not":
      if (inner?.kind === "leaf") return [...line(part.text), ...factLines(inner, deeper)];
      if (inner?.kind === "segment") {
        return [...line(`${part.text}:`), ...inner.of.flatMap((one) => partLines(one, deeper))];
      }
      return [...line("not:"), ...part.of.flatMap((one) => partLines(one, deeper))];
    case "segment":
      return [...line(`${part.text}:`), ...part.of.flatMap((one) => partLines(one, deeper))];
    default:
      return [...line(part.text), ...factLines(part, deeper)];
  }
}

function lineOf({ holds, decides }: WhyPart, depth: number, text: string): readonly string[] {
  const mark = `${holds ? "yes" : "no "} ${decides ? "*" : " "} `;
  return wrapped(`${mark}${"  ".repeat(depth)}`, text);
}

function factLines({ facts }: WhyPart, { calendar, depth }: Place): readonly string[] {
  const indent = `      ${"  ".repeat(depth)}`;
  return facts.flatMap((fact) => wrapped(indent, factText(fact, calendar)));
}

/** Later lines stand two further in. */
export function wrapped(first: string, text: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isFresh = true;
  for (const word of printable(text).split(" ")) {
    if (!isFresh && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(first.length + 2);
      isFresh = true;
    }
    line += isFresh ? word : ` ${word}`;
    isFresh = false;
  }
  return [...lines, line];
}

function flipLines({ changes, fixed }: WhyFlip, calendar: ZoneCalendar): readonly string[] {
  if (changes !== null) {
    const head = changes.length === 1 ? "This change would turn it:" : "These changes together would turn it:";
    return ["", head, ...changes.flatMap((change) => wrapped("  ", changeText(change, calendar)))];
  }
  const head = ["", "No change was found that would turn it."];
  return fixed.length === 0 ? head : [...head, ...wrapped("", `None is known for: ${fixed.join("; ")}`)];
}

function nextText(next: WhyNext, calendar: ZoneCalendar): string {
  if (next.kind === "at") return `Time alone turns it at ${minuteOf(next.at, calendar)}.`;
  if (next.kind === "not within") return `Time alone does not turn it within ${next.years} years.`;
  return "When time alone turns it was not worked out.";
}

function changeText(change: WhyChange, calendar: ZoneCalendar): string {
  switch (change.kind) {
    case "set":
      return change.value === null
        ? `${change.field} unknown`
        : `${change.field} = ${valueText(change.type, change.value, calendar)}`;
    case "item": {
      const value = valueText(change.type, change.value, calendar);
      return change.isIn ? `${change.field} with ${value}` : `${change.field} without ${value}`;
    }
    case "company": {
      const value = change.value === null ? "unknown" : `= ${valueText(change.type, change.value, calendar)}`;
      return `company.${change.field} ${value}, for all of ${change.company}`;
    }
    case "more": {
      const values = Object.entries(change.values).map(([name, value]) => `${name} ${cellText(value ?? "unknown")}`);
      const more = change.times === 1 ? "once more" : `${change.times} times more`;
      return [`${change.event} ${more} at ${minuteOf(change.at, calendar)}`, ...values].join(", ");
    }
    case "fewer": {
      const times = change.events.slice(0, mostValues).map(({ at }) => minuteOf(at, calendar));
      const rest = change.events.length - times.length;
      return `without ${change.event} of ${times.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
    }
    case "list":
      return change.isOn ? `on ${change.list}` : `not on ${change.list}`;
    case "suppression":
      return change.isSuppressed ? "suppressed" : "not suppressed";
    default:
      return `${change.isYes ? "agrees to" : "refuses"} ${change.topic}`;
  }
}

function factText(fact: WhyFact, calendar: ZoneCalendar): string {
  switch (fact.kind) {
    case "value":
      return `${fact.of}: ${valueText(fact.type, fact.value, calendar)}`;
    case "count":
      return fact.asked === null
        ? `${fact.event}: ${times(fact.count)}`
        : `${fact.event}: ${fact.count} of ${fact.asked}`;
    case "window": {
      const from = fact.from === null ? "" : ` since ${minuteOf(fact.from, calendar)}`;
      const until = fact.until === null ? "" : ` until ${minuteOf(fact.until, calendar)}`;
      return `${fact.text}:${from}${until}`;
    }
    case "event": {
      const values = Object.entries(fact.values)
        .filter(([name, value]) => name !== "message" && value !== false)
        .slice(0, mostValues)
        .map(([name, value]) => `${name} ${cellText(value)}`);
      return [minuteOf(fact.at, calendar), ...values].join(", ");
    }
    default:
      return `${fact.what} since ${minuteOf(fact.at, calendar)}`;
  }
}

const mostValues = 3;

const times = (count: number): string => (count === 0 ? "never" : count === 1 ? "once" : `${count} times`);

function valueText(type: string, value: Cell, calendar: ZoneCalendar): string {
  if (value === null) return "unknown";
  if (type === "datetime" && typeof value === "string") return minuteOf(Date.parse(value), calendar);
  if (type === "duration" && typeof value === "number") return secondsText(value);
  return cellText(value);
}

function cellText(value: Cell): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(cellText).join(", ");
  return String(value);
}

/** The day and the clock. */
export const minuteOf = (at: Instant, calendar: ZoneCalendar): string =>
  calendar.wallClockOf(at).slice(0, 16).replace("T", " ");
