// cadenza plan and cadenza apply FILE, on the built command.

import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { isConfirmed } from "../../runtime/cli/apply.ts";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { greeting } from "../support/greeting.ts";

const now = ["--now", "2026-03-02"];
const files = { "shop.cdz": greeting, "people.csv": "id,email\nana,ana@x.example\n" };

async function loaded(): Promise<string> {
  const cwd = projectOf(files);
  expect(await cadenza(["load", ...now], { cwd })).toMatchObject({ code: 0 });
  return cwd;
}
const bytesOf = (cwd: string) =>
  createHash("sha256")
    .update(readFileSync(join(cwd, ".cadenza/cadenza.duckdb")))
    .digest("hex");

test("a plan changes no byte of the database, and its exit code says whether something would change", async () => {
  const cwd = await loaded();
  writeFileSync(join(cwd, "shop.cdz"), greeting.replace("id text key", "id text key  nick text?"));
  const before = bytesOf(cwd);
  const ran = await cadenza(["plan", "--json", "--exit-code", ...now], { cwd });
  expect(ran).toMatchObject({ code: 3, stderr: "" });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    format: 1,
    at: "2026-03-02T00:00:00.000Z",
    live: null,
    isChanged: true,
  });
  expect(bytesOf(cwd)).toBe(before);
  expect(await cadenza(["plan", ...now], { cwd })).toMatchObject({ code: 0 });
  await cadenza(["apply", ...now], { cwd });
  const same = await cadenza(["plan", "--exit-code", ...now], { cwd });
  expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining("No changes.") });
});

test("a saved plan is for its owner alone, and is applied once", async () => {
  const cwd = await loaded();
  const saved = await cadenza(["plan", "--out", "plan.json", ...now], { cwd });
  expect(saved).toMatchObject({ code: 0, stderr: "Saved: `cadenza apply plan.json` does this, or nothing.\n" });
  expect(statSync(join(cwd, "plan.json")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(cwd, "plan.json"), "utf8")).not.toContain("ana");
  expect(await cadenza(["apply", "plan.json", ...now], { cwd })).toMatchObject({
    code: 0,
    stdout: "Version 1 is live at 2026-03-02 00:00Z: 1 program.\n",
  });
  const again = await cadenza(["apply", "plan.json", ...now], { cwd });
  expect(again).toMatchObject({ code: 2, stdout: "" });
  expect(again.stderr).toMatch(/^F426 /);
});

test("a file that is not there or is no plan is no reason to apply", async () => {
  const cwd = await loaded();
  const missing = await cadenza(["apply", "plan.json"], { cwd });
  expect([missing.code, missing.stderr.slice(0, 4)]).toEqual([2, "F101"]);
  const other = await cadenza(["apply", "shop.cdz"], { cwd });
  expect([other.code, other.stderr.slice(0, 4)]).toEqual([2, "F420"]);
  const plan = JSON.parse((await cadenza(["plan", "--json", ...now], { cwd })).stdout);
  expect(plan.live).toBeNull();
});

test("without a database there is nothing to plan on, and a wrong number of samples is told", async () => {
  const cwd = projectOf(files);
  const ran = await cadenza(["plan"], { cwd });
  expect([ran.code, ran.stderr.slice(0, 4)]).toEqual([2, "F116"]);
  expect(await cadenza(["plan", "--sample", "few"], { cwd })).toMatchObject({ code: 2, stdout: "" });
});

test.each([
  ["yes\n", true],
  [" YES \r\n", true],
  ["y\n", false],
  ["\n", false],
  ["no\n", false],
])("typed %j means %s", async (typed, expected) => {
  const stdin = new PassThrough();
  const said: string[] = [];
  const answer = isConfirmed({
    out: (text) => void said.push(text),
    streams: { stdin: stdin as unknown as NodeJS.ReadStream, stdout: process.stdout },
    interrupted: new AbortController().signal,
  });
  stdin.write(typed);
  expect(await answer).toBe(expected);
  expect(said).toEqual(["Make it live? Type yes: "]);
});

test("the end of the input and an interrupt mean no", async () => {
  const stdin = new PassThrough();
  const interrupted = new AbortController();
  const shell = {
    out: () => undefined,
    streams: { stdin: stdin as unknown as NodeJS.ReadStream, stdout: process.stdout },
  };
  const first = isConfirmed({ ...shell, interrupted: interrupted.signal });
  interrupted.abort();
  expect(await first).toBe(false);
  const second = isConfirmed({ ...shell, interrupted: new AbortController().signal });
  stdin.end();
  expect(await second).toBe(false);
});
