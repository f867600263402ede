// Canonical hashes: the same meaning has the same hash, whatever its layout, comments and titles.

import { createHash } from "node:crypto";

/** Parts of the IR that say where something was written, what it was called or how it is shown, never what it means. */
const silent: ReadonlySet<string> = new Set([
  "span",
  "doc",
  "title",
  "why",
  "owner",
  "hash",
  "origin",
  "retired",
  "unlabelled",
  "moves",
]);

/** JSON with sorted keys; keys of `silent` are left out. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([key, part]) => !silent.has(key) && part !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(",")}}`;
}

/** SHA-256 of the canonical JSON, in hexadecimal. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}
