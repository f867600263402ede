// Splits CSV into rows and fields as bytes, and knows for each row the physical line on which it starts.
//
// It is the judge where the database's faster reader finds a fault: it never stops at a malformed row, and it goes on
// at the next physical line.

import { reasons } from "./reasons.ts";

export interface Dialect {
  /** One byte; null: a run of blanks, those at the start and the end of a line ignored. */
  readonly delimiter: number | null;
  /** Fields that a row must have; null takes any number. */
  readonly columns: number | null;
  /** True where a lone carriage return ends a line, as on very old systems. */
  readonly hasOnlyReturns: boolean;
}

export interface Field {
  readonly start: number;
  readonly end: number;
  /** Between quotes, which `start` and `end` leave out; quotes inside are still doubled. */
  readonly isQuoted: boolean;
}
export interface ScanTarget {
  /** The fields lie in `bytes`, which is only valid during the call. */
  readonly row: (line: number, bytes: Buffer, fields: readonly Field[]) => void;
  readonly malformed: (line: number, bytes: Buffer, reason: string) => void;
}
export interface Scanner {
  readonly push: (chunk: Buffer) => void;
  readonly end: () => void;
}

export const longestRow = 2 * 1024 * 1024;
const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;
const isBlank = (byte: number | undefined) => byte === 0x20 || byte === 0x09;

export type Read =
  | { readonly kind: "row"; readonly fields: readonly Field[]; readonly next: number }
  | { readonly kind: "malformed"; readonly reason: string }
  /** The bytes at hand end inside the row. */
  | { readonly kind: "open"; readonly isInQuotes: boolean };

const open = (isInQuotes: boolean): Read => ({ kind: "open", isInQuotes });

/** Length of the line end at `at`: 0 where there is none. */
function lineEnd(bytes: Buffer, at: number, dialect: Dialect): number {
  const byte = bytes[at];
  if (byte === newline) return 1;
  if (byte !== carriageReturn) return 0;
  if (bytes[at + 1] === newline) return 2;
  return dialect.hasOnlyReturns ? 1 : 0;
}

function isDelimiter(byte: number | undefined, dialect: Dialect): boolean {
  return dialect.delimiter === null ? isBlank(byte) : byte === dialect.delimiter;
}

/** Offset behind the closing quote of the field whose content starts at `from`; -1 where it does not close. */
function closing(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(quote, from);
  while (at !== -1 && bytes[at + 1] === quote) at = bytes.indexOf(quote, at + 2);
  return at === -1 ? -1 : at + 1;
}

function plainEnd(bytes: Buffer, from: number, dialect: Dialect): number {
  const delimiter = dialect.delimiter ?? 0x20;
  const isRuns = dialect.delimiter === null;
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === delimiter || byte === newline || (isRuns && byte === 0x09)) break;
    if (byte === carriageReturn && lineEnd(bytes, at, dialect) > 0) break;
  }
  return at;
}

function skip(bytes: Buffer, from: number, isSkipped: (byte: number | undefined) => boolean): number {
  let at = from;
  while (at < bytes.length && isSkipped(bytes[at])) at++;
  return at;
}

const isSpace = (byte: number | undefined) => byte === 0x20;

/** Reads one row from `start`. `isLast`: no bytes follow those at hand. */
export function readRow(bytes: Buffer, start: number, dialect: Dialect, isLast: boolean): Read {
  const fields: Field[] = [];
  const isRuns = dialect.delimiter === null;
  let at = isRuns ? skip(bytes, start, isBlank) : start;
  for (;;) {
    const from = skip(bytes, at, isSpace);
    if (bytes[from] === quote && !isDelimiter(quote, dialect)) {
      const behind = closing(bytes, from + 1);
      // A quote as the last byte at hand may be the first of a pair.
      if (!isLast && (behind === -1 || behind === bytes.length)) return open(true);
      if (behind === -1) return { kind: "malformed", reason: reasons.unclosed };
      fields.push({ start: from + 1, end: behind - 1, isQuoted: true });
      at = isRuns ? behind : skip(bytes, behind, isSpace);
      if (!isLast && at + 1 >= bytes.length) return open(false);
      const isClosed = at >= bytes.length || isDelimiter(bytes[at], dialect) || lineEnd(bytes, at, dialect) > 0;
      if (!isClosed) return { kind: "malformed", reason: reasons.junk };
    } else {
      const end = plainEnd(bytes, at, dialect);
      fields.push({ start: at, end, isQuoted: false });
      at = end;
    }
    if (isRuns) at = skip(bytes, at, isBlank);
    if (!isLast && at + 1 >= bytes.length) return open(false);
    const ending = lineEnd(bytes, at, dialect);
    if (ending > 0 || at >= bytes.length) return { kind: "row", fields, next: at + ending };
    if (!isRuns) at++;
  }
}

