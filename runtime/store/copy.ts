// A whole database, written anew into another file: what was deleted in the first is not in the second.

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { closeSync, fsyncSync, openSync } from "node:fs";
import { resolve } from "node:path";
import type { Sql } from "../../compiler/sql/sql.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { Failed, failure } from "../failures/failures.ts";
import { classify } from "./classify.ts";
import { bindAll } from "./values.ts";

/** `plain`: texts lie in the file as they are, which only tests want. */
export type Storage = "plain";

export interface Copying {
  /** Statements that the new file runs behind the copy. */
  readonly behind?: readonly Sql[];
  readonly storage?: Storage;
}

export const literal = (path: string): string => `'${resolve(path).replaceAll("'", "''")}'`;

/** The first must be closed in this process; the second must not exist. When it returns, the second is on the disk. */
export async function copyDatabase(from: string, to: string, copying: Copying = {}): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    if (copying.storage === "plain") await connection.run("SET force_compression = 'uncompressed'");
    await connection.run(`ATTACH ${literal(from)} AS old (READ_ONLY)`);
    await copyWithin(connection, { from: "old", to, as: "fresh", behind: copying.behind ?? [] });
  } catch (error) {
    throw understoodCopy(error, from, to);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  syncFile(to);
}

export interface CopyWithin {
  /** Name of the database among those of the connection. */
  readonly from: string;
  /** A file that does not exist. */
  readonly to: string;
  /** What the new database is called meanwhile. */
  readonly as: string;
  readonly behind: readonly Sql[];
}

/** One transaction reads all of it, whatever others write meanwhile. */
export async function copyWithin(connection: DuckDBConnection, { from, to, as, behind }: CopyWithin): Promise<void> {
  await connection.run(`ATTACH ${literal(to)} AS ${as}`);
  try {
    await connection.run("BEGIN TRANSACTION");
    await connection.run(`COPY FROM DATABASE ${from} TO ${as}`);
    await connection.run("COMMIT");
    await connection.run(`USE ${as}`);
    for (const sql of behind) {
      const prepared = await connection.prepare(sql.text);
      bindAll(prepared, sql.params);
      await prepared.run();
      prepared.destroySync();
    }
    await connection.run(`CHECKPOINT ${as}`);
  } finally {
    // What failed is rolled back before it is let go of, and must not hide why.
    for (const end of ["ROLLBACK", `USE ${from}`, `DETACH ${as}`]) await connection.run(end).catch(() => undefined);
  }
}

/** The failure of the world behind a copy that did not succeed: what is full is the disk of the new file. */
export function understoodCopy(error: unknown, from: string, to: string): Error {
  if (error instanceof Failed || error instanceof Bug) return error;
  const found = classify(error, from);
  if (!found) return new Bug(error instanceof Error ? error.message : String(error), { cause: error });
  return new Failed(found.code === "F125" ? failure("F125", { path: to }) : found);
}

export function syncFile(path: string): void {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
