// Instants and lengths of time as people type them on a command line.

import { calendarOf } from "../compiler/calendar.ts";
import type { Length } from "../compiler/ir/condition.ts";
import { type Unit, units } from "../grammar/ast/expr.ts";
import { failure } from "./failures/failures.ts";
import type { Instant, Result } from "./ports.ts";

const written = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?(Z|[+-]\d{2}:\d{2})?$/;

/** `2026-03-02`, `2026-03-02 09:00`, with seconds, or with `Z` or an offset; without one it is in `zone`. */
export function parseInstant(text: string, zone: string): Result<Instant> {
  const [, day, clock = "00:00", offset] = written.exec(text) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${clock}${offset ?? "Z"}`);
  if (day === undefined || Number.isNaN(at) || !isDay(day)) return { ok: false, failure: failure("F115", { text }) };
  return { ok: true, value: offset === undefined ? calendarOf(zone, 1).instantOf(`${day}T${clock}`) : at };
}

function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

const dayMin = 24 * 60;

/**
 * `6h`, `1min`, `1d`; `fallback` where nothing is given, null where it is no duration above zero. The instants of `min` and
 * `h` start anew with each day, so one that is longer than a day is none of them.
 */
export function parseEvery(text: string | undefined, fallback: Length): Length | null {
  if (text === undefined) return fallback;
  const [, digits, word] = /^(\d{1,6})(min|h|d|w|mo|y)$/.exec(text.trim()) ?? [];
  const unit = units.find((candidate) => candidate === word);
  const amount = Number(digits);
  if (unit === undefined || amount === 0) return null;
  const isTooLong = (unit === "min" && amount > dayMin) || (unit === "h" && amount * 60 > dayMin);
  return isTooLong ? null : { amount, unit: unit satisfies Unit };
}
