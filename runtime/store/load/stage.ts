// The rows of one file, typed, in a temporary table: `v` columns hold values, `x` columns the texts that did not fit,
// `a` columns whether the row left the field out altogether.

import type { Load } from "../../../compiler/ir/load.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import { Failed } from "../../failures/failures.ts";
import type { Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import { type Binder, binder } from "./binder.ts";
import { blanks, type Column, columnSql, columnsOf, textOf } from "./columns.ts";
import { parquetFault, type Reading } from "./reading.ts";

export interface StagedColumn extends Column {
  readonly value: string;
  /** Null where every text fits. */
  readonly unfit: string | null;
  /** Null where every row says something about it. */
  readonly absent: string | null;
  readonly label: string;
}
export interface Stage {
  readonly reading: Reading;
  readonly columns: readonly StagedColumn[];
  /** SQL for the place of a row among those of its file: its line where that is known. */
  readonly place: string;
  readonly rows: number;
}

/** Thrown where the quick way to read a file met something it cannot judge. */
export class NeedsCare extends Error {
  override readonly name = "NeedsCare";
  readonly path: string;
  constructor(path: string) {
    super(path);
    this.path = path;
  }
}

function isWanted(load: Load, reading: Reading, binder: Binder): string {
  const tests = load.rowsWhere.map(({ column, isNegated, values }) => {
    const cell = `lower(coalesce(trim(${reading.raw(column, binder)}, ${binder.text(blanks)}), ''))`;
    const listed = values.map((value) => binder.text(value.trim().toLowerCase())).join(", ");
    return `${isNegated ? "NOT " : ""}${cell} IN (${listed})`;
  });
  return tests.length === 0 ? "" : `WHERE ${tests.join(" AND ")}`;
}

/** Where a row brings a row up to date that is there; an event, a membership or a consent has nothing to keep. */
const canLeaveOut = ({ target }: Load) => target.kind === "contact" || target.kind === "company";

/**
 * One statement from the file to typed rows. Where only the order of the rows is known, that order is the table's own,
 * unless rows are left out on the way.
 */
function staging(load: Load, plan: Plan, reading: Reading, columns: readonly Column[], zones: readonly string[]) {
  const values = binder();
  const parts = columns.map((column) => {
    const { mapping } = column;
    const how = { format: mapping.format, zone: mapping.zone ?? plan.project.zone };
    const sql = columnSql(column, load, { binder: values, how, zones, mayLookUp: true });
    const text = textOf(reading.raw(mapping.from, values), load, column, values);
    const absent = canLeaveOut(load) ? reading.absent(mapping.from, values) : null;
    return { column, sql, text, absent };
  });
  const isNumbered = reading.line !== null || load.rowsWhere.length > 0;
  const line = isNumbered ? [`${reading.line ?? "row_number() OVER ()"} AS place`] : [];
  const stamp = reading.received === null ? [] : [`${reading.received} AS received_at`];
  const keep = [...(isNumbered ? ["place"] : []), ...(reading.received === null ? [] : ["received_at"])];
  const absents = parts.flatMap(({ column, absent }) => (absent === null ? [] : [`${absent} AS a${column.index}`]));
  const names = (letter: string, of: typeof parts) => of.map(({ column }) => `${letter}${column.index}`);
  const prepared = parts.filter(({ sql }) => sql.prepared !== null);
  const missing = parts.filter(({ absent }) => absent !== null);
  const failing = parts.filter(({ sql }) => sql.unfit !== null);
  const texts = parts.map(({ column, text }) => `${text} AS t${column.index}`);
  const raw = rawRows(load, reading, values, { line: [...line, ...stamp], texts, absents });
  const withPrepared = `SELECT *${prepared.map(({ column, sql }) => `, ${sql.prepared} AS p${column.index}`).join("")} FROM (${raw})`;
  const kept = [...keep, ...names("a", missing), ...names("t", failing)];
  const typed = [...kept, ...parts.map(({ column, sql }) => `${sql.value} AS v${column.index}`)];
  const withValues = `SELECT ${typed.join(", ")} FROM (${withPrepared})`;
  const unfit = failing.map(
    ({ column, sql }) => `CASE WHEN ${sql.unfit} THEN t${column.index} END AS x${column.index}`,
  );
  const out = [...keep, ...names("a", missing), ...names("v", parts), ...unfit];
  const statementText = `CREATE OR REPLACE TEMP TABLE load_stage AS SELECT ${out.join(", ")} FROM (${withValues})`;
  return { sql: values.sql(statementText), parts, isNumbered };
}

interface RawColumns {
  readonly line: readonly string[];
  readonly texts: readonly string[];
  readonly absents: readonly string[];
}

/** Rows are numbered before any is left out. */
function rawRows(load: Load, reading: Reading, values: Binder, { line, texts, absents }: RawColumns): string {
  const relation = reading.relation(values);
  const where = isWanted(load, reading, values);
  if (where === "") return `SELECT ${[...line, ...texts, ...absents].join(", ")} FROM ${relation}`;
  return `SELECT ${["place", ...texts, ...absents].join(", ")} FROM (SELECT *, ${line.join(", ")} FROM ${relation}) ${where}`;
}

/** Reads the file into `load_stage`. */
export async function stage(
  session: Session,
  load: Load,
  plan: Plan,
  reading: Reading,
  zones: readonly string[],
): Promise<Stage> {
  const { sql, parts, isNumbered } = staging(load, plan, reading, columnsOf(load, plan.catalog), zones);
  let rows = 0;
  try {
    const [made] = await session.run(sql);
    rows = Number(made?.Count ?? 0);
  } catch (error) {
    if (load.format === "parquet") throw parquetFault(reading.file, error);
    // The quick reader stops at the first fault; which rows are at fault only the careful one can tell.
    if (reading.linesOf && !(error instanceof Failed && error.failure.code === "F125"))
      throw new NeedsCare(reading.file.path);
    throw error;
  }
  return {
    reading,
    place: isNumbered ? "place" : await placeOfRows(session),
    rows,
    columns: parts.map(({ column, sql: { unfit }, absent }) => ({
      ...column,
      value: `v${column.index}`,
      unfit: unfit === null ? null : `x${column.index}`,
      absent: absent === null ? null : `a${column.index}`,
      label: reading.label(column.mapping.from),
    })),
  };
}

/** Row ids of an uncommitted table start at a number that does not fit into a JavaScript one. */
async function placeOfRows(session: Session): Promise<string> {
  const [row] = await session.run(statement("SELECT CAST(min(rowid) AS VARCHAR) AS first FROM load_stage"));
  return `(rowid - CAST(${row?.first ?? 0} AS BIGINT) + 1)`;
}

/** SQL that is true where a required value is unknown; one that the row does not mention is another matter. */
export function isMissing(column: StagedColumn): string {
  const unsaid = column.absent !== null && !column.isKeyText ? ` AND NOT ${column.absent}` : "";
  return `(${column.value} IS NULL${unsaid})`;
}

export const isRejected = (columns: readonly StagedColumn[]) =>
  columns
    .filter((column) => column.isRequired)
    .map(isMissing)
    .join(" OR ") || "FALSE";
