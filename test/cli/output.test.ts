// Where the command's output goes wrong: a reader that leaves, a disk that is full, a mistake of our own.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cadenza, commandPath } from "../support/cadenza.ts";
import { exampleCopy } from "../support/example-copy.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line of shell in which `cadenza` is the built command; the code is that of the first command of a pipe. */
function shell(line: string, cwd: string): Promise<Ended> {
  const script = `cadenza() { "${process.execPath}" "${commandPath}" "$@"; }\n${line}\nexit "\${PIPESTATUS[0]}"`;
  return new Promise((resolve) => {
    execFile("bash", ["-c", script], { cwd }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe("output", () => {
  test("a reader that leaves early ends the command in silence", async () => {
    const cwd = exampleCopy("starter");
    expect(await shell("cadenza check --format json | true", cwd)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
  test("a reader of the errors that leaves early does not change the exit code", async () => {
    const cwd = exampleCopy("starter");
    expect(await shell("cadenza check --nonsense 2>&1 >/dev/null | true", cwd)).toMatchObject({ code: 2 });
  });
  test.runIf(existsSync("/dev/full"))("a full disk is said, without a word about our insides", async () => {
    const cwd = exampleCopy("starter");
    const full = await shell("cadenza check >/dev/full", cwd);
    expect(full.code).toBe(2);
    expect(full.stderr).toMatch(/^F132 {2}The output could not be written: the system says ENOSPC\.\n {2}[^\n]+\n$/);
    expect(await shell("cadenza check --nonsense 2>/dev/full", cwd)).toMatchObject({ code: 2, stdout: "" });
  });
  test("a mistake of our own exits with 2: it is no finding", async () => {
    const cwd = exampleCopy("starter");
    await cadenza(["load"], { cwd });
    const broken = "Date.prototype.toISOString = () => { throw new TypeError('broken on purpose') }";
    const preload = `--import=data:text/javascript,${encodeURIComponent(broken)}`;
    const ran = await cadenza(["show", "segment", "Customers"], { cwd, env: { NODE_OPTIONS: preload } });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("broken on purpose");
  });
});
