// What a template sees of a field: a value to compare and compute with, and the text that stands in a mail for it.

import { Drop } from "liquidjs";
import type { Scalar, Type } from "../../compiler/types.ts";
import type { Cell } from "../ports.ts";
import { dayOf, timeOf, type WallClock, wallClock } from "./dates.ts";

// Behind symbols, as a template can read every other property of what it is given.
const text = Symbol("text");
const marks = Symbol("marks");
const clock = Symbol("clock");

/** A value whose text is not simply its own: money, percents, dates, yes and no, durations. */
export class Formatted extends Drop {
  readonly [text]: string;
  readonly [clock]: WallClock | null;
  readonly #plain: unknown;
  readonly #parts: Readonly<Record<string, unknown>>;
  constructor(shown: {
    readonly text: string;
    readonly plain: unknown;
    readonly clock?: WallClock;
    /** Behind a dot: `company.plan` where the contact has a field `company`, too. */
    readonly parts?: Readonly<Record<string, unknown>>;
  }) {
    super();
    this[text] = shown.text;
    this[clock] = shown.clock ?? null;
    this.#plain = shown.plain;
    this.#parts = shown.parts ?? {};
  }
  override valueOf(): unknown {
    return this.#plain;
  }
  override liquidMethodMissing(key: string | number): unknown {
    return this.#parts[key];
  }
}

/** What `{% capture %}` made: the template's own text with marks in it, and the same with the values filled in. */
export class Captured extends Drop {
  readonly [marks]: string;
  readonly #plain: string;
  constructor(marked: string, plain: string) {
    super();
    this[marks] = marked;
    this.#plain = plain;
  }
  override valueOf(): string {
    return this.#plain;
  }
}

export function markedText(captured: Captured): string {
  return captured[marks];
}

export function clockOf(value: unknown): WallClock | null {
  return value instanceof Formatted ? value[clock] : null;
}

/** The text of anything that a template can yield; empty for what is unknown. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value instanceof Formatted) return value[text];
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  const plain: unknown = value instanceof Drop ? value.valueOf() : value;
  if (typeof plain === "number") return Number.isNaN(plain) ? "" : String(plain);
  if (typeof plain === "boolean") return plain ? "yes" : "no";
  return typeof plain === "string" ? plain : "";
}

/** How a cell of a type enters a template; undefined where it is unknown. */
export function liquidValue(cell: Cell | undefined, type: Type, zone: string): unknown {
  if (cell === undefined || cell === null) return undefined;
  if (Array.isArray(cell)) return cell.map((item: Cell) => liquidValue(item, { ...type, isList: false }, zone));
  return scalarValue(cell, type.scalar, zone);
}

function scalarValue(cell: Cell, scalar: Scalar, zone: string): unknown {
  switch (scalar.kind) {
    case "number":
      return Number(cell);
    case "money":
      return new Formatted({ text: moneyText(String(cell), scalar.currency), plain: Number(cell) });
    case "percent":
      return new Formatted({ text: `${String(Number(cell))}%`, plain: Number(cell) });
    case "boolean":
      return new Formatted({ text: cell === true ? "yes" : "no", plain: cell === true });
    case "duration":
      return new Formatted({ text: durationText(Number(cell)), plain: Number(cell) });
    case "date": {
      const day = String(cell).slice(0, 10);
      return new Formatted({ text: day, plain: day, clock: dayClock(day) });
    }
    case "datetime": {
      const local = wallClock(Number(cell), zone);
      const shown = `${dayOf(local)} ${timeOf(local)}`;
      return new Formatted({ text: shown, plain: shown, clock: local });
    }
    default:
      return String(cell);
  }
}

function dayClock(day: string): WallClock {
  return { shown: new Date(`${day}T00:00:00Z`), offsetMinutes: 0, zone: "UTC" };
}

// ISO 4217: digits behind the point, where they are not two.
const minorDigits: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ").map((code) => [code, 0]),
  ),
  ...Object.fromEntries("BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3])),
};

/** `1,234.50 EUR`, rounded half away from zero; computed on digits, so that no amount is too large. */
export function moneyText(amount: string, currency: string): string {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(amount.trim());
  if (!match) return `${amount} ${currency}`;
  const [, sign = "", whole = "", fraction = ""] = match;
  const digits = minorDigits[currency] ?? 2;
  const kept = BigInt((whole || "0") + fraction.slice(0, digits).padEnd(digits, "0"));
  const rounded = Number(fraction[digits] ?? 0) >= 5 ? kept + 1n : kept;
  const all = String(rounded).padStart(digits + 1, "0");
  const units = all.slice(0, all.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  const minor = digits > 0 ? `.${all.slice(all.length - digits)}` : "";
  return `${rounded === 0n ? "" : sign}${units}${minor} ${currency}`;
}

const lengths = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `3 days`, `2 hours 30 minutes`: of a number of seconds, its two largest units. */
export function durationText(seconds: number): string {
  let rest = Math.round(Math.abs(seconds));
  const parts = lengths.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${unit}${count === 1 ? "" : "s"}`];
  });
  return `${seconds < 0 ? "-" : ""}${parts.slice(0, 2).join(" ") || "0 seconds"}`;
}
