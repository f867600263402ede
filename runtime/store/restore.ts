// Puts a backup in the place of a database: whole, beside it first, and then by one renaming.

import { copyFileSync, existsSync, linkSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Sql } from "../../compiler/sql/sql.ts";
import { Failed, failure, systemReason } from "../failures/failures.ts";
import type { Instant } from "../ports.ts";
import { syncFolderOf, understoodBackup, unmarked } from "./backup.ts";
import { copyWithin, literal, syncFile, understoodCopy } from "./copy.ts";
import { openDatabase } from "./duckdb.ts";
import { carried, type Carried, carrying, type CarryRequest, type Replaced } from "./carry-over.ts";
import type { Tombstone } from "./tombstones.ts";
import { bindAll } from "./values.ts";

/** A database in this state is not worth less than a backup: whoever wants it replaced must mend that first. */
const obstacles: ReadonlySet<string> = new Set(["F120", "F123", "F124", "F125", "F127", "F128", "F129"]);

/** Brings all that is in its log into the file of the database, so that the file is all of it. */
export async function settleReplaced(path: string): Promise<Replaced> {
  if (!existsSync(path)) return { kind: "none" };
  const opened = await openDatabase(path);
  if (!opened.ok && obstacles.has(opened.failure.code)) throw new Failed(opened.failure);
  if (!opened.ok) return { kind: "unreadable", failure: opened.failure };
  try {
    await opened.value.change({ text: "CHECKPOINT", params: {} });
    return { kind: "readable" };
  } catch (error) {
    if (error instanceof Failed) return { kind: "unreadable", failure: error.failure };
    throw error;
  } finally {
    await opened.value.close().catch(() => undefined);
  }
}

/** A connection in which the replaced database is open for reading, so that nobody else can write it until it is let go of. */
export interface Hold {
  readonly connection: DuckDBConnection;
  release(): void;
}

export async function hold(path: string, replaced: Replaced): Promise<Hold> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const release = () => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    if (replaced.kind === "readable") await connection.run(`ATTACH ${literal(path)} AS replaced (READ_ONLY)`);
    // Somebody was quicker.
    if (replaced.kind === "readable" && existsSync(`${path}.wal`))
      throw new Failed(failure("F120", { path, pid: null }));
    return { connection, release };
  } catch (error) {
    release();
    throw understoodCopy(error, path, path);
  }
}

/** Writes the backup anew into a file, which reads all of it. */
export async function copyBackup({ connection }: Hold, backup: string, to: string): Promise<void> {
  for (const left of [to, `${to}.wal`, `${to}.new`, `${to}.new.wal`]) rmSync(left, { force: true });
  try {
    await connection.run(`ATTACH ${literal(backup)} AS backup (READ_ONLY)`);
    await copyWithin(connection, { from: "backup", to, as: "fresh", behind: [unmarked] });
    await connection.run("USE memory");
  } catch (error) {
    const found = understoodCopy(error, backup, to);
    throw found instanceof Failed && found.failure.code === "F125" ? found : understoodBackup(error, backup);
  }
}

/** Who was forgotten before the backup, which the connection still has open. */
export async function tombstonesIn(connection: DuckDBConnection): Promise<readonly Tombstone[]> {
  const read = await connection.runAndReadAll('SELECT kind, digest, epoch_ms("at") FROM backup.tombstone');
  return read.getRows().map(([kind, digest, at]) => ({
    kind: kind === "key" ? "key" : "address",
    digest: String(digest),
    at: Number(at),
  }));
}

