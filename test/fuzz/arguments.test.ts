import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { fuzzRunOf } from "./arguments.ts";

test.each([
  [[], { inputs: 1_000_000, seed: 12 }],
  [["20"], { inputs: 20, seed: 12 }],
  [["20", "0"], { inputs: 20, seed: 0 }],
  [["20", "4294967295"], { inputs: 20, seed: 4_294_967_295 }],
])("npm run fuzz with %j", (given, run) => {
  expect(fuzzRunOf(given, 2 ** 32 + 12)).toEqual(run);
});

test.each([
  [["--help"]],
  [["0"]],
  [["-1"]],
  [["1e3"]],
  [["1.5"]],
  [[""]],
  [["20", "x"]],
  [["20", "4294967296"]],
  [["9999999999"]],
  [["1", "2", "3"]],
])("npm run fuzz refuses %j", (given) => {
  expect(fuzzRunOf(given, 12)).toBeNull();
});

const run = (script: string, args: readonly string[], cwd: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve(script), ...args], { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
};

test("npm run bench names what it has, and runs nothing where one name is wrong", () => {
  const cwd = mkdtempSync(join(tmpdir(), "bench-"));
  mkdirSync(join(cwd, "dist/bench"), { recursive: true });
  writeFileSync(join(cwd, "dist/bench/quick.js"), "console.log('measured');");
  const usage = "Usage: npm run bench [NAME…]\nThere are: quick\n";
  expect(run("test/bench/run.mjs", ["quick"], cwd)).toEqual({
    status: 0,
    stdout: expect.stringContaining("measured"),
    stderr: "",
  });
  expect(run("test/bench/run.mjs", ["quick", "quik"], cwd)).toEqual({
    status: 2,
    stdout: "",
    stderr: `There is no benchmark \`quik\`.\n${usage}`,
  });
  expect(run("test/bench/run.mjs", ["--fast"], cwd)).toMatchObject({ status: 2, stdout: "" });
  expect(run("test/bench/run.mjs", ["--help"], cwd)).toEqual({ status: 0, stdout: usage, stderr: "" });
});

test("npm run bench says where nothing is built", () => {
  const cwd = mkdtempSync(join(tmpdir(), "bench-"));
  expect(run("test/bench/run.mjs", [], cwd)).toEqual({
    status: 2,
    stdout: "",
    stderr: "No benchmark is built. Run `npm run build` first.\n",
  });
});
