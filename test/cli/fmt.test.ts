// cadenza fmt on the built command.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { readOnly, withoutRights } from "../support/child.ts";
import { exampleCopy, projectOf } from "../support/example-copy.ts";

test("lays out a project once and for all, and changes no meaning", async () => {
  const cwd = exampleCopy("onboarding");
  const before = await cadenza(["show", "program", "onboarding", "--json"], { cwd });
  expect((await cadenza(["fmt"], { cwd })).code).toBe(0);
  expect((await cadenza(["fmt", "--check"], { cwd })).code).toBe(0);
  const after = await cadenza(["show", "program", "onboarding", "--json"], { cwd });
  expect(JSON.parse(after.stdout).hash).toBe(JSON.parse(before.stdout).hash);
});

test("--check changes nothing and exits with 1", async () => {
  const cwd = projectOf({ "a.cdz": "segment   A where everyone" });
  const checked = await cadenza(["fmt", "--check"], { cwd });
  expect(checked).toMatchObject({ code: 1 });
  expect(checked.stdout).toContain("a.cdz");
  expect(readFileSync(join(cwd, "a.cdz"), "utf8")).toBe("segment   A where everyone");
});

test("leaves what has mistakes alone, lays out the rest, and says what is wrong", async () => {
  const cwd = projectOf({ "a.cdz": "segment   A where everyone\n" });
  writeFileSync(join(cwd, "b.cdz"), "use   a\nsegment   B where\nuse   c\n");
  const ran = await cadenza(["fmt"], { cwd });
  expect(ran.code).toBe(1);
  expect(readFileSync(join(cwd, "b.cdz"), "utf8")).toBe("use a\nsegment   B where\nuse c\n");
  expect(ran.stdout).toContain("E201");
  expect(ran.stdout).toMatch(/\na\.cdz\nb\.cdz\n2 files changed\.\n$/);
  expect(await cadenza(["fmt", "--check"], { cwd })).toMatchObject({ code: 1 });
});

describe("--diff", () => {
  const wild = {
    "a b.cdz": "segment   A where everyone",
    "c.cdz": "use   d\r\n# c\r\nuse e\r\n",
    "fine.cdz": "use f\n",
  };
  test("prints a patch that makes of the files what fmt makes of them, and changes nothing", async () => {
    const [cwd, other] = [projectOf(wild), projectOf(wild)];
    const ran = await cadenza(["fmt", "--diff"], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: "" });
    for (const [path, text] of Object.entries(wild)) expect(readFileSync(join(cwd, path), "utf8")).toBe(text);
    execFileSync("git", ["apply", "-p0", "--unsafe-paths", "-"], { cwd, input: ran.stdout });
    await cadenza(["fmt"], { cwd: other });
    for (const path of Object.keys(wild)) {
      expect(readFileSync(join(cwd, path), "utf8")).toBe(readFileSync(join(other, path), "utf8"));
    }
    expect(await cadenza(["fmt", "--diff"], { cwd })).toEqual({ code: 0, stdout: "", stderr: "" });
  });
  test("prints the mistakes beside the patch", async () => {
    const cwd = projectOf({ "a.cdz": "segment A where\n" });
    const ran = await cadenza(["fmt", "--diff"], { cwd });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain("E201");
  });
  test("of thousands of lines is a patch too", async () => {
    const text = Array.from({ length: 2000 }, (_, index) => `segment   S${index} where everyone\n`).join("");
    const cwd = projectOf({ "a.cdz": text });
    execFileSync("git", ["apply", "-p0", "--unsafe-paths", "-"], {
      cwd,
      input: (await cadenza(["fmt", "--diff"], { cwd })).stdout,
    });
    expect(readFileSync(join(cwd, "a.cdz"), "utf8")).toBe(text.replaceAll("   ", " "));
  });
});

test("--json says which files changed, with their patches if asked", async () => {
  const cwd = projectOf({ "a.cdz": "use   a\n", "b.cdz": "use b\n", "c.cdz": "segment C where\n" });
  const dry = await cadenza(["fmt", "--json", "--diff"], { cwd });
  expect(JSON.parse(dry.stdout)).toMatchObject({
    version: 1,
    isWritten: false,
    files: [
      { file: "a.cdz", isChanged: true, diff: expect.stringContaining("-use   a\n+use a\n") },
      { file: "b.cdz", isChanged: false, diff: "" },
      { file: "c.cdz", isChanged: false },
    ],
    diagnostics: [{ code: "E201", file: "c.cdz", start: { line: 1, column: 11 } }],
  });
  expect(dry.code).toBe(1);
  const wet = await cadenza(["fmt", "--json"], { cwd });
  expect(JSON.parse(wet.stdout)).toMatchObject({ isWritten: true, files: [{ isChanged: true }, {}, {}] });
  expect(readFileSync(join(cwd, "a.cdz"), "utf8")).toBe("use a\n");
});

describe("standard input", () => {
  const fmt = (input: string | Uint8Array, ...args: readonly string[]) =>
    cadenza(["fmt", "-", ...args], { cwd: projectOf({}), input });
  test("is laid out to the output", async () => {
    expect(await fmt("use   a")).toEqual({ code: 0, stdout: "use a\n", stderr: "" });
  });
  test("keeps what has mistakes, and they are told beside it", async () => {
    const ran = await fmt("use   a\nsegment   B where\n", "--stdin-path", "b.cdz");
    expect(ran).toMatchObject({ code: 1, stdout: "use a\nsegment   B where\n" });
    expect(ran.stderr).toContain("b.cdz:2:13");
  });
  test("can be compared only", async () => {
    expect((await fmt("use   a\n", "--diff")).stdout).toBe(
      "--- stdin.cdz\n+++ stdin.cdz\n@@ -1,1 +1,1 @@\n-use   a\n+use a\n",
    );
    expect(await fmt("use   a\n", "--check")).toMatchObject({ code: 1 });
    expect(await fmt("use a\n", "--check")).toMatchObject({ code: 0 });
  });
  test("that is no text is a finding", async () => {
    const ran = await fmt(new Uint8Array([0x73, 0xe9]));
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("E115");
  });
  test("is the only file that is taken", async () => {
    expect(await fmt("", "a.cdz")).toMatchObject({ code: 2 });
    expect((await cadenza(["fmt", "a.cdz"], { cwd: projectOf({ "a.cdz": "" }) })).stderr).toContain("F157");
  });
});

test("reports a file that is no text", async () => {
  const cwd = projectOf({ "a.cdz": "segment A where everyone\n", "b.cdz": new Uint8Array([0xe9]) });
  const ran = await cadenza(["fmt", "--check"], { cwd });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain("E115");
});

test("says which file may not be written, and leaves nothing beside it", async () => {
  const cwd = projectOf({ "a.cdz": "segment   A where everyone\n" });
  const ran = await readOnly(cwd, () => cadenza(["fmt"], { cwd, ...withoutRights }));
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain("F119  The file `a.cdz` could not be written");
  expect(readdirSync(cwd)).toEqual(["a.cdz"]);
});
