// Rows of a large table by some of its keys.

import type { Builder } from "../../compiler/sql/builder.ts";
import { text } from "./engine.ts";

/** With more keys the whole table is read sooner than its index is asked for each. */
const mostKeys = 512;

/** A FROM item that holds the rows with these keys, and perhaps others too. `key`: the column of the table's primary key. */
export function printAmong(table: string, key: string, keys: readonly string[], builder: Builder): string {
  const distinct = [...new Set(keys)];
  if (distinct.length > mostKeys) return table;
  if (distinct.length === 0) return `(SELECT * FROM ${table} WHERE false)`;
  return `(SELECT * FROM ${table} WHERE ${key} IN (${distinct.map((one) => builder.param(text(one))).join(", ")}))`;
}
