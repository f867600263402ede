// A disk that is full when the log is written into the file, and one that cannot write things down for good: whoever was
// told that something is stored finds it when the database is opened again.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { bundled } from "../support/child.ts";
import { scratchFolder, valueFrom } from "../support/scratch.ts";

interface Told {
  readonly code: string | null;
  /** The last row of which the commit was told. */
  readonly done: number;
  /** How the next statement ends. */
  readonly next?: string | null;
}

/** The rows that are there when it is opened again, and that it can be written. */
async function kept(path: string): Promise<readonly number[]> {
  const database = valueFrom(await openDatabase(path));
  const rows = await database.run({ text: "SELECT n FROM kept ORDER BY n", params: {} });
  await database.run({ text: "INSERT INTO kept VALUES (-1, '')", params: {} });
  await database.run({ text: "CHECKPOINT", params: {} });
  await database.close();
  return rows.map(({ n }) => Number(n));
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

function ran(command: string, args: readonly string[]): Told {
  const { stdout, stderr } = spawnSync("bash", ["-c", command, ...args], { encoding: "utf8" });
  expect(stderr).toBe("");
  return JSON.parse(stdout.trim());
}

test("a disk that is full when the log is written into the file: all that was committed is there", async () => {
  const child = await bundled("test/support/commit-child.ts");
  const path = join(scratchFolder(), "a.db");
  // The log of three rows has room, the file of a few more has not.
  const told = ran(`trap '' XFSZ; ulimit -f 4000; exec "$0" "$@"`, [
    process.execPath,
    child,
    path,
    "30",
    "500000",
    "3",
  ]);
  expect(["F125", "F126"]).toContain(told.code);
  // It was no commit that failed.
  expect(told.done % 3).toBe(0);
  expect(told.done).toBeGreaterThanOrEqual(3);
  expect(told.done).toBeLessThan(30);
  expect(await kept(path)).toEqual(upTo(told.done));
}, 120_000);

const canInject = spawnSync("strace", ["-qq", "-e", "inject=fsync:error=EIO:when=1000", "true"]).status === 0;

describe.runIf(canInject)("a disk that cannot write down for good", () => {
  test("the commit fails, nothing is taken any more, and all commits before are there", async () => {
    const child = await bundled("test/support/commit-child.ts");
    const path = join(scratchFolder(), "a.db");
    const inject = `exec strace -f -qq -o /dev/null -e trace=fsync,fdatasync -e inject=fsync,fdatasync:error=EIO:when=12+ "$0" "$@"`;
    const told = ran(inject, [process.execPath, child, path, "40", "100", "1000"]);
    expect(["F126", "F129"]).toContain(told.code);
    expect(told.next).toBe("F126");
    expect(told.done).toBeGreaterThan(0);
    expect(told.done).toBeLessThan(40);
    // What failed may be there all the same: its bytes were written, only nobody knows whether they stay.
    const rows = await kept(path);
    expect([upTo(told.done), upTo(told.done + 1)]).toContainEqual(rows);
  }, 120_000);
});
