// Places in source text. Offsets are UTF-16 code units from the start of the file.

export interface Span {
  /** Path as the project knows it, with forward slashes. */
  readonly file: string;
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
}

export interface Node {
  readonly span: Span;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export function join(first: Span, last: Span): Span {
  return { file: first.file, start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
}

/** Line and column, both from 1, of an offset. */
export function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - (before.lastIndexOf("\n") + 1) + 1 };
}
