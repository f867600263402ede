// A copy of a database that nobody holds, byte for byte, without writing to it.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { Bug } from "../../grammar/unreachable.ts";
import { failure } from "../failures/failures.ts";
import type { Failure, Result } from "../ports.ts";
import { classify } from "./classify.ts";

/**
 * Copies the database file, and its log of what is not yet in it, to `to`. While that goes on it is open for reading, so that no other
 * process can write.
 * @returns F435 where an engine holds the file, and others where it is no database, or the copy could not be written.
 */
export async function copyFiles(from: string, to: string): Promise<Result<void>> {
  const path = resolve(from);
  let instance: DuckDBInstance;
  try {
    instance = await DuckDBInstance.fromCache(path, { access_mode: "READ_ONLY" });
  } catch (error) {
    return { ok: false, failure: whyNot(error, from) };
  }
  try {
    for (const log of ["", ".wal"]) {
      if (!existsSync(`${path}${log}`)) continue;
      const reason = await copyFile(`${path}${log}`, `${to}${log}`);
      if (reason !== null) return { ok: false, failure: failure("F441", { path: from, reason }) };
    }
    return { ok: true, value: undefined };
  } finally {
    instance.closeSync();
  }
}

/** An engine that holds the file may be one of this very process. */
function whyNot(error: unknown, path: string): Failure {
  const text = error instanceof Error ? error.message : String(error);
  const found = classify(error, path);
  if (found?.code === "F120" || /different configuration/i.test(text)) return failure("F435", { path });
  if (!found) throw new Bug(text, { cause: error });
  return found;
}

/** In a process of its own: closing the file here would let go of the lock that keeps others from writing. */
function copyFile(from: string, to: string): Promise<string | null> {
  return new Promise((done) => {
    execFile("cp", ["--", from, to], (error, _, told) => done(error ? told.trim() || error.message : null));
  });
}
