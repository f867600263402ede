// Where spans stand in their texts, by line and column; each text is cut into lines once.

import type { SourceFile, Span } from "../../grammar/span.ts";

export interface Position {
  readonly line: number;
  readonly column: number;
}
export interface Place {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
  /** False for a file that could not be read: then the whole file is meant. */
  readonly isKnown: boolean;
}

/** Lines and columns count from 1, columns in UTF-16 code units; an end lies behind the last character. */
export function placesIn(sources: readonly SourceFile[]): (span: Span) => Place {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const starts = new Map<string, readonly number[]>();
  const startsOf = (file: string): readonly number[] => {
    const known = starts.get(file) ?? lineStarts(texts.get(file) ?? "");
    starts.set(file, known);
    return known;
  };
  return ({ file, start, end }) => {
    const lines = startsOf(file);
    return { file, start: positionIn(lines, start), end: positionIn(lines, end), isKnown: texts.has(file) };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function positionIn(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
