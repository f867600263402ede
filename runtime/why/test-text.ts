// Facts of a person as the clauses of a test.

import type { ZoneCalendar } from "../../compiler/calendar.ts";
import type { Field } from "../../compiler/ir/catalog.ts";
import type { Scalar } from "../../compiler/types.ts";
import { contextual, reserved } from "../../grammar/words.ts";
import type { Cell, Instant } from "../ports.ts";
import type { Fact, History } from "./history.ts";
import { secondsText } from "./words.ts";

export interface Writing {
  readonly calendar: ZoneCalendar;
  readonly history: History;
  readonly title: string;
  /** Name of the address field, which is not unknown where nothing is said of it. */
  readonly address: string;
  /** Clauses that are expected at the end, behind `expect NAME`. */
  readonly expected: readonly string[];
}

/** What the person is called in the test. */
export const calledIn = ({ key }: History): string =>
  /^[a-z_][a-z0-9_]*$/.test(key) && ![...reserved, ...contextual].includes(key) ? key : "person";

/** A whole test that says the facts. */
export function testText(writing: Writing, facts: readonly Fact[]): string {
  const { calendar, history, title, expected } = writing;
  const name = calledIn(history);
  const [given, later] = clausesOf(writing, facts);
  const moves = later.toSorted((a, b) => a.at - b.at);
  const lines = [`now is ${momentText(calendar, history.start)}`, ...given];
  let clock = history.start;
  for (const { at, text } of moves) {
    if (at > clock) lines.push(`at ${momentText(calendar, at)}`);
    clock = Math.max(clock, at);
    lines.push(text);
  }
  if (history.end > clock) lines.push(`at ${momentText(calendar, history.end)}`);
  const body = [...lines, ...expected.map((text) => `expect ${name} ${text}`)];
  return `test ${quoted(title)} <\n${body.map((line) => `  ${line}`).join("\n")}\n>\n`;
}

interface Later {
  readonly at: Instant;
  readonly text: string;
}

function clausesOf(
  { calendar, history, address }: Writing,
  facts: readonly Fact[],
): readonly [given: readonly string[], later: readonly Later[]] {
  const name = calledIn(history);
  const assigns: string[] = [];
  const given: string[] = [];
  const later: Later[] = [];
  for (const fact of facts) {
    switch (fact.kind) {
      case "field":
        assigns.push(...assigned(calendar, fact.field, fact.value, fact.field.name === address));
        break;
      case "company":
        given.push(
          `given company ${fact.name} <${fact.fields.map(([field, value]) => ` ${assigned(calendar, field, value)[0] ?? ""}`).join("")} >`,
        );
        break;
      case "list":
        given.push(`given ${name} in ${fact.list}`);
        break;
      case "consent":
        given.push(`given ${name} ${fact.isAgreed ? "subscribed to" : "unsubscribed from"} ${fact.topic}`);
        break;
      case "arm":
        given.push(`given ${name} gets arm ${fact.arm} of ${fact.experiment}`);
        break;
      case "held out":
        given.push(`given ${name} is held out`);
        break;
      case "mail refused":
        given.push(`given mail to ${name} is refused`);
        break;
      case "suppressed":
        given.push(`given ${name} complained on ${momentText(calendar, Math.min(fact.at, history.start))}`);
        break;
      default:
        if (fact.at <= history.start) given.push(`given ${name} ${happened(calendar, fact, history.start)}`);
        else later.push({ at: fact.at, text: `when ${name} ${happened(calendar, fact, fact.at)}` });
    }
  }
  const values = assigns.length === 0 ? "" : ` < ${assigns.join("  ")} >`;
  const key = name === history.key ? "" : ` # the key is another one`;
  return [[`given ${name}${values}${key}`, ...given], later];
}

type Moving = Extract<Fact, { readonly kind: "written" | "event" | "refusal" | "by hand" }>;

/** `then`: the test's clock. */
function happened(calendar: ZoneCalendar, fact: Moving, then: Instant): string {
  switch (fact.kind) {
    case "written":
      return `< ${assigned(calendar, fact.field, fact.value, true).join("")} >`;
    case "by hand":
      return `${fact.does} ${fact.program}`;
    case "refusal":
      return `unsubscribed${fact.topic === null ? "" : ` < topic = ${fact.topic} >`}${dated(calendar, fact.at, then)}`;
    default: {
      const { event, email, values, occurredAt } = fact;
      const written = values.flatMap(([field, value]) => assigned(calendar, field, value));
      const properties = written.length === 0 ? "" : ` < ${written.join("  ")} >`;
      return `${event}${email === null ? "" : ` ${email}`}${properties}${dated(calendar, occurredAt, then)}`;
    }
  }
}

const dated = (calendar: ZoneCalendar, at: Instant, then: Instant): string =>
  momentText(calendar, at) === momentText(calendar, then) ? "" : ` on ${momentText(calendar, at)}`;

/** An assignment; none for an unknown value that need not be said, or for one that the language has no words for. */
function assigned(calendar: ZoneCalendar, { name, type }: Field, value: Cell, saysUnknown = false): readonly string[] {
  if (value === null) return saysUnknown ? [`${name} = unknown`] : [];
  if (Array.isArray(value)) {
    const items = value.map((item: Cell) => valueText(calendar, type.scalar, item));
    return items.some((item) => item === null) ? [] : [`${name} = (${items.join(", ")})`];
  }
  const text = valueText(calendar, type.scalar, value);
  return text === null ? [] : [`${name} = ${text}`];
}

function valueText(calendar: ZoneCalendar, scalar: Scalar, value: Cell): string | null {
  switch (scalar.kind) {
    case "number":
      return numberText(value);
    case "percent":
      return suffixed(numberText(value), "%");
    case "money":
      return suffixed(numberText(value), ` ${scalar.currency}`);
    case "boolean":
      return value === true ? "yes" : "no";
    case "duration":
      return secondsText(Number(value));
    case "datetime":
      return momentText(calendar, Number(value));
    case "date":
    case "enum":
    case "country":
      return String(value);
    default:
      return quoted(String(value));
  }
}

const suffixed = (text: string | null, unit: string): string | null => (text === null ? null : `${text}${unit}`);

function numberText(value: Cell): string | null {
  const text = typeof value === "string" ? value.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") : String(value);
  // `1.000` could be a thousand elsewhere, so the language asks for another form.
  const clear = /^-?\d+\.\d{3}$/.test(text) ? `${text}0` : text;
  return /^-?\d+(\.\d+)?$/.test(clear) ? clear : null;
}

const quoted = (text: string): string =>
  `"${text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll(/[\r\n]+/g, " ")}"`;

/** In the project's zone; with an offset where a clock change makes the wall clock another one. Seconds are the finest. */
export function momentText(calendar: ZoneCalendar, at: Instant): string {
  const whole = Math.floor(at / 1000) * 1000;
  const clock = calendar.wallClockOf(whole).slice(0, 19);
  if (calendar.instantOf(clock) !== whole) return `${new Date(whole).toISOString().slice(0, 19)}Z`;
  return clock.endsWith(":00") ? clock.slice(0, 16).replace("T", " ") : clock.replace("T", " ");
}
