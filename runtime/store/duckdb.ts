// The embedded database behind the Database port: one file, one owner, one writer at a time.

import { AsyncLocalStorage } from "node:async_hooks";
import { rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type DuckDBMaterializedResult } from "@duckdb/node-api";
import type { Sql } from "../../compiler/sql/sql.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { Failed, failure } from "../failures/failures.ts";
import type { Database, Result, Row, Session } from "../ports.ts";
import { classify } from "./classify.ts";
import { checkVersion } from "./schema.ts";
import { bindAll, rowsOf } from "./values.ts";
import { countWrites, isWriting, writesOf } from "./writes.ts";

export interface DatabaseOptions {
  /** Threads of the engine; default: one per core. */
  readonly threads?: number;
  /** As the engine writes it: `2GB`. Default: four fifths of the memory. */
  readonly memoryLimit?: string;
  /** True for a copy that is thrown away: it is seldom brought into its final form. */
  readonly isPassing?: boolean;
}

const inMemory = ":memory:";
/** So long may the log of a passing database get; else it is some megabytes. */
const passingLog = "512MB";

/** The instance that this process has open on a file, or a new one: a second one on a file in one process would lose rows. */
export const instanceOf = (path: string, options: DatabaseOptions): Promise<DuckDBInstance> =>
  DuckDBInstance.fromCache(resolve(path), settings(resolve(path), options));

function settings(path: string, options: DatabaseOptions): Record<string, string> {
  return {
    autoload_known_extensions: "false",
    autoinstall_known_extensions: "false",
    allow_community_extensions: "false",
    // Rows that are guessed to be few are else compared with all others: a person may have a million.
    asof_loop_join_threshold: "0",
    // What a commit will add to the log is guessed far too high where it writes a few rows here and there, and with the
    // engine's own 16 MB everything was then written to the file each time.
    checkpoint_threshold: "64MB",
    temp_directory: path === inMemory ? join(tmpdir(), "cadenza.tmp") : `${path}.tmp`,
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    ...(options.isPassing ? { checkpoint_threshold: passingLog } : {}),
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
  };
}

/** A crash while a database was first created leaves an empty file, which the engine would refuse for ever. */
function removeEmpty(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() && found.size === 0 && !statSync(`${path}.wal`, { throwIfNoEntry: false })) rmSync(path);
}

/** Each step of a statement waits for another thread, so none is taken that is not needed. */
async function runStatement<T>(
  connection: DuckDBConnection,
  sql: Sql,
  path: string,
  read: (result: DuckDBMaterializedResult) => T | Promise<T>,
): Promise<T> {
  try {
    if (Object.keys(sql.params).length === 0 && unprepared.test(sql.text)) {
      return await read(await connection.run(sql.text));
    }
    const statement = await connection.prepare(sql.text);
    try {
      bindAll(statement, sql.params);
      return await read(await statement.run());
    } finally {
      statement.destroySync();
    }
  } catch (error) {
    throw understood(error, path, sql.text);
  }
}

/** Statements with nothing to bind that are run as they stand: there is little to plan in them, and several may share a text. */
const unprepared = /^(BEGIN TRANSACTION|COMMIT|ROLLBACK)$|^(CREATE|ALTER|DROP) TABLE\b/;

async function readRows(result: DuckDBMaterializedResult): Promise<readonly Row[]> {
  const names = result.columnNames();
  const rows: Row[] = [];
  while (rows.length < result.rowCount) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    rows.push(...rowsOf(names, chunk.getColumns()));
  }
  return rows;
}

/** What is thrown for an error of the engine: the failure it stands for, else a mistake of ours with its statement. */
function understood(error: unknown, path: string, text: string): Error {
  if (error instanceof Failed || error instanceof Bug) return error;
  const found = classify(error, path);
  if (found) return new Failed(found);
  return new Bug(`${error instanceof Error ? error.message : String(error)}\n${text}`, { cause: error });
}

function sessionOf(connection: DuckDBConnection, path: string): Session {
  return {
    run: (sql) => runStatement(connection, sql, path, readRows),
    change: (sql) => runStatement(connection, sql, path, ({ rowsChanged }) => rowsChanged),
  };
}