/** Writes into the new file what must not be lost of the replaced one, and what is in doubt since the backup. */
export async function carryOver({ connection }: Hold, to: string, request: CarryRequest): Promise<Carried> {
  const run = async ({ text, params }: Sql) => {
    const prepared = await connection.prepare(text);
    try {
      bindAll(prepared, params);
      return (await prepared.runAndReadAll()).getRows();
    } finally {
      prepared.destroySync();
    }
  };
  try {
    await connection.run(`ATTACH ${literal(to)} AS fresh`);
    await connection.run("USE fresh");
    await connection.run("BEGIN TRANSACTION");
    const known = await run({
      text: "SELECT table_name FROM duckdb_tables() WHERE database_name = 'replaced'",
      params: {},
    });
    const tables = new Set(known.map(([name]) => String(name)));
    for (const sql of carrying({ ...request, tables })) await run(sql);
    const [counts = []] = await run(carried);
    await connection.run("COMMIT");
    await connection.run("CHECKPOINT fresh");
    const [consents, suppressions, told, doubted] = counts.map(Number);
    return { consents: consents ?? 0, suppressions: suppressions ?? 0, told: told ?? 0, doubted: doubted ?? 0 };
  } catch (error) {
    await connection.run("ROLLBACK").catch(() => undefined);
    throw understoodCopy(error, to, to);
  } finally {
    await connection.run("USE memory").catch(() => undefined);
    await connection.run("DETACH fresh").catch(() => undefined);
  }
}

const keptPrefix = (path: string): string => `${path}.before-restore-`;

/** A path beside the database at which the replaced one is kept. */
function keptPath(path: string, now: Instant): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const first = `${keptPrefix(path)}${stamp}`;
  let kept = first;
  for (let count = 2; existsSync(kept) || existsSync(`${kept}.wal`); count++) kept = `${first}-${count}`;
  return kept;
}

export interface Swap {
  readonly path: string;
  /** The new file, complete and closed. */
  readonly fresh: string;
  readonly replaced: Replaced;
  readonly now: Instant;
  readonly onStep?: (step: string) => void;
}

/** @returns where the replaced database is kept; null where there was none */
export function swap({ path, fresh, replaced, now, onStep }: Swap): string | null {
  syncFile(fresh);
  if (replaced.kind === "none") {
    publishNew(fresh, path);
    syncFolderOf(path);
    onStep?.("swapped");
    return null;
  }
  const kept = keptPath(path, now);
  const hasLog = existsSync(`${path}.wal`);
  // The log first: what has no database beside it is in nobody's way.
  const isLinked = !hasLog || keep(`${path}.wal`, `${kept}.wal`);
  onStep?.("kept log");
  keep(path, kept);
  syncFolderOf(path);
  onStep?.("kept");
  if (!isLinked) rmSync(`${path}.wal`);
  renameSync(fresh, path);
  onStep?.("swapped");
  dropForeignLog(path);
  syncFolderOf(path);
  return kept;
}

/** False where the disk knows no second name for a file, and it was copied. */
function keep(path: string, kept: string): boolean {
  try {
    linkSync(path, kept);
    return true;
  } catch {
    copyFileSync(path, kept);
    syncFile(kept);
    return false;
  }
}

/** Where a database came to be meanwhile, it stays. */
function publishNew(fresh: string, path: string): void {
  try {
    linkSync(fresh, path);
    rmSync(fresh);
  } catch (error) {
    if (systemReason(error) === "EEXIST" || existsSync(path)) throw new Failed(failure("F510", { path }));
    renameSync(fresh, path);
  }
}

/**
 * Takes the log away that belongs to a database which was replaced: whoever replaced it died before. It is known by being kept
 * beside that database under another name.
 */
export function dropForeignLog(path: string): void {
  const log = statSync(`${path}.wal`, { throwIfNoEntry: false });
  if (!log || log.nlink < 2) return;
  const own = statSync(path, { throwIfNoEntry: false });
  const prefix = basename(keptPrefix(path));
  const kept = readdirSync(dirname(path)).filter((name) => name.startsWith(prefix) && name.endsWith(".wal"));
  const isForeign = kept.some((name) => {
    const place = join(dirname(path), name);
    const database = statSync(place.slice(0, -".wal".length), { throwIfNoEntry: false });
    return statSync(place).ino === log.ino && database !== undefined && database.ino !== own?.ino;
  });
  if (isForeign) rmSync(`${path}.wal`, { force: true });
}
