// Makes text that came from data safe to show: nothing in it can move the cursor, colour the screen or turn the line round.

import { printable as withoutControls } from "../index.ts";

/** Longest text worth showing, in UTF-16 units: a screen is smaller, and a megabyte must not slow it down. */
const longest = 2_000;

/** Shows every character that could drive a terminal as its code: `‹U+202E›`. */
export function printable(text: string): string {
  return withoutControls(text.length > longest ? `${text.slice(0, longest)}…` : text);
}

const known = new WeakMap<object, object>();

/** The same plain value with every text in it printable. What was asked before is not made again. */
export function allPrintable<T extends object>(value: T): T {
  const found = known.get(value) ?? Object(mended(value));
  known.set(value, found);
  // Texts become texts, and all else stays what it is.
  return found as T;
}

function mended(value: unknown): unknown {
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return value.map(mended);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mended(part)]));
}
