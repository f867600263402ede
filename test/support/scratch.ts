// Folders that a test may fill and that are gone after it, and databases in them.

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Database, Result } from "../../runtime/ports.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "cadenza-test-"));
  // A process that runs as somebody else must get at what is in it.
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function valueFrom<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.text}`);
  return result.value;
}

/** Code of the failure, or `fine`. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? "fine" : result.failure.code;
}

/** A database that is closed when the test ends; in memory where no path is given. */
export async function scratchDatabase(path = ":memory:"): Promise<Database> {
  const database = valueFrom(await openDatabase(path, { threads: 1 }));
  onTestFinished(() => database.close());
  return database;
}

export async function query(database: Database, text: string) {
  return await database.run({ text, params: {} });
}
