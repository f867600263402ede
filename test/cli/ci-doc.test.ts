// What docs/ci.md tells people to run, run on an example project with the built command.

import { execFile, execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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

test("the step for tests passes what holds, and its report says what does not", async () => {
  const [line = ""] = valuesOf(blockWith("--junit"), "run");
  const cwd = exampleCopy("starter");
  expect(await shell(line, cwd)).toMatchObject({ code: 0 });
  const wrong = 'test "nobody is mailed" < given ana < >  when ana signed_up  expect ana was not sent welcome >\n';
  writeFileSync(join(cwd, "wrong.cdz"), wrong);
  expect(await shell(line, cwd)).toMatchObject({ code: 1 });
  expect(readFileSync(join(cwd, "cadenza-tests.xml"), "utf8")).toMatch(/<failure.*was not sent welcome/s);
});

test("a project in a folder is checked from above, and its paths start there", async () => {
  const lines = valuesOf(blockWith("runs-on"), "run").filter((line) => line.includes("cadenza"));
  const cwd = exampleCopy("starter");
  breakIt(cwd);
  const [above, folder] = [dirname(cwd), basename(cwd)];
  const ran = await Promise.all(lines.map((line) => shell(`${line} --project "${folder}"`, above)));
  expect(ran.map(({ code }) => code)).toEqual([0, 1]);
  expect(ran.at(-1)?.stdout).toContain(`::error file=${folder}/more.cdz,line=1,`);
  const [upload = ""] = valuesOf(blockWith("runs-on"), "sarif_file");
  expect(readFileSync(join(above, upload), "utf8")).toContain(`"${folder}/more.cdz"`);
});

test("the patch of a layout is applied as it is printed", async () => {
  expect(doc).toContain("`git apply -p0`");
  const cwd = exampleCopy("starter");
  writeFileSync(join(cwd, "more.cdz"), "segment More where   seats>3\n");
  expect(await shell("cadenza fmt --diff > layout.patch", cwd)).toMatchObject({ code: 1 });
  expect(await shell("git apply -p0 layout.patch && cadenza fmt --check", cwd)).toMatchObject({ code: 0 });
});

test("the allowance takes its warning away, and is told where it allows nothing", async () => {
  const text = blockWith("# allow");
  const check = async (written: string) => {
    const cwd = exampleCopy("starter");
    writeFileSync(join(cwd, "more.cdz"), written);
    return (await shell("cadenza check --format compact", cwd)).stdout;
  };
  expect(await check(text.replace(/^#.*\n/m, ""))).toContain("W401");
  expect(await check(text)).not.toMatch(/W401|W83/);
  expect(await check(text.replace("not opened", "purchased"))).toContain("W83");
});

test("the hooks of pre-commit look at sources and mails", () => {
  const [layout = "", check = ""] = valuesOf(blockWith("pass_filenames"), "files");
  expect([layout, check].map((pattern) => new RegExp(pattern).test("audiences.cdz"))).toEqual([true, true]);
  expect([layout, check].map((pattern) => new RegExp(pattern).test("mail/tips.md"))).toEqual([false, true]);
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
