// The database port on real files: values, transactions, and everything that can be wrong with a file.

import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Failed } from "../../runtime/failures/failures.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { bundled, finished, start, withoutRights } from "../support/child.ts";
import { codeOf, query, scratchDatabase, scratchFolder, valueFrom } from "../support/scratch.ts";

describe("values", () => {
  test("every kind of parameter comes back as it went in", async () => {
    const database = await scratchDatabase();
    const [row] = await database.run({
      text: `SELECT $text AS text, $texts AS texts, $number AS number, $integer AS integer, $yes AS yes,
               $money AS money, $instant AS instant, $day AS day, $none AS none, typeof($money) AS money_type,
               typeof($instant) AS instant_type, typeof($integer) AS integer_type`,
      params: {
        text: { kind: "text", value: "Zoë 'quoted' 😀" },
        texts: { kind: "texts", value: ["a", "", "b;c"] },
        number: { kind: "number", value: 0.1 },
        integer: { kind: "integer", value: 9_007_199_254_740_991 },
        yes: { kind: "boolean", value: true },
        money: { kind: "money", value: "-12.5" },
        instant: { kind: "instant", value: -1 },
        day: { kind: "day", value: "1969-12-31" },
        none: { kind: "text", value: null },
      },
    });
    expect(row).toEqual({
      text: "Zoë 'quoted' 😀",
      texts: ["a", "", "b;c"],
      number: 0.1,
      integer: 9_007_199_254_740_991,
      yes: true,
      money: "-12.5000",
      instant: -1,
      day: "1969-12-31",
      none: null,
      money_type: "DECIMAL(18,4)",
      instant_type: "TIMESTAMP",
      integer_type: "BIGINT",
    });
  });

  test("the zone of a session is UTC whatever the machine's", async () => {
    const database = await scratchDatabase();
    expect(await query(database, "SELECT current_setting('TimeZone') AS zone")).toEqual([{ zone: "UTC" }]);
  });

  test("a change says how many rows it touched", async () => {
    const database = await scratchDatabase();
    await query(database, "CREATE TABLE t (a INTEGER)");
    expect(await database.change({ text: "INSERT INTO t SELECT range FROM range(5)", params: {} })).toBe(5);
    expect(await database.change({ text: "UPDATE t SET a = 0 WHERE a > 2", params: {} })).toBe(2);
    expect(await database.change({ text: "DELETE FROM t WHERE a = 7", params: {} })).toBe(0);
  });
});

describe("transactions", () => {
  test("what throws leaves nothing behind, and the next one works", async () => {
    const database = await scratchDatabase();
    await query(database, "CREATE TABLE t (a INTEGER PRIMARY KEY)");
    const failing = database.transaction(async (session) => {
      await session.change({ text: "INSERT INTO t VALUES (1)", params: {} });
      await session.change({ text: "INSERT INTO t VALUES (1)", params: {} });
    });
    await expect(failing).rejects.toThrow(/duplicate key/);
    await database.transaction((session) => session.change({ text: "INSERT INTO t VALUES (2)", params: {} }));
    expect(await query(database, "SELECT a FROM t")).toEqual([{ a: 2 }]);
  });

  test("writers take turns, in the order in which they came", async () => {
    const database = await scratchDatabase();
    await query(database, "CREATE TABLE t (n INTEGER)");
    await query(database, "INSERT INTO t VALUES (0)");
    const turns = Array.from({ length: 20 }, () =>
      database.transaction(async (session) => {
        const [row] = await session.run({ text: "SELECT n FROM t", params: {} });
        await session.change({
          text: "UPDATE t SET n = $n",
          params: { n: { kind: "integer", value: Number(row?.n) + 1 } },
        });
      }),
    );
    await Promise.all(turns);
    expect(await query(database, "SELECT n FROM t")).toEqual([{ n: 20 }]);
  });

  test("a statement beside its own transaction is refused instead of waiting for ever", async () => {
    const database = await scratchDatabase();
    await expect(database.transaction(() => query(database, "SELECT 1"))).rejects.toThrow(/session/);
  });

  test("what is committed is there after closing and opening again", async () => {
    const path = join(scratchFolder(), "a.db");
    const first = valueFrom(await openDatabase(path));
    await query(first, "CREATE TABLE t AS SELECT 1 AS a");
    await first.close();
    expect(await query(await scratchDatabase(path), "SELECT a FROM t")).toEqual([{ a: 1 }]);
  });
});

