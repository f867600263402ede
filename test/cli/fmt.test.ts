// cadenza fmt on the built command.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
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

test("leaves a file with mistakes alone", async () => {
  const cwd = projectOf({ "a.cdz": "segment A where everyone\n" });
  writeFileSync(join(cwd, "b.cdz"), "segment   B where\n");
  const ran = await cadenza(["fmt"], { cwd });
  expect(ran.code).toBe(1);
  expect(readFileSync(join(cwd, "b.cdz"), "utf8")).toBe("segment   B where\n");
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
