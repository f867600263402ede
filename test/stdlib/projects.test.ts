// The packs' own tests, written in the language: a small project for each, run by the command.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { packs } from "../../stdlib/packs.ts";
import { cadenza } from "../support/cadenza.ts";

const folder = fileURLToPath(new URL("projects/", import.meta.url));
const projects = readdirSync(folder);
/** Nothing of them runs yet: words of mails, and a policy. */
const later = ["industry", "send_times"];

test("every pack that runs has a project", () => {
  const names = packs.map(({ path }) => path.replace(/^stdlib\/|\.cdz$/g, ""));
  expect([...projects, ...later].toSorted()).toEqual(names.toSorted());
});

test.each(projects)("the tests of %s pass", async (name) => {
  const ran = await cadenza(["test", "--project", `${folder}${name}`], { cwd: folder });
  expect(ran.stderr).toBe("");
  expect(ran.stdout).toMatch(/^(\d+) tests?: \1 passed, 0 failed\.$/m);
  expect(ran.code).toBe(0);
});
