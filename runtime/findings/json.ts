// Diagnostics as JSON for machines. The shape has a version; fields are added, never changed: docs/check.schema.json.

import type { Diagnostic, Fix } from "../../grammar/diagnostics/entry.ts";
import type { SourceFile, Span } from "../../grammar/span.ts";
import { placesIn } from "./places.ts";

/** Diagnostics as values of the documented shape. */
export function jsonFindings(diagnostics: readonly Diagnostic[], sources: readonly SourceFile[]) {
  const placeOf = placesIn(sources);
  const place = (span: Span) => {
    const { file, start, end } = placeOf(span);
    return { file, start, end };
  };
  const fixOf = ({ kind, text, edits }: Fix) => ({
    kind,
    text,
    edits: edits.map((edit) => ({ ...place(edit.span), text: edit.text })),
  });
  return diagnostics.map(({ code, severity, text, why, span, fixes, related, example }) => ({
    code,
    severity,
    text,
    why,
    ...place(span),
    fixes: fixes.map(fixOf),
    related: related.map((other) => ({ ...place(other.span), text: other.text })),
    example,
  }));
}

export function renderJson(diagnostics: readonly Diagnostic[], sources: readonly SourceFile[]): string {
  return JSON.stringify({ version: 1, diagnostics: jsonFindings(diagnostics, sources) }, null, 2);
}
