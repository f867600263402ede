// cadenza simulate, run as people run it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza, cadenzaProcess } from "../support/cadenza.ts";
import { exampleCopy } from "../support/example-copy.ts";
import { scratchDatabase } from "../support/scratch.ts";

const days = ["--now", "2026-01-10", "--to", "2026-01-13", "--every", "1d"];

test("prints the same twice, leaves the database as it is, and says what it cannot do", async () => {
  const cwd = exampleCopy("starter");
  const simulate = (...more: readonly string[]) => cadenza(["simulate", ...days, ...more], { cwd });
  const missing = await simulate();
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("F116");
  await cadenza(["load", "--now", "2026-01-10"], { cwd });
  const path = join(cwd, ".cadenza/cadenza.duckdb");
  const before = readFileSync(path);

  const first = await simulate("--html", "page.html");
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toMatch(/^From 2026-01-09 23:00Z to 2026-01-12 23:00Z: \d+ mails to \d+ of 20 contacts\.$/m);
  expect(first.stdout).toMatch(/^all +35% +8% +0\.5% +0\.5% +0\.3% +0\.02%$/m);
  expect(readFileSync(join(cwd, "page.html"), "utf8")).toContain("<svg");
  expect((await simulate()).stdout).toBe(first.stdout);
  const { from, engagement, programs } = JSON.parse((await simulate("--json", "--engagement", "replay")).stdout);
  expect([from, engagement, programs.length]).toEqual(["2026-01-09T23:00:00.000Z", "replay", 1]);
  expect(readFileSync(path).equals(before)).toBe(true);

  writeFileSync(join(cwd, "e.json"), `{"emails": {"welcome": {"open": "120%"}}}`);
  const wrong = await simulate("--engagement", "e.json");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("F438  In `e.json`, `emails.welcome.open` is `120%`");
  expect((await simulate("--engagement", "none.json")).stderr).toContain("F437");
  expect((await simulate("--every", "90min1")).code).toBe(2);

  await scratchDatabase(path);
  const held = await cadenzaProcess(["simulate", ...days], { cwd });
  expect(held.code).toBe(2);
  expect(held.stderr).toContain("F435");
}, 240_000);
