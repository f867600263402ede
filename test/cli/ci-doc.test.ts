// What docs/ci.md tells people to run, run on an example project with the built command.

import { execFile, execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { commandPath } from "../support/cadenza.ts";
import { exampleCopy } from "../support/example-copy.ts";

const doc = readFileSync(new URL("../../docs/ci.md", import.meta.url), "utf8");
const blocks = [...doc.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text = ""]) => ({ language, text }));
const blockWith = (part: string): string => blocks.find(({ text }) => text.includes(part))?.text ?? "";
/** What a key of the YAML says, each time that it is there. */
const valuesOf = (yaml: string, key: string): readonly string[] =>
  [...yaml.matchAll(new RegExp(`^\\s*(?:- )?${key}: (.+)$`, "gm"))].map(([, value = ""]) => value);

/** Runs a line of shell where `cadenza`, with npx or without, is the built command. */
function shell(line: string, cwd: string): Promise<{ readonly code: number; readonly stdout: string }> {
  const names = `cadenza() { "${process.execPath}" "${commandPath}" "$@"; }; npx() { "$@"; }; npm() { :; }`;
  return new Promise((resolve) => {
    execFile("bash", ["-c", `${names}\n${line}`], { cwd }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    );
  });
}

const breakIt = (cwd: string) => writeFileSync(join(cwd, "more.cdz"), "segment More where nonsense\n");

describe("the workflow", () => {
  const lines = valuesOf(blockWith("runs-on"), "run");
  test("passes a sound project, and leaves the report that it uploads", async () => {
    expect(lines.length).toBe(3);
    const cwd = exampleCopy("starter");
    for (const line of lines) expect(await shell(line, cwd)).toMatchObject({ code: 0 });
    const [upload = ""] = valuesOf(blockWith("runs-on"), "sarif_file");
    expect(JSON.parse(readFileSync(join(cwd, upload), "utf8")).version).toBe("2.1.0");
  });
  test("fails a project with a mistake, at its line", async () => {
    const cwd = exampleCopy("starter");
    breakIt(cwd);
    const ran = await Promise.all(lines.map((line) => shell(line, cwd)));
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 1]);
    expect(ran.at(-1)?.stdout).toContain("::error file=more.cdz,line=1,");
  });
});

test("the hooks of pre-commit pass a sound project, and one of them stops a mistake", async () => {
  const entries = valuesOf(blockWith("pass_filenames"), "entry");
  expect(entries.length).toBe(2);
  const cwd = exampleCopy("starter");
  for (const entry of entries) expect(await shell(entry, cwd)).toMatchObject({ code: 0 });
  breakIt(cwd);
  expect((await Promise.all(entries.map((entry) => shell(entry, cwd)))).map(({ code }) => code)).toEqual([0, 1]);
});

describe("the hook of git", () => {
  let hook = "";
  beforeAll(() => {
    hook = blockWith("#!/bin/sh").replaceAll("npx cadenza", `"${process.execPath}" "${commandPath}"`);
  });
  test("lets a sound commit pass and stops one with a mistake", () => {
    const cwd = exampleCopy("starter");
    const git = (...args: readonly string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@a.example", ...args], { cwd, stdio: "pipe" });
    git("init", "-q");
    writeFileSync(join(cwd, ".git/hooks/pre-commit"), hook);
    chmodSync(join(cwd, ".git/hooks/pre-commit"), 0o755);
    git("add", ".");
    git("commit", "-q", "-m", "sound");
    breakIt(cwd);
    git("add", ".");
    expect(() => git("commit", "-q", "-m", "broken")).toThrow("E2");
    expect(git("log", "--oneline").toString().split("\n").length).toBe(2);
  });
});

test("the lines for editors run as they stand", async () => {
  const lines = blockWith("--stdin-path").trim().split("\n");
  expect(lines.length).toBe(2);
  for (const line of lines) expect(await shell(line, exampleCopy("starter"))).toMatchObject({ code: 0 });
});
