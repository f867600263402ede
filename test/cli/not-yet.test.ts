// What the language has and nothing runs yet: a clause of tests, which keeps its own test from passing and nothing else.

import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

test("a clause that nothing runs yet keeps its test from passing, and nothing else from running", async () => {
  const cwd = projectOf({
    "a.cdz": `project p < time zone "UTC" currency EUR >
contact < id text key  email email  name text >
segment All where everyone
load contact from csv "c.csv" < id from id  email from email  name from name >
test "erased" < given ana  when ana is forgotten  expect ana in All >
test "there" < given ana  expect ana in All >
`,
    "c.csv": "id,email,name\na,a@a.example,Ann\n",
  });
  const checked = await cadenza(["check", "--format", "compact"], { cwd });
  expect(checked).toMatchObject({ code: 0, stderr: "" });
  expect(checked.stdout).toContain("W860");
  expect(await cadenza(["load"], { cwd })).toMatchObject({ code: 0, stderr: "" });
  const tested = await cadenza(["test"], { cwd });
  expect(tested).toMatchObject({ code: 1, stderr: "" });
  expect(tested.stdout).toContain("this version cannot run it yet");
  expect(tested.stdout).toContain("1 passed");
});
