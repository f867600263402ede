// A whole database, written anew into another file: what was deleted in the first is not in the second.

import { DuckDBInstance } from "@duckdb/node-api";
import { closeSync, fsyncSync, openSync } from "node:fs";
import { resolve } from "node:path";
import type { Sql } from "../../compiler/sql/sql.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { Failed } from "../failures.ts";
import { classify } from "./classify.ts";
import { bindAll } from "./values.ts";

/** `plain`: texts lie in the file as they are, which only tests want. */
export type Storage = "plain";

export interface Copying {
  /** Statements that the new file runs behind the copy. */
  readonly behind?: readonly Sql[];
  readonly storage?: Storage;
}

const literal = (path: string): string => `'${resolve(path).replaceAll("'", "''")}'`;

/** The first must be closed in this process; the second must not exist. When it returns, the second is on the disk. */
export async function copyDatabase(from: string, to: string, { behind = [], storage }: Copying = {}): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    if (storage === "plain") await connection.run("SET force_compression = 'uncompressed'");
    await connection.run(`ATTACH ${literal(from)} AS old (READ_ONLY)`);
    await connection.run(`ATTACH ${literal(to)} AS fresh`);
    await connection.run("COPY FROM DATABASE old TO fresh");
    await connection.run("USE fresh");
    for (const sql of behind) {
      const prepared = await connection.prepare(sql.text);
      bindAll(prepared, sql.params);
      await prepared.run();
      prepared.destroySync();
    }
    await connection.run("CHECKPOINT fresh");
    await connection.run("USE memory");
    await connection.run("DETACH fresh");
  } catch (error) {
    const found = classify(error, from);
    throw found ? new Failed(found) : new Bug(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  const file = openSync(to, "r");
  fsyncSync(file);
  closeSync(file);
}
