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

/** A scanner over bytes in UTF-8 without a byte order mark. `firstLine`: number of the line that comes first. */
export function csvScanner(dialect: Dialect, target: ScanTarget, firstLine = 1): Scanner {
  const ending = dialect.hasOnlyReturns ? carriageReturn : newline;
  let pending: Buffer = Buffer.alloc(0);
  let line = firstLine;
  let isSkipping = false;

  /** Rejects one physical line; the offset behind it, or -1 where its end is not at hand. */
  const reject = (start: number, reason: string): number => {
    const found = pending.indexOf(ending, start);
    const end = found === -1 ? pending.length : found;
    target.malformed(
      line,
      pending.subarray(start, end),
      found === -1 && end - start > longestRow ? reasons.long : reason,
    );
    if (found === -1) return -1;
    line += 1;
    return found + 1;
  };

  const accept = (start: number, fields: readonly Field[], next: number) => {
    if (!isBlankRow(pending, fields)) {
      if (next - start > longestRow) target.malformed(line, pending.subarray(start, next), reasons.long);
      else if (hasWidth(fields, dialect.columns)) target.row(line, pending, fields);
      else target.malformed(line, pending.subarray(start, next), wrongWidth(fields, dialect.columns ?? 0));
    }
    line += fields.some((field) => field.isQuoted) ? lineEnds(pending, start, next, ending) : 1;
  };

  /** Goes on behind a line that was too long to keep; the offset behind it, or -1. */
  const skipLine = (): number => {
    const found = pending.indexOf(ending);
    if (found === -1) return -1;
    isSkipping = false;
    line += 1;
    return found + 1;
  };

  const scan = (isLast: boolean) => {
    let at = isSkipping ? skipLine() : 0;
    while (at !== -1 && at < pending.length) {
      const read = readRow(pending, at, dialect, isLast);
      if (read.kind === "row") {
        accept(at, read.fields, read.next);
        at = read.next;
      } else if (read.kind === "malformed") {
        at = reject(at, read.reason);
      } else {
        if (pending.length - at <= longestRow) break;
        at = reject(at, read.isInQuotes ? reasons.unclosed : reasons.long);
        isSkipping = at === -1;
      }
    }
    pending = at === -1 ? Buffer.alloc(0) : pending.subarray(at);
  };

  return {
    push: (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      scan(false);
    },
    end: () => scan(true),
  };
}
