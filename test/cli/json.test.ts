// The results that commands print for machines.

import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { exampleCopy, projectOf } from "../support/example-copy.ts";

async function json(cwd: string, ...args: readonly string[]): Promise<unknown> {
  const ran = await cadenza([...args, "--json"], { cwd });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  return JSON.parse(ran.stdout);
}

test("load, apply, run and show contact print one JSON value each, with instants in ISO 8601", async () => {
  const cwd = exampleCopy("starter");
  expect(await json(cwd, "load", "--now", "2026-01-01")).toMatchObject([
    { name: "contact", rows: 20, added: 20 },
    {},
    {},
  ]);
  expect(await json(cwd, "apply", "--now", "2026-01-01T00:00:00Z")).toEqual({
    version: 1,
    isNew: true,
    at: "2026-01-01T00:00:00.000Z",
    programs: ["onboarding"],
  });
  expect(await json(cwd, "run", "--now", "2026-01-01T00:00:00Z", "--until", "2026-01-08")).toMatchObject({
    at: expect.stringMatching(/^2026-01-\d\dT\d\d:00:00\.000Z$/),
    isBehind: false,
    contacts: 20,
    programs: [{ name: "onboarding", active: 6, entered: 6, goals: 0, left: [] }],
    mail: { sent: 6, failed: 0, unknown: 0 },
    problems: [],
    tables: [{ title: "onboarding, per person who entered" }, { title: "onboarding, by month" }],
  });
  expect(await json(cwd, "show", "contact", "c01", "--now", "2026-01-08")).toMatchObject({
    key: "c01",
    fields: { created: "2025-11-01T09:00:00.000Z" },
    enrollments: [{ program: "onboarding", reason: null, startedAt: "2026-01-05T07:15:00.000Z", leftAt: null }],
  });
});

test("check takes --json as --format json, with the same exit code", async () => {
  const cwd = projectOf({ "a.cdz": "segment A where nme = 1\n" });
  const [short, long] = [
    await cadenza(["check", "--json"], { cwd }),
    await cadenza(["check", "--format", "json"], { cwd }),
  ];
  expect(short).toEqual(long);
  expect(short.code).toBe(1);
  expect(JSON.parse(short.stdout).diagnostics.length).toBeGreaterThan(0);
});

test("the screen and JSON exclude each other", async () => {
  const ran = await cadenza(["run", "--ui", "--json"], { cwd: exampleCopy("starter") });
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain("--ui");
});
