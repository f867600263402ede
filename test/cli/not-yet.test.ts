// What the language has and nothing runs yet: checked like all else, refused by whatever would have to run it.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

const project = (more: string) =>
  projectOf({
    "a.cdz": `project p < time zone "UTC" currency EUR >
contact < id text key  email email  name text >
segment All where everyone
load contact from csv "c.csv" < id from id  email from email  name from name >
${more}
`,
    "c.csv": "id,email,name\na,a@a.example,Ann\n",
  });

describe("a construct that nothing runs yet", () => {
  test("passes the check with a warning", async () => {
    const cwd = project("report weekly < every monday 08:00 >");
    const ran = await cadenza(["check", "--format", "compact"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("W840");
    expect(await cadenza(["check", "--fail-level", "warning"], { cwd })).toMatchObject({ code: 1 });
  });
  test.each([["load"], ["show", "segment", "All"], ["apply", "--yes"], ["run", "--once"]])(
    "is refused by %s, before a database is made",
    async (...args) => {
      const cwd = project("report weekly < every monday 08:00 >");
      const ran = await cadenza(args, { cwd });
      expect(ran).toMatchObject({ code: 1, stdout: "" });
      expect(ran.stderr).toContain("E250");
      expect(ran.stderr).not.toContain("W840");
      expect(existsSync(join(cwd, ".cadenza"))).toBe(false);
    },
  );
  test("keeps a test from passing, and nothing else from running", async () => {
    const cwd = project('test "arms" < given ana  when ana is forgotten  expect ana in All >');
    expect(await cadenza(["check", "--format", "compact"], { cwd })).toMatchObject({ code: 0, stderr: "" });
    expect(await cadenza(["load"], { cwd })).toMatchObject({ code: 0, stderr: "" });
    expect(await cadenza(["test"], { cwd })).toMatchObject({ code: 1, stderr: "" });
  });
});
