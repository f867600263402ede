// Rows of a large table by some of its keys.

import type { Builder } from "../../compiler/sql/builder.ts";
import type { Session } from "../ports.ts";
import { text } from "./engine.ts";

/** With more keys the whole table is read sooner than its index is asked for each. */
const mostKeys = 512;

/** Some keys; null: so many that they need not be known. */
export type Keys = readonly string[] | null;

/** A FROM item that holds the rows with these keys, and perhaps others too. `key`: the column of the table's primary key. */
export function printAmong(table: string, key: string, keys: Keys, builder: Builder): string {
  if (keys === null) return table;
  const distinct = [...new Set(keys)];
  if (distinct.length > mostKeys) return table;
  if (distinct.length === 0) return `(SELECT * FROM ${table} WHERE false)`;
  return `(SELECT * FROM ${table} WHERE ${key} IN (${distinct.map((one) => builder.param(text(one))).join(", ")}))`;
}

/** What a column of a temporary table with so many rows holds, where that are few. */
export async function keysIn(session: Session, table: string, column: string, rows: number): Promise<Keys> {
  if (rows > mostKeys) return null;
  const found = await session.run({
    text: `SELECT DISTINCT ${column} AS key FROM ${table} WHERE ${column} IS NOT NULL`,
    params: {},
  });
  return found.map(({ key }) => String(key));
}
