// Values that would make a comparison true, or false: guesses that the database is asked about.

import type { ZoneCalendar } from "../../compiler/calendar.ts";
import type { Condition, Op, Term } from "../../compiler/ir/condition.ts";
import type { Type } from "../../compiler/types.ts";
import type { Cell, Instant } from "../ports.ts";

export interface Guessing {
  readonly calendar: ZoneCalendar;
  readonly at: Instant;
  /** The value of a stored term, as the database gives it; undefined where it is not known. */
  readonly stored: (term: Term) => Cell | undefined;
}

/** Of the type of what is compared, as they are told. The likeliest first, unknown last. */
export function guesses(condition: Condition, wanted: boolean, type: Type, guessing: Guessing): readonly Cell[] {
  const found = known(condition, wanted, type, guessing)
    .filter((value) => value !== null)
    .map((value) => told(type.scalar.kind, value));
  const unique = [...new Map(found.map((value) => [JSON.stringify(value), value])).values()];
  return type.isNullable && !wanted ? [...unique, null] : unique;
}

function known(condition: Condition, wanted: boolean, type: Type, guessing: Guessing): readonly Cell[] {
  switch (condition.kind) {
    case "compare": {
      const value = valueIn(condition.right, type, guessing);
      return value === null ? [] : compared(condition.op, wanted, value, type);
    }
    case "one of": {
      const values = condition.values.map((value) => valueIn(value, type, guessing));
      return wanted ? values : values.flatMap((value) => (value === null ? [] : others(value, type)));
    }
    case "known":
      return wanted ? others("", type) : [];
    case "starts with":
    case "ends with":
      return wanted ? [condition.text] : others(condition.text, type);
    case "contains":
      return wanted ? [valueIn(condition.value, type, guessing)] : ["-"];
    case "matches glob":
      return wanted ? [condition.pattern.replaceAll("*", "").replaceAll("?", "a")] : ["-"];
    case "matches regex":
      return wanted ? [condition.pattern.replaceAll(/[\\^$]/g, "")] : ["-"];
    default:
      return [];
  }
}

function compared(op: Op, wanted: boolean, value: Cell, type: Type): readonly Cell[] {
  const [below, above] = [moved(value, -1, type), moved(value, 1, type)];
  switch (op) {
    case "=":
      return wanted ? [value] : [...others(value, type), below, above];
    case ">=":
      return wanted ? [value, above] : [below];
    case ">":
      return wanted ? [above] : [value, below];
    case "<":
      return wanted ? [below] : [value, above];
    default:
      return wanted ? [value, below] : [above];
  }
}

const dayMs = 86_400_000;

/** A value next to it; null where there is none. */
function moved(value: Cell, by: 1 | -1, { scalar }: Type): Cell {
  switch (scalar.kind) {
    case "number":
    case "percent":
      return Number(value) + by;
    case "duration":
      return Number(value) + by * 60;
    case "money":
      return (Number(value) + by).toFixed(4);
    case "datetime":
      return Number(value) + by * 60_000;
    case "date":
      return new Date(Date.parse(`${value}T00:00:00Z`) + by * dayMs).toISOString().slice(0, 10);
    case "text":
    case "email":
    case "url":
      return by > 0 ? `${value}~` : null;
    default:
      return null;
  }
}

/** Values of the type that are different. */
function others(value: Cell, { scalar }: Type): readonly Cell[] {
  switch (scalar.kind) {
    case "enum":
      return scalar.values.filter((other) => other !== value);
    case "boolean":
      return [value !== true];
    case "country":
      return ["DE", "FR", "US"].filter((other) => other !== value);
    case "number":
    case "percent":
    case "duration":
      return [0, Number(value) + 1];
    case "money":
      return ["1.0000", (Number(value) + 1).toFixed(4)];
    case "date":
      return ["2000-01-01"];
    case "datetime":
      return [Date.parse("2000-01-01T00:00:00Z")];
    case "timezone":
      return ["Europe/Berlin", "America/New_York"].filter((other) => other !== value);
    default:
      return [`${value}~`];
  }
}

/** As a value of the type: a day of an instant, the first instant of a day. */
function valueIn(term: Term, { scalar }: Type, { calendar, at, stored }: Guessing): Cell {
  if (term.kind === "literal") {
    const { literal } = term;
    if (literal.kind === "instant") return asOwn(Date.parse(literal.value));
    return asOwn(literal.value);
  }
  if (term.kind === "moment") {
    return asOwn(term.as === "day" ? calendar.resolveDay(term.moment, at) : calendar.resolveInstant(term.moment, at));
  }
  const value = stored(term) ?? null;
  return value === null ? null : asOwn(value);

  function asOwn(value: Cell): Cell {
    if (scalar.kind === "date" && typeof value === "number") return calendar.dayOf(value);
    if (scalar.kind === "datetime" && typeof value === "string") return calendar.startOfDay(value);
    return value;
  }
}

/** As it is told: instants as ISO 8601 in UTC, money with two places at least. */
export function told(type: string, value: Cell): Cell {
  if (type === "datetime" && typeof value === "number") return new Date(value).toISOString();
  return type === "money" && typeof value === "string" ? value.replace(/(\.\d{2}\d*?)0+$/, "$1") : value;
}
