// How the database gets at the rows of a file: one relation whose columns are texts, whatever the format.

import type { Load, LoadSource } from "../../../compiler/ir/load.ts";
import { quote } from "../../../compiler/sql/tables.ts";
import { Failed, failure } from "../../failures/failures.ts";
import type { Session } from "../../ports.ts";
import type { Binder } from "./binder.ts";
import { decodedChunks, readHead } from "./byte-stream.ts";
import { type CleanCopy, cleanCsv, cleanJson } from "./clean-copy.ts";
import { csvScanner } from "./csv-scanner.ts";
import { literally, type LoadFile } from "./files.ts";
import { columnIndex, csvShape } from "./header.ts";

export interface Reading {
  readonly file: LoadFile;
  /** SQL for the relation. */
  readonly relation: (binder: Binder) => string;
  /** SQL for the text of a cell. */
  readonly raw: (source: LoadSource, binder: Binder) => string;
  /** SQL that is true where the row says nothing about it, not even that it is unknown; null where that cannot be. */
  readonly absent: (source: LoadSource, binder: Binder) => string | null;
  /** The column as the rejects file names it. */
  readonly label: (source: LoadSource) => string;
  /** SQL for when the row came; null: all with the load. */
  readonly received: string | null;
  /** SQL for the line (or record) of a row; null where only the order of the rows is known. */
  readonly line: string | null;
  /** Lines of the rows at these places (from 1, ascending); null where this reader sees other rows than the database did. */
  readonly linesOf: ((places: readonly number[], rows: number) => Promise<readonly number[] | null>) | null;
  /** SQL for the malformed rows: line, value, reason; null where there are none. */
  readonly malformed: ((binder: Binder) => string) | null;
  readonly malformedRows: number;
  readonly close: () => Promise<void>;
}

const fixed = `auto_detect = false, delim = ',', quote = '"', escape = '"', strict_mode = true, null_padding = false`;
const textColumns = (names: readonly string[]) =>
  `columns = {${names.map((name) => `'${name}': 'VARCHAR'`).join(", ")}}`;
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);
const labelOf = (source: LoadSource) => (source.kind === "column" ? source.name : `column ${source.index}`);

function sourcesOf(load: Load): readonly LoadSource[] {
  return [...load.mappings.map(({ from }) => from), ...load.rowsWhere.map(({ column }) => column)];
}

/** Reads a clean copy, whose line and reason stand before its columns. */
function cleanRelation(copy: CleanCopy, binder: Binder): string {
  const columns = textColumns(["line", "reason", ...numbered(copy.columns)]);
  // A row may be twice as long here as it was, all its quotes doubled.
  return `read_csv(${binder.text(literally(copy.path))}, header = false, ${fixed}, max_line_size = 40000000, buffer_size = 80000000, ${columns})`;
}

function cleanReading(file: LoadFile, copy: CleanCopy, raw: Reading["raw"], absent: Reading["absent"]): Reading {
  const rows = (binder: Binder) => `(SELECT * FROM ${cleanRelation(copy, binder)} WHERE reason IS NULL)`;
  const malformed = (binder: Binder) =>
    `SELECT CAST(line AS BIGINT) AS line, c0 AS value, reason FROM ${cleanRelation(copy, binder)} WHERE reason IS NOT NULL`;
  return {
    file,
    relation: rows,
    raw,
    absent,
    label: labelOf,
    received: null,
    line: "CAST(line AS BIGINT)",
    linesOf: null,
    malformed: copy.malformed > 0 ? malformed : null,
    malformedRows: copy.malformed,
    close: copy.remove,
  };
}

const none = () => null;

/** A file without a row: nothing to read, and nothing wrong. */
function emptyReading(file: LoadFile): Reading {
  return {
    file,
    relation: () => "(SELECT NULL AS nothing WHERE FALSE)",
    raw: () => "CAST(NULL AS VARCHAR)",
    absent: none,
    label: labelOf,
    received: null,
    line: "CAST(0 AS BIGINT)",
    linesOf: null,
    malformed: null,
    malformedRows: 0,
    close: async () => undefined,
  };
}

