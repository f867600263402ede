// Builds the machine fixes that diagnostics offer.

import type { Edit, Fix } from "../grammar/diagnostics/entry.ts";
import type { Span } from "../grammar/span.ts";

/** Puts `text` in the place of what `span` covers. */
export function replace(span: Span, text: string): Edit {
  return { span, text };
}

/** Puts `text` directly before or behind what `span` covers. */
export function insert(where: "before" | "after", span: Span, text: string): Edit {
  const offset = where === "before" ? span.start : span.end;
  return { span: { file: span.file, start: offset, end: offset }, text };
}

/** A fix that keeps the meaning. */
export function safe(text: string, ...edits: readonly Edit[]): Fix {
  return { kind: "safe", text, edits };
}

/** A fix that changes the meaning, or guesses it. */
export function suggested(text: string, ...edits: readonly Edit[]): Fix {
  return { kind: "suggested", text, edits };
}
