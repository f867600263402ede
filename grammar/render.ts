// Diagnostics as text for people and for other tools.

import type { Diagnostic, Fix } from "./diagnostics/entry.ts";
import { displayWidth } from "./display-width.ts";
import { shownMarks } from "./marks.ts";
import { position, type SourceFile, type Span } from "./span.ts";

/** Where the place of a diagnostic starts in its first line, if its sentence is short enough. */
const placeColumn = 70;
/** Columns of source shown of a long line, and how many of them before the place. */
const shownColumns = 160;
const shownBefore = 60;
const tabWidth = 4;

type Texts = ReadonlyMap<string, string>;
const textsOf = (sources: readonly SourceFile[]): Texts => new Map(sources.map(({ path, text }) => [path, text]));

/** Each diagnostic with its line of source underlined, the reason why it matters and its fixes. */
export function renderPretty(diagnostics: readonly Diagnostic[], sources: readonly SourceFile[]): string {
  const texts = textsOf(sources);
  return diagnostics.map((each) => pretty(each, texts)).join("\n");
}

/** One line for each diagnostic: `path:line:column: severity code text`. */
export function renderCompact(diagnostics: readonly Diagnostic[], sources: readonly SourceFile[]): string {
  const texts = textsOf(sources);
  return diagnostics
    .map(({ code, severity, span, text }) => `${place(span, texts)}: ${severity} ${code} ${oneLine(text)}\n`)
    .join("");
}

function pretty(diagnostic: Diagnostic, texts: Texts): string {
  const head = `${diagnostic.code}  ${oneLine(diagnostic.text)}`;
  const lines = [`${head.padEnd(placeColumn - 2)}  ${place(diagnostic.span, texts)}`];
  lines.push(...snippet(diagnostic.span, "", texts));
  for (const { span, text } of diagnostic.related) {
    if (span.file !== diagnostic.span.file) lines.push(`  ${place(span, texts)}`);
    lines.push(...snippet(span, text, texts));
  }
  if (diagnostic.example) lines.push(`  For example, ${oneLine(diagnostic.example.text)}.`);
  if (diagnostic.why !== "") lines.push(`  ${diagnostic.why}`);
  lines.push(...diagnostic.fixes.map(fix));
  return `${lines.join("\n")}\n`;
}

const fix = ({ kind, text }: Fix): string => `  ${kind === "safe" ? "Fix" : "Fix (changes meaning)"}: ${text}`;

function place(span: Span, texts: Texts): string {
  const text = texts.get(span.file);
  const file = oneLine(span.file);
  if (text === undefined) return file;
  const { line, column } = position(text, span.start);
  return `${file}:${line}:${column}`;
}

/** The line where `span` starts, and below it the underline with `label` behind it. */
function snippet(span: Span, label: string, texts: Texts): readonly string[] {
  const text = texts.get(span.file);
  if (text === undefined) return [];
  const start = text.slice(0, span.start).lastIndexOf("\n") + 1;
  const next = text.indexOf("\n", span.start);
  const end = next < 0 ? text.length : next;
  const { before, marked, after } = crop(text, start, span, end);
  const width = Math.max(1, displayWidth(marked));
  const number = String(position(text, span.start).line).padStart(3);
  const underline = `${" ".repeat(displayWidth(before))}${"^".repeat(width)}`;
  const code = `${number} | ${before}${marked}${after}`.trimEnd();
  return [code, `${" ".repeat(number.length)} | ${underline}${label === "" ? "" : ` ${label}`}`];
}

interface Cropped {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}
/** The parts of a line around its marked part, of a long line only those near it. */
function crop(text: string, start: number, span: Span, end: number): Cropped {
  const from = end - start > shownColumns ? Math.max(start, span.start - shownBefore) : start;
  const to = Math.min(end, from + shownColumns);
  const markedEnd = Math.min(span.end, to);
  const before = visible(text.slice(from, span.start), 0);
  const marked = visible(text.slice(span.start, markedEnd), displayWidth(before));
  const after = visible(text.slice(Math.max(markedEnd, span.start), to), displayWidth(before) + displayWidth(marked));
  return { before: (from > start ? "…" : "") + before, marked, after: after + (to < end ? "…" : "") };
}

/** Tabs as spaces, control characters, which could confuse a terminal, as a visible mark, and unseen ones as their code. */
function visible(text: string, column: number): string {
  let shown = "";
  for (const part of text.split(/(\t)/)) {
    if (part === "\t") shown += " ".repeat(tabWidth - ((column + displayWidth(shown)) % tabWidth));
    else shown += shownMarks(part.replace(/\r$/, "").replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, "\uFFFD"));
  }
  return shown;
}

const oneLine = (text: string): string => visible(text.replace(/\s*\n\s*/g, " "), 0);
