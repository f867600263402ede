// Which rows of contacts or companies a load tells of. A few are looked up once by their keys, since to read the whole table
// for each question about them takes longer than all the rest.

import type { Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import { type Binder, binder } from "./binder.ts";
import type { Stage, StagedColumn } from "./stage.ts";

/** With more keys the whole table is read sooner than its index is asked for each. */
export const mostLookedUp = 512;
/** With more rows a copy of those that are known would be another table. */
const mostCopied = 50_000;

export interface Known {
  /** FROM item: a table with at least the rows that have a staged key. */
  readonly from: string;
  /** The column of it that holds the row ids of the table itself. */
  readonly row: string;
  /** How many there are; null where they are not looked up. */
  readonly count: number | null;
}

export async function knownRows(
  session: Session,
  table: "contact" | "company",
  stage: Stage,
  key: StagedColumn,
): Promise<Known> {
  if (stage.rows > mostCopied) return { from: table, row: "rowid", count: null };
  const values = binder();
  const isAsked =
    stage.rows > mostLookedUp
      ? `${table}_id IN (SELECT ${key.value} FROM load_stage)`
      : await amongKeys(session, `${table}_id`, key, values);
  // No field can be called so.
  const row = '"load row"';
  const [found] = await session.run(
    values.sql(`CREATE OR REPLACE TEMP TABLE load_known AS SELECT *, rowid AS ${row} FROM ${table} WHERE ${isAsked}`),
  );
  return { from: "load_known", row, count: Number(found?.Count ?? 0) };
}

async function amongKeys(session: Session, id: string, { value }: StagedColumn, values: Binder): Promise<string> {
  const rows = await session.run(statement(`SELECT DISTINCT ${value} AS key FROM load_stage`));
  return rows.length === 0 ? "false" : `${id} IN (${rows.map(({ key }) => values.text(String(key))).join(", ")})`;
}
