// cadenza test, as people and build servers run it.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { cadenza, cadenzaProcess } from "../support/cadenza.ts";
import { exampleCopy, projectOf } from "../support/example-copy.ts";

const declarations = `project p < time zone "UTC"  currency EUR  sender "ana@p.example"  postal address "Street 1" >
contact < id text key  email email >
topic tips "Tips" opt out
event signed_up < >
email welcome < subject "Welcome"  text "Hello"  topic tips >
program hello < why "x"  start when signed_up  exit when unsubscribed  send welcome >
`;
const good = 'test "who signs up is welcomed" < given ana  when ana signed_up  expect ana was sent welcome >\n';
const bad = 'test "nobody is welcomed" < given ana  when ana signed_up  expect ana was not sent welcome >\n';
const project = (tests: string) => projectOf({ "project.cdz": declarations, "tests.cdz": tests });

describe.each([["starter"], ["onboarding"]])("examples/%s", (name) => {
  test("passes its own tests", async () => {
    const ran = await cadenza(["test", "--coverage"], { cwd: exampleCopy(name) });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^(\d+) tests: \1 passed, 0 failed\.$/m);
    expect(ran.stdout).not.toMatch(/^onboarding\.cdz\S+ +onboarding: /m);
  }, 60_000);
});

describe("the exit code", () => {
  test.each([
    ["all pass", good, 0, "1 test: 1 passed, 0 failed.\n"],
    ["one fails", good + bad, 1, "2 tests: 1 passed, 1 failed.\n"],
  ])("where %s", async (_, tests, code, summary) => {
    const ran = await cadenza(["test"], { cwd: project(tests) });
    expect(ran).toMatchObject({ code, stderr: "" });
    expect(ran.stdout.endsWith(`\n${summary}`)).toBe(true);
  });
  test("where there are no tests, or none of that name", async () => {
    const cwd = project("");
    expect(await cadenza(["test"], { cwd })).toMatchObject({ code: 2, stdout: "" });
    expect((await cadenza(["test"], { cwd })).stderr).toContain("F160  There are no tests in this project.");
    const named = await cadenza(["test", "who signs up is welcome"], { cwd: project(good) });
    expect(named.code).toBe(0);
    const missing = await cadenza(["test", "who signs up is wellcomed"], { cwd: project(good) });
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toContain("F117");
    expect(missing.stderr).toContain("Did you mean `who signs up is welcomed`?");
  });
  test("where the project has an error, which is shown", async () => {
    const ran = await cadenza(["test"], { cwd: project(good.replace("given ana", "")) });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain("E850");
  });
});

test("names choose tests, and the project is left as it is", async () => {
  const cwd = project(good + bad);
  const ran = await cadenza(["test", "SIGNS UP"], { cwd });
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stdout).toBe("tests.cdz\n  ok  who signs up is welcomed\n\n1 test: 1 passed, 0 failed.\n");
  expect(existsSync(join(cwd, ".cadenza"))).toBe(false);
});

test("--json tells all there is", async () => {
  const ran = await cadenza(["test", "--json", "--coverage"], { cwd: project(good + bad) });
  const { version, summary, tests, coverage } = JSON.parse(ran.stdout);
  expect([ran.code, version, summary]).toEqual([1, 1, { tests: 2, passed: 1, failed: 1 }]);
  expect(tests[1]).toMatchObject({
    title: "nobody is welcomed",
    file: "tests.cdz",
    outcome: "failed",
    start: { line: 2, column: 6 },
    findings: [{ code: "E870", text: "Expected: ana was not sent welcome.", start: { line: 2, column: 60 } }],
    timelines: [
      {
        person: "ana",
        entries: [
          { at: "2026-01-05 09:00", text: "signed_up" },
          { at: "2026-01-05 09:00", text: "entered hello" },
          { at: "2026-01-05 09:00", text: "was sent welcome: “Welcome”" },
          { at: "2026-01-05 09:00", text: "left hello: finished" },
        ],
      },
    ],
  });
  expect(coverage.map(({ text, isMet }: { text: string; isMet: boolean }) => [text, isMet])).toEqual([
    ["somebody enters", true],
    ["somebody leaves by `exit when`", false],
    ["`send welcome` is sent", true],
  ]);
});

test("--junit writes beside what is printed, and says where it cannot", async () => {
  const cwd = project(good + bad);
  const ran = await cadenza(["test", "--junit", "junit.xml"], { cwd });
  expect(ran.stdout).toContain("2 tests: 1 passed, 1 failed.");
  expect(readFileSync(join(cwd, "junit.xml"), "utf8")).toMatch(
    /<testsuites name="cadenza" tests="2" failures="1" errors="0"/,
  );
});

test.each([["missing/junit.xml"], ["."], [""]])(
  "--junit %j cannot be written: the results are shown all the same",
  async (path) => {
    const ran = await cadenza(["test", "--junit", path], { cwd: project(good) });
    expect(ran).toMatchObject({ code: 2, stdout: expect.stringContaining("1 test: 1 passed, 0 failed.") });
    expect(ran.stderr).toMatch(/^F161 /);
  },
);

test("two runs in one folder do not mind each other", async () => {
  const cwd = project(good + bad);
  const runs = await Promise.all([1, 2, 3].map(() => cadenzaProcess(["test"], { cwd })));
  expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
  expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([1, 2, 3].map(() => [1, ""]));
});

test("a title with marks and control characters harms no output", async () => {
  const title = 'a\\"b <&> \u202e\u0007\ufffe ]]>';
  const cwd = project(bad.replace("nobody is welcomed", title));
  const ran = await cadenza(["test", "--junit", "junit.xml"], { cwd });
  expect(ran).toMatchObject({ code: 1, stderr: "" });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  expect(ran.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  const parser = new SaxesParser();
  const names: unknown[] = [];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (name === "testcase") names.push(attributes.name);
  });
  parser.write(readFileSync(join(cwd, "junit.xml"), "utf8")).close();
  expect(names).toEqual([expect.stringMatching(/^a"b <&> .*\]\]>$/)]);
  const { tests } = JSON.parse((await cadenza(["test", "--json"], { cwd })).stdout);
  expect(tests[0].title).toBe(title.replace("\\", ""));
});

test("a line break in a title is told where it stands, and nothing is run", async () => {
  const ran = await cadenza(["test"], { cwd: project(`${good}test "two\nlines" < given ana >\n`) });
  expect(ran).toMatchObject({ code: 1, stdout: "" });
  expect(ran.stderr).toContain("E105");
});