async function csvReading(file: LoadFile, load: Load, isCareful: boolean): Promise<Reading> {
  const head = await readHead(file, load.encoding);
  const shape = csvShape(file, head, load);
  if (!shape) return emptyReading(file);
  const { dialect, names } = shape;
  const indexOf = (source: LoadSource) => columnIndex(file, source, names, dialect.columns);
  const kept = [...new Set(sourcesOf(load).map(indexOf))];
  const label = (source: LoadSource) => names?.[indexOf(source)] ?? labelOf(source);
  // The database itself takes only what leaves no doubt; of one column, it takes empty lines for rows.
  const isDirect = !isCareful && head.encoding === null && dialect.delimiter !== null && dialect.columns > 1;
  if (!isDirect) {
    const copy = await cleanCsv(file, head, shape, kept);
    return { ...cleanReading(file, copy, (source) => `c${kept.indexOf(indexOf(source))}`, none), label };
  }
  const delimiter = String.fromCharCode(dialect.delimiter ?? 0);
  const settings = fixed.replace("delim = ','", `delim = '${delimiter.replace("'", "''")}'`);
  const columns = textColumns(numbered(dialect.columns));
  return {
    ...emptyReading(file),
    relation: (binder) =>
      `read_csv(${binder.text(literally(file.path))}, header = ${names !== null}, ${settings}, ${columns})`,
    raw: (source) => `c${indexOf(source)}`,
    label,
    line: null,
    linesOf: async (places, rows) => {
      const lines: number[] = [];
      let [seen, next] = [names === null ? 0 : -1, 0];
      let isSame = true;
      const scanner = csvScanner(dialect, {
        malformed: () => {
          isSame = false;
        },
        row: (line) => {
          seen += 1;
          if (seen !== places[next]) return;
          lines.push(line);
          next += 1;
        },
      });
      for await (const chunk of decodedChunks(file, head)) scanner.push(chunk);
      scanner.end();
      return isSame && seen === rows ? lines : null;
    },
  };
}

/** `a.b` is first a key of that name, then a path. As JSON pointers: no key needs quoting there. */
function pointers(source: LoadSource): readonly string[] {
  const name = labelOf(source);
  const pointer = (keys: readonly string[]) =>
    keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return name.includes(".") ? [pointer([name]), pointer(name.split("."))] : [pointer([name])];
}

async function jsonReading(file: LoadFile, load: Load): Promise<Reading> {
  for (const source of sourcesOf(load)) {
    if (source.kind === "position") throw new Failed(failure("F156", { path: file.label, index: source.index }));
  }
  const head = await readHead(file, load.encoding);
  const copy = await cleanJson(file, head);
  const first = (sql: (pointer: string) => string, source: LoadSource, binder: Binder) =>
    `coalesce(${pointers(source)
      .map((pointer) => sql(binder.text(pointer)))
      .join(", ")})`;
  return cleanReading(
    file,
    copy,
    (source, binder) => first((pointer) => `json_extract_string(c0, ${pointer})`, source, binder),
    (source, binder) => `${first((pointer) => `json_type(c0, ${pointer})`, source, binder)} IS NULL`,
  );
}

/** What is thrown where the engine gave up on a Parquet file: whatever it says of the file is no fault of the database. */
export function parquetFault(file: LoadFile, error: unknown): unknown {
  if (error instanceof Failed && ["F125", "F126", "F127"].includes(error.failure.code)) return error;
  const [text = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  if (/^(Binder|Parser|Catalog|Conversion) Error/.test(text)) return error;
  return new Failed(
    failure("F151", { path: file.label, reason: error instanceof Failed ? "a part of it is damaged" : text }),
  );
}

async function parquetReading(file: LoadFile, session: Session): Promise<Reading> {
  const params = { path: { kind: "text" as const, value: literally(file.path) } };
  const columns = await session
    .run({ text: "DESCRIBE SELECT * FROM read_parquet($path)", params })
    .catch((error: unknown) => {
      throw parquetFault(file, error);
    });
  const names = columns.map((column) => String(column.column_name));
  const raw = (source: LoadSource) => {
    const index = columnIndex(file, source, names, names.length);
    const [name, type] = [quote(names[index] ?? ""), String(columns[index]?.column_type)];
    return /\[|STRUCT|MAP/.test(type) ? `CAST(to_json(${name}) AS VARCHAR)` : `CAST(${name} AS VARCHAR)`;
  };
  // A column of the file's own that is called so leaves no room for the engine's.
  const isNumbered = !names.some((name) => name.toLowerCase() === "file_row_number");
  return {
    ...emptyReading(file),
    relation: (binder) => `read_parquet(${binder.text(literally(file.path))}, file_row_number = ${isNumbered})`,
    raw,
    line: isNumbered ? "file_row_number + 1" : null,
  };
}

/** `isCareful`: the file was once read and something in it was not as it should be. */
export async function openReading(file: LoadFile, load: Load, session: Session, isCareful: boolean): Promise<Reading> {
  switch (load.format) {
    case "csv":
      return await csvReading(file, load, isCareful);
    case "json":
      return await jsonReading(file, load);
    case "parquet":
      return await parquetReading(file, session);
  }
}