/** True for a line of nothing but blanks, which is no row. */
export function isBlankRow(bytes: Buffer, fields: readonly Field[]): boolean {
  const [only] = fields;
  return (
    fields.length === 1 &&
    only?.isQuoted === false &&
    skip(bytes.subarray(0, only.end), only.start, isBlank) === only.end
  );
}

/** One delimiter too many at the end of a line is a habit of many programs, and no further column. */
function hasWidth(fields: readonly Field[], columns: number | null): boolean {
  if (columns === null || fields.length === columns) return true;
  const last = fields.at(-1);
  return fields.length === columns + 1 && last?.isQuoted === false && last.start === last.end;
}

function wrongWidth(fields: readonly Field[], columns: number): string {
  return fields.length === 1 && fields[0]?.isQuoted ? reasons.wrapped : reasons.columns(fields.length, columns);
}

function lineEnds(bytes: Buffer, start: number, end: number, ending: number): number {
  let count = 0;
  for (let at = bytes.indexOf(ending, start); at !== -1 && at < end; at = bytes.indexOf(ending, at + 1)) count++;
  return count;
}

interface State {
  readonly dialect: Dialect;
  readonly target: ScanTarget;
  /** Byte that ends a line. */
  readonly ending: number;
  pending: Buffer;
  line: number;
  /** True behind the start of a line that was too long to keep. */
  isSkipping: boolean;
}

/** Where to go on: an offset; `wait` for more bytes; `skip` all up to the next line. */
type Next = number | "wait" | "skip";

/** Rejects one physical line, once all of it is at hand or it has grown too long. */
function reject(state: State, start: number, reason: string, isLast: boolean): Next {
  const { pending, target, ending } = state;
  const found = pending.indexOf(ending, start);
  const end = found === -1 ? pending.length : found;
  const isLong = end - start > longestRow;
  if (found === -1 && !isLast && !isLong) return "wait";
  target.malformed(state.line, pending.subarray(start, end), isLong ? reasons.long : reason);
  if (found === -1) return "skip";
  state.line += 1;
  return found + 1;
}

function accept(state: State, start: number, fields: readonly Field[], next: number): Next {
  const { pending, target, dialect, line } = state;
  if (!isBlankRow(pending, fields)) {
    const row = pending.subarray(start, next);
    if (row.length > longestRow) target.malformed(line, row, reasons.long);
    else if (hasWidth(fields, dialect.columns)) target.row(line, pending, fields);
    else target.malformed(line, row, wrongWidth(fields, dialect.columns ?? 0));
  }
  const isOneLine = fields.every((field) => !field.isQuoted);
  state.line += isOneLine ? 1 : lineEnds(pending, start, next, state.ending);
  return next;
}

function advance(state: State, start: number, isLast: boolean): Next {
  const read = readRow(state.pending, start, state.dialect, isLast);
  if (read.kind === "row") return accept(state, start, read.fields, read.next);
  if (read.kind === "malformed") return reject(state, start, read.reason, isLast);
  if (state.pending.length - start <= longestRow) return "wait";
  return reject(state, start, read.isInQuotes ? reasons.unclosed : reasons.long, isLast);
}

function skipLine(state: State): Next {
  const found = state.pending.indexOf(state.ending);
  if (found === -1) return "skip";
  state.isSkipping = false;
  state.line += 1;
  return found + 1;
}

function scan(state: State, isLast: boolean): void {
  let at = 0;
  let next: Next = state.isSkipping ? skipLine(state) : 0;
  while (typeof next === "number") {
    at = next;
    next = at < state.pending.length ? advance(state, at, isLast) : "wait";
  }
  state.isSkipping = next === "skip";
  state.pending = state.isSkipping ? Buffer.alloc(0) : state.pending.subarray(at);
}

/** A scanner over bytes in UTF-8 without a byte order mark, whose first line is line 1. */
export function csvScanner(dialect: Dialect, target: ScanTarget): Scanner {
  const ending = dialect.hasOnlyReturns ? carriageReturn : newline;
  const state: State = { dialect, target, ending, pending: Buffer.alloc(0), line: 1, isSkipping: false };
  return {
    push: (chunk) => {
      state.pending = state.pending.length === 0 ? chunk : Buffer.concat([state.pending, chunk]);
      scan(state, false);
    },
    end: () => scan(state, true),
  };
}
