// Diagnostics as JSON for machines. The shape has a version; fields are added, never changed.

import type { Diagnostic, Fix } from "../grammar/diagnostics/entry.ts";
import { position, type SourceFile, type Span } from "../grammar/span.ts";

/** Lines and columns count from 1, columns in UTF-16 code units; ends lie behind the last character. */
export function renderJson(diagnostics: readonly Diagnostic[], sources: readonly SourceFile[]): string {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const place = ({ file, start, end }: Span) => {
    const text = texts.get(file) ?? "";
    return { file, start: position(text, start), end: position(text, end) };
  };
  const fixOf = ({ kind, text, edits }: Fix) => ({
    kind,
    text,
    edits: edits.map((edit) => ({ ...place(edit.span), text: edit.text })),
  });
  const found = diagnostics.map(({ code, severity, text, why, span, fixes, related }) => ({
    code,
    severity,
    text,
    why,
    ...place(span),
    fixes: fixes.map(fixOf),
    related: related.map((other) => ({ ...place(other.span), text: other.text })),
  }));
  return JSON.stringify({ version: 1, diagnostics: found }, null, 2);
}
