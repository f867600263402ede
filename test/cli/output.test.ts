// Where the command's output goes wrong: a reader that leaves, a disk that is full, a mistake of our own.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cadenzaProcess, commandPath } from "../support/cadenza.ts";
import { exampleCopy, projectOf } from "../support/example-copy.ts";

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
    await cadenzaProcess(["load"], { cwd });
    const broken = "Date.prototype.toISOString = () => { throw new TypeError('broken on purpose') }";
    const preload = `--import=data:text/javascript,${encodeURIComponent(broken)}`;
    const ran = await cadenzaProcess(["show", "segment", "Customers"], { cwd, env: { NODE_OPTIONS: preload } });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("broken on purpose");
  });
  test("text from data cannot drive the terminal", async () => {
    const cwd = projectOf({
      "a.cdz": `project p < time zone "UTC" currency EUR >
contact < id text key  email email  name text >
segment All where everyone
load contact from csv "c.csv" < id from id  email from email  name from name >
`,
      "c.csv": "id,email,name\na\u001b[2J,a@a.example,Ann \u001b]0;owned\u0007 \u202enogard \u{1f30d}\n",
    });
    await cadenzaProcess(["load"], { cwd });
    const members = await cadenzaProcess(["show", "segment", "All"], { cwd });
    expect(members).toMatchObject({ code: 0, stdout: "a‹U+001B›[2J\n1 member of All\n" });
    const contact = await cadenzaProcess(["show", "contact", "a\u001b[2J"], { cwd });
    expect(contact.stdout).toContain("Ann ‹U+001B›]0;owned‹U+0007› ‹U+202E›nogard \u{1f30d}");
    const missing = await cadenzaProcess(["show", "contact", "\u001b[2J"], { cwd });
    expect(missing.stderr).toContain("F118  There is no contact with the key `‹U+001B›[2J`.");
    for (const { stdout, stderr } of [members, contact, missing]) {
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
    }
  });
});
