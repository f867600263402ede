// What of a file was not read whole: text that the formatter leaves as it is.

import type { IToken } from "chevrotain";
import type { Declaration } from "./ast/file.ts";
import type { Diagnostic } from "./diagnostics/entry.ts";
import { isError } from "./diagnostics/table.ts";
import type { SourceFile, Span } from "./span.ts";
import * as t from "./tokens.ts";

interface Read {
  readonly source: SourceFile;
  readonly tokens: readonly IToken[];
  readonly declarations: readonly Declaration[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The stretches between declarations that have no mistake, each with the whole of its first and last line where that is its own. */
export function brokenStretches(read: Read): readonly Span[] {
  const errors = read.diagnostics.filter(isError).map(({ span }) => span);
  if (errors.length === 0) return [];
  const near = finder(errors);
  const isWhole = ({ recovered, span }: Declaration) =>
    !recovered && near(span).every((error) => isBefore(error, span, read.source.text));
  const whole = read.declarations.filter(isWhole);
  return runsOutside(read.tokens, whole).map((run) => wholeLines(read.source, run));
}

/** Which of the spans meet another: those that share a character with it, and those of no length that touch it. */
export function finder(spans: readonly Span[]): (span: Span) => readonly Span[] {
  const sorted = spans.toSorted((one, other) => one.start - other.start);
  // How far the spans up to each reach, so that looking back ends where none can reach any more.
  const reach: number[] = [];
  for (const { end } of sorted) reach.push(Math.max(end, reach.at(-1) ?? 0));
  return (span) => {
    const found: Span[] = [];
    for (let at = lastStartingUpTo(sorted, span.end); at >= 0 && (reach[at] ?? 0) >= span.start; at--) {
      const other = sorted[at];
      if (other && meets(span, other)) found.push(other);
    }
    return found;
  };
}

function lastStartingUpTo(sorted: readonly Span[], offset: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function meets(span: Span, other: Span): boolean {
  if (other.start === other.end) return span.start <= other.start && other.end <= span.end;
  return span.start < other.end && other.start < span.end;
}

/** What is missing at the end of a declaration is told at the first word of the next. */
function isBefore(error: Span, { start }: Span, text: string): boolean {
  return error.start === start && /^\w+$/.test(text.slice(start, error.end));
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Runs of tokens between the declarations; a semicolon behind a declaration belongs to it. */
function runsOutside(tokens: readonly IToken[], declarations: readonly Declaration[]): readonly Stretch[] {
  const runs: { start: number; end: number }[] = [];
  let next = 0;
  let isOpen = false;
  let isBehind = false;
  for (const { startOffset, image, tokenType } of tokens) {
    while ((declarations[next]?.span.end ?? Number.POSITIVE_INFINITY) <= startOffset) next++;
    const isInside = (declarations[next]?.span.start ?? Number.POSITIVE_INFINITY) <= startOffset;
    const isSeparator = isBehind && tokenType === t.Semicolon;
    isBehind = isInside;
    if (isInside || isSeparator) {
      isOpen = false;
      continue;
    }
    const end = startOffset + image.length;
    const last = runs.at(-1);
    if (isOpen && last) last.end = end;
    else runs.push({ start: startOffset, end });
    isOpen = true;
  }
  return runs;
}

function wholeLines({ path, text }: SourceFile, { start, end }: Stretch): Span {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const [rest = ""] = /^[ \t]*(?:#[^\r\n]*)?(?=\r?(?:\n|$))/.exec(lineAfter(text, end)) ?? [];
  const isFirst = start === 0 || /^[ \t]*$/.test(text.slice(lineStart, start));
  return { file: path, start: isFirst ? Math.min(lineStart, start) : start, end: end + rest.trimEnd().length };
}

function lineAfter(text: string, offset: number): string {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.slice(offset) : text.slice(offset, end + 1);
}
