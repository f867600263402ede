// The playbook as a whole: no finding, and what its programs do with a small world in 90 days.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza, examplesPath } from "../support/cadenza.ts";
import { exampleCopy } from "../support/example-copy.ts";

test("gives no finding, not even a hint", async () => {
  const ran = await cadenza(["check", "--fail-level", "hint", "--format", "compact"], { cwd: exampleCopy("playbook") });
  expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("ninety days", async () => {
  const { makeWorld } = await import(/* @vite-ignore */ join(examplesPath, "playbook/make-world.mjs"));
  const cwd = exampleCopy("playbook");
  makeWorld(join(cwd, "data"));
  const loaded = await cadenza(["load", "--now", "2026-01-05"], { cwd });
  expect(loaded).toMatchObject({ code: 0, stderr: "" });
  const ninety = ["--now", "2026-01-05", "--to", "2026-04-05", "--every", "2d"];
  const ran = await cadenza(["simulate", ...ninety], { cwd });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  await expect(ran.stdout).toMatchFileSnapshot("../golden/playbook/ninety-days.txt");
}, 600_000);

/** Every third test, as each takes seconds among so many programs; all of them with `npm run test:playbook`. */
test("its tests pass", async () => {
  const folder = join(examplesPath, "playbook");
  const files = readdirSync(folder).filter((name) => name.endsWith(".cdz"));
  const titles = files.flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/^test "([^"]+)"/gm)].map(([, title = ""]) => title),
  );
  expect(titles.length).toBeGreaterThan(20);
  const chosen = process.env.PLAYBOOK_TESTS === "all" ? titles : titles.filter((_, index) => index % 5 === 0);
  const ran = await cadenza(["test", "--json", ...chosen], { cwd: exampleCopy("playbook") });
  expect(ran.code, ran.stdout).toBe(0);
}, 900_000);