describe("files that are no usable database", () => {
  test("one that another process holds names that process", async () => {
    const path = join(scratchFolder(), "a.db");
    const child = start(await bundled("test/support/open-child.ts"), [path, "hold"]);
    await once(child.stdout, "data");
    const result = await openDatabase(path);
    expect(codeOf(result)).toBe("F120");
    expect(result.ok ? "" : result.failure.text).toContain(String(child.pid));
  });

  test("text, a folder, a missing folder", async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, "text.db"), "not a database\n".repeat(500));
    mkdirSync(join(folder, "sub"));
    expect(codeOf(await openDatabase(join(folder, "text.db")))).toBe("F121");
    expect(readFileSync(join(folder, "text.db"), "utf8")).toBe("not a database\n".repeat(500));
    expect(codeOf(await openDatabase(join(folder, "sub")))).toBe("F128");
    expect(codeOf(await openDatabase(join(folder, "none", "a.db")))).toBe("F128");
  });

  test("damaged bytes are reported and left as they are", async () => {
    const path = join(scratchFolder(), "a.db");
    const database = valueFrom(await openDatabase(path));
    await query(database, "CREATE TABLE t AS SELECT range AS a, md5(CAST(range AS VARCHAR)) AS b FROM range(50000)");
    await query(database, "CHECKPOINT");
    await database.close();
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(4096, 7), 0, 4096, 4096);
    writeSync(file, Buffer.alloc(4096, 7), 0, 4096, 8192);
    closeSync(file);
    const before = readFileSync(path);
    expect(codeOf(await openDatabase(path))).toBe("F122");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("an empty file, as a crash leaves it, opens as a new database", async () => {
    const path = join(scratchFolder(), "a.db");
    writeFileSync(path, "");
    await query(await scratchDatabase(path), "CREATE TABLE t (a INTEGER)");
    expect(statSync(path).size).toBeGreaterThan(0);
  });

  test("one from a newer version is refused and unchanged", async () => {
    const path = join(scratchFolder(), "a.db");
    const database = valueFrom(await openDatabase(path));
    await ensureSchema(database);
    await query(database, "UPDATE meta SET value = '99' WHERE key = 'schema_version'");
    await database.close();
    const before = readFileSync(path);
    expect(codeOf(await openDatabase(path))).toBe("F123");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("one without write permission, and a folder without", async () => {
    const folder = scratchFolder();
    chmodSync(folder, 0o755);
    const path = join(folder, "a.db");
    const file = await bundled("test/support/open-child.ts");
    chmodSync(dirname(file), 0o755);
    const asNobody = async () => (await finished(start(file, [path], withoutRights))).out;
    chmodSync(folder, 0o555);
    expect(await asNobody()).toBe("F124");
    chmodSync(folder, 0o755);
    await valueFrom(await openDatabase(path)).close();
    chmodSync(path, 0o444);
    const before = readFileSync(path);
    expect(await asNobody()).toBe("F124");
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

test("a statement that does not fit into the memory fails as such", async () => {
  const database = valueFrom(await openDatabase(":memory:", { memoryLimit: "20MB", threads: 1 }));
  onTestFinished(() => database.close());
  await query(database, "SET temp_directory = ''");
  const wide = database.run({ text: "SELECT len(list(md5(CAST(range AS VARCHAR)))) FROM range(5000000)", params: {} });
  const failure = await wide.then(
    () => null,
    (error: unknown) => (error instanceof Failed ? error.failure.code : error),
  );
  expect(failure).toBe("F127");
  expect(await query(database, "SELECT 1 AS a")).toEqual([{ a: 1 }]);
});

test("what does not fit into the memory goes to a folder beside the file, and is still all there", async () => {
  const path = join(scratchFolder(), "spilling.duckdb");
  const database = valueFrom(await openDatabase(path, { memoryLimit: "64MB", threads: 1 }));
  onTestFinished(() => database.close());
  await query(database, "CREATE TEMP TABLE kept AS SELECT md5(CAST(range AS VARCHAR)) AS k FROM range(3000000)");
  const [files] = await query(database, "SELECT count(*) AS files FROM duckdb_temporary_files()");
  expect(Number(files?.files)).toBeGreaterThan(0);
  expect(existsSync(`${path}.tmp`)).toBe(true);
  expect(await query(database, "SELECT count(DISTINCT k) AS n FROM kept")).toEqual([{ n: 3_000_000 }]);
});
