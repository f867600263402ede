// The first line of a CSV file: what keeps the columns apart, how many there are, and what they are called.

import { isUtf8 } from "node:buffer";
import type { Load, LoadSource } from "../../../compiler/ir/load.ts";
import { nearest } from "../../../compiler/similar.ts";
import { Failed, failure } from "../../failures/failures.ts";
import type { Head } from "./byte-stream.ts";
import { type Dialect, type Field, isBlankRow, readRow } from "./csv-scanner.ts";
import type { LoadFile } from "./files.ts";

export interface CsvShape {
  readonly dialect: Dialect & { readonly columns: number };
  /** As in the file, without outer space; null where it has no header. */
  readonly names: readonly string[] | null;
}

const candidates = [",", ";", "\t", "|"];

export function fieldText(bytes: Buffer, field: Field): string {
  const text = bytes.toString("utf8", field.start, field.end);
  return field.isQuoted ? text.replaceAll('""', '"') : text;
}

function delimiterByte(delimiter: string): number | null {
  const bytes = Buffer.from(delimiter, "utf8");
  if (/^ +$/.test(delimiter)) return null;
  const [byte] = bytes;
  if (bytes.length !== 1 || byte === undefined || /["\r\n]/.test(delimiter)) {
    throw new Failed(failure("F150", { delimiter }));
  }
  return byte;
}

function firstRows(head: Head, dialect: Dialect, most: number): readonly (readonly Field[])[] {
  const rows: (readonly Field[])[] = [];
  for (let at = 0; at < head.bytes.length && rows.length < most; ) {
    const read = readRow(head.bytes, at, dialect, head.isWhole);
    if (read.kind !== "row") break;
    if (!isBlankRow(head.bytes, read.fields)) rows.push(read.fields);
    at = read.next;
  }
  return rows;
}

/** The candidate that gives the first rows most columns, all of one width; failing that, the first row most columns. */
function findDelimiter(head: Head, hasOnlyReturns: boolean): number {
  const scored = candidates.map((candidate) => {
    const delimiter = candidate.charCodeAt(0);
    const widths = firstRows(head, { delimiter, columns: null, hasOnlyReturns }, 20).map((fields) => fields.length);
    const [width = 0] = widths;
    return { delimiter, width, isEven: widths.every((one) => one === width) };
  });
  const even = scored.filter(({ isEven, width }) => isEven && width > 1);
  const [best] = (even.length > 0 ? even : scored).toSorted((a, b) => b.width - a.width);
  return best?.delimiter ?? 0x2c;
}

/** What the file looks like; null where there is not a single row in it. */
export function csvShape(file: LoadFile, head: Head, load: Load): CsvShape | null {
  const hasOnlyReturns = !head.bytes.includes(0x0a) && head.bytes.includes(0x0d);
  const delimiter = load.delimiter === null ? findDelimiter(head, hasOnlyReturns) : delimiterByte(load.delimiter);
  const [first] = firstRows(head, { delimiter, columns: null, hasOnlyReturns }, 1);
  if (!first) {
    if (head.isWhole) return null;
    throw new Failed(failure("F149", { path: file.label }));
  }
  const dialect = { delimiter, columns: first.length, hasOnlyReturns };
  if (!load.hasHeader) return { dialect, names: null };
  const [start, end] = [first[0]?.start ?? 0, first.at(-1)?.end ?? 0];
  if (!isUtf8(head.bytes.subarray(start, end))) throw new Failed(failure("F155", { path: file.label }));
  return { dialect, names: first.map((field) => fieldText(head.bytes, field).trim()) };
}

/** Index from 0 of the column that a load names: spelled exactly so, else ignoring case and outer space. */
export function columnIndex(
  file: LoadFile,
  source: LoadSource,
  names: readonly string[] | null,
  columns: number,
): number {
  if (source.kind === "position") {
    if (source.index <= columns) return source.index - 1;
    throw new Failed(failure("F148", { path: file.label, index: source.index, columns }));
  }
  if (names === null) throw new Failed(failure("F153", { path: file.label, column: source.name }));
  const wanted = source.name.trim();
  const same = [
    names.flatMap((name, index) => (name === wanted ? [index] : [])),
    names.flatMap((name, index) => (name.toLowerCase() === wanted.toLowerCase() ? [index] : [])),
  ].find((found) => found.length > 0);
  const [index] = same ?? [];
  if (index === undefined) {
    const near = nearest(wanted, names);
    throw new Failed(failure("F144", { path: file.label, column: source.name, nearest: near, columns: names }));
  }
  if (same && same.length > 1) throw new Failed(failure("F145", { path: file.label, column: source.name }));
  return index;
}
