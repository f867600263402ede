// Backups: a database of one snapshot in a file of its own, which says itself what it is.

import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Sql } from "../../compiler/sql/sql.ts";
import { quote } from "../../compiler/sql/tables.ts";
import { Failed, failure, systemReason } from "../failures/failures.ts";
import type { Instant } from "../ports.ts";
import { classify } from "./classify.ts";
import { copyWithin, literal, syncFile, understoodCopy } from "./copy.ts";
import { type DatabaseOptions, instanceOf } from "./duckdb.ts";
import { schemaVersion, text } from "./schema.ts";

/** What a backup says of itself. */
export interface Mark {
  readonly project: string;
  /** All that was written before is in it. */
  readonly at: Instant;
  /** By which people are known who were forgotten, hex; null where nobody was. */
  readonly secret: string | null;
}

export interface Backing {
  /** Of the database, which this process has open with these options. */
  readonly path: string;
  readonly options: DatabaseOptions;
  readonly to: string;
  readonly mark: Mark;
  /** True: a backup that is there makes way. */
  readonly replaces: boolean;
  /** Nobody else's: what the file is called until it is whole. */
  readonly unique: string;
  /** Called behind each step, in tests. */
  readonly onStep?: (step: string) => void;
}

const keys = { project: "backup_project", at: "backup_at", secret: "backup_secret" } as const;

/** In the copy alone: the database itself is no backup. */
export const unmarked = { text: `DELETE FROM meta WHERE key IN ('${Object.values(keys).join("', '")}')`, params: {} };

function marking(mark: Mark): readonly Sql[] {
  const entries = [
    [keys.project, mark.project],
    [keys.at, String(mark.at)],
    ...(mark.secret === null ? [] : [[keys.secret, mark.secret]]),
  ];
  const rows = entries.map(([key = "", value = ""]) => ({
    text: "INSERT INTO meta VALUES ($key, $value)",
    params: { key: text(key), value: text(value) },
  }));
  // A database that was restored by a program that died says what it was.
  return [unmarked, ...rows];
}

/**
 * Writes what is in the database now into a file. Others may write meanwhile; a process that dies leaves at most a file that is
 * no backup by its name. F506 where a file is there, F119, F125 where it cannot be written.
 * @returns how large it is
 */
export async function writeBackup(backing: Backing): Promise<number> {
  const { path, options, to, mark, replaces, unique, onStep } = backing;
  await refuseTaken(backing);
  const part = `${to}.part-${unique}`;
  try {
    const instance = await instanceOf(path, options);
    const connection = await instance.connect();
    try {
      const [row] = await (await connection.run("SELECT current_database()")).getRows();
      onStep?.("opened");
      await copyWithin(connection, {
        from: quote(String(row?.[0])),
        to: part,
        as: `backup_${unique}`,
        behind: marking(mark),
      });
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
    onStep?.("copied");
    chmodSync(part, 0o600);
    syncFile(part);
    onStep?.("synced");
    publish(part, to, replaces);
    onStep?.("published");
    return statSync(to).size;
  } catch (error) {
    throw isOfSystem(error)
      ? new Failed(failure("F119", { path: to, reason: systemReason(error) }))
      : understoodCopy(error, path, to);
  } finally {
    for (const left of [part, `${part}.wal`]) rmSync(left, { force: true });
  }
}

const isOfSystem = (error: unknown): boolean => error instanceof Error && "syscall" in error;

/** What is there makes way only where it is a backup itself, and never where it is the database. */
async function refuseTaken({ path, to, replaces }: Backing): Promise<void> {
  const there = statSync(to, { throwIfNoEntry: false });
  if (!there) return;
  if (!replaces) throw new Failed(failure("F506", { path: to }));
  const own = statSync(path, { throwIfNoEntry: false });
  const isOwn = own?.ino === there.ino && own.dev === there.dev;
  if (isOwn || !there.isFile()) throw new Failed(failure("F507", { path: to }));
  await readMark(to);
}

function publish(made: string, to: string, replaces: boolean): void {
  if (replaces || !isLinked(made, to)) renameSync(made, to);
  syncFolderOf(to);
}

/** A link cannot replace a file that came meanwhile. False where the disk knows no second name for a file. */
function isLinked(made: string, to: string): boolean {
  try {
    linkSync(made, to);
    return true;
  } catch (error) {
    if (systemReason(error) === "EEXIST" || existsSync(to)) throw new Failed(failure("F506", { path: to }));
    return false;
  }
}

/** What was renamed is on the disk under its new name. */
export function syncFolderOf(path: string): void {
  const folder = openSync(dirname(resolve(path)), "r");
  fsyncSync(folder);
  closeSync(folder);
}

/**
 * What the file says of itself. F101 where there is none, F507 where it is no backup, F509 where it is damaged, F123 where a newer
 * Cadenza wrote it.
 */
export async function readMark(path: string): Promise<Mark> {
  if (!existsSync(path)) throw new Failed(failure("F101", { path }));
  if (!isDatabase(path)) throw new Failed(failure("F507", { path }));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH ${literal(path)} AS backup (READ_ONLY)`);
    const known = await connection.runAndReadAll(
      "SELECT 1 FROM duckdb_tables() WHERE database_name = 'backup' AND table_name = 'meta'",
    );
    if (known.currentRowCount === 0) throw new Failed(failure("F507", { path }));
    const rows = await connection.runAndReadAll("SELECT key, value FROM backup.meta");
    return markOf(new Map(rows.getRows().map(([key, value]) => [String(key), String(value)])), path);
  } catch (error) {
    throw understoodBackup(error, path);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Behind a checksum every file of the database engine says what it is. */
function isDatabase(path: string): boolean {
  const [from, word] = [8, "DUCK"];
  const start = Buffer.alloc(from + word.length);
  try {
    const file = openSync(path, "r");
    readSync(file, start);
    closeSync(file);
  } catch (error) {
    throw new Failed(failure("F142", { path, reason: systemReason(error) }));
  }
  return start.toString("latin1", from) === word;
}

function markOf(meta: ReadonlyMap<string, string>, path: string): Mark {
  const [project, at] = [meta.get(keys.project), meta.get(keys.at)];
  if (project === undefined || at === undefined) throw new Failed(failure("F507", { path }));
  if (Number(meta.get("schema_version")) > schemaVersion) throw new Failed(failure("F123", { path }));
  return { project, at: Number(at), secret: meta.get(keys.secret) ?? null };
}

/** The failure of the world behind a backup that cannot be read. */
export function understoodBackup(error: unknown, path: string): Error {
  if (error instanceof Failed) return error;
  const found = classify(error, path);
  if (found?.code === "F121") return new Failed(failure("F507", { path }));
  const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  return new Failed(found === null || found.code === "F122" ? failure("F509", { path, reason }) : found);
}