/** A session that remembers which tables it wrote, until that is counted: before anyone reads the counts, and at the end. */
function countingWrites(session: Session) {
  const appended = new Set<string>();
  const rewritten = new Set<string>();
  // As long as nothing is stored that depends on them, and nobody has asked, nobody will ask for the counts.
  let isCounting: boolean | null = null;
  const forget = () => {
    appended.clear();
    rewritten.clear();
  };
  const flush = async () => {
    if (appended.size + rewritten.size === 0) return;
    await countWrites(session, { appended, rewritten });
    forget();
  };
  const noted = async (sql: Sql) => {
    isCounting ??= await isAskedFor(session);
    if (sql.text.includes("INSERT INTO segment_store") || sql.text.includes("FROM table_write")) isCounting = true;
    if (!isCounting) return;
    if (sql.text.includes("table_write")) await flush();
    const writes = writesOf(sql);
    for (const table of writes.appended) appended.add(table);
    for (const table of writes.rewritten) rewritten.add(table);
  };
  const counted: Session = {
    async run(sql) {
      await noted(sql);
      return session.run(sql);
    },
    async change(sql) {
      await noted(sql);
      return session.change(sql);
    },
  };
  return { session: counted, flush, forget, isIdle: () => isCounting === false };
}

/** Whether membership of segments is stored, which is refreshed by the counts. */
async function isAskedFor(session: Session): Promise<boolean> {
  const tables = await session.run(statementOf("SELECT 1 FROM duckdb_tables() WHERE table_name = 'segment_store'"));
  return tables.length > 0 && (await session.run(statementOf("SELECT 1 FROM segment_store"))).length > 0;
}

const statementOf = (text: string): Sql => ({ text, params: {} });

/** Where rolling back itself fails, the first error is the one that tells what happened. */
async function rollBack(session: Session): Promise<void> {
  await session.change(statementOf("ROLLBACK")).catch(() => undefined);
}

/** Work in the order in which it was asked for, one at a time. */
function writerQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  const inside = new AsyncLocalStorage<true>();
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    // Waiting for oneself would hang for ever: inside a transaction its session is the only door.
    if (inside.getStore()) throw new Bug("inside a transaction, statements go through its session");
    const turn = last.then(() => inside.run(true, work));
    last = turn.catch(() => undefined);
    return turn;
  };
}

function databaseOn(connection: DuckDBConnection, path: string, release: () => void): Database {
  const bare = sessionOf(connection, path);
  const inTurn = writerQueue();
  const counting = countingWrites(bare);
  const { session } = counting;
  const transaction = async <T>(work: (session: Session) => Promise<T>, meanwhile?: (value: T) => void): Promise<T> => {
    await bare.change(statementOf("BEGIN TRANSACTION"));
    try {
      const value = await work(session);
      await counting.flush();
      const committed = bare.change(statementOf("COMMIT"));
      try {
        meanwhile?.(value);
      } finally {
        await committed;
      }
      return value;
    } catch (error) {
      counting.forget();
      await rollBack(bare);
      throw error;
    }
  };
  /** What is counted is counted together with what is written, or not at all. */
  const alone = (sql: Sql) =>
    !counting.isIdle() && isWriting(writesOf(sql))
      ? transaction
      : <T>(work: (door: Session) => Promise<T>) => work(session);
  return {
    run: (sql) => inTurn(() => alone(sql)((door) => door.run(sql))),
    change: (sql) => inTurn(() => alone(sql)((door) => door.change(sql))),
    // Where the commit fails, what became of it is unknown until the rows are read again.
    transaction: (work, meanwhile) => inTurn(() => transaction(work, meanwhile)),
    close: () =>
      inTurn(async () => {
        connection.closeSync();
        release();
      }),
  };
}

/**
 * Opens the database file at `path`, or a new one in memory for `":memory:"`. A file that does not exist is created.
 *
 * Statements throw `Failed` for failures of the world (disk full, memory, a damaged file) and `Bug` for all else.
 * @returns the failure where the file is locked, damaged, of a newer version, no database, or may not be written.
 */
export async function openDatabase(path: string, options: DatabaseOptions = {}): Promise<Result<Database>> {
  const file = path === inMemory ? path : resolve(path);
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  try {
    if (file !== inMemory) removeEmpty(file);
    instance =
      file === inMemory ? await DuckDBInstance.create(file, settings(file, options)) : await instanceOf(file, options);
    connection = await instance.connect();
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
  } catch (error) {
    const found = classify(error, path);
    if (!found) throw new Bug(error instanceof Error ? error.message : String(error), { cause: error });
    return { ok: false, failure: found };
  }
  const database = databaseOn(connection, path, () => instance.closeSync());
  if (await checkVersion(database)) return { ok: true, value: database };
  await database.close();
  return { ok: false, failure: failure("F123", { path }) };
}
