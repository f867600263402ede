// backup and restore on the built command, with and without an engine that runs.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";
import { greeting } from "../support/greeting.ts";
import { startEngine, until } from "../support/running-engine.ts";
import { scratchFolder } from "../support/scratch.ts";

const people = "id,email\nana,ana@x.example\nben,ben@x.example\n";

test("a running engine makes a backup between its ticks, and is in the way of putting one back", async () => {
  const cwd = projectOf({ "shop.cdz": greeting, "people.csv": people });
  await cadenza(["load"], { cwd });
  expect((await cadenza(["backup", "early.backup"], { cwd: scratchFolder() })).code).toBe(2);
  const early = await cadenza(["backup", "early.backup"], { cwd });
  expect(early).toMatchObject({ code: 0, stderr: "" });
  expect(early.stdout).toMatch(/^Backed up `shop` as of .*Z to early\.backup \([\d.]+ MB\)\.\n$/);
  const { child, ended } = await startEngine(cwd);
  await until(() => existsSync(join(cwd, ".cadenza", "mail")) && readdirSync(join(cwd, ".cadenza", "mail")).length > 0);
  const late = await cadenza(["backup", "late.backup", "--json"], { cwd });
  expect(late).toMatchObject({ code: 0, stderr: "" });
  const { file, project, bytes } = JSON.parse(late.stdout);
  expect([project, file]).toEqual(["shop", join(cwd, "late.backup")]);
  expect(readFileSync(file)).toHaveLength(bytes);
  expect((await cadenza(["backup", "late.backup"], { cwd })).stderr).toMatch(/^F506 /);
  expect(await cadenza(["backup", "late.backup", "--replace"], { cwd })).toMatchObject({ code: 0 });
  expect(await cadenza(["restore", "late.backup"], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^F485 /),
  });
  child.kill("SIGKILL");
  await ended;
  const mails = () =>
    readdirSync(join(cwd, ".cadenza", "mail"), { recursive: true }).filter((name) => /eml$/.test(String(name)));
  const before = mails();
  const restored = await cadenza(["restore", "early.backup"], { cwd });
  expect(restored).toMatchObject({ code: 0, stderr: "" });
  expect(restored.stdout).toMatch(/^`shop` is as of .* again, from early\.backup\.\nWhat was there is kept as /);
  expect(restored.stdout).toContain("that 2 mails had been handed over since.\n");
  expect(await cadenza(["run", "--once"], { cwd })).toMatchObject({ code: 0 });
  expect(mails()).toEqual(before);
  const again = await cadenza(["restore", "late.backup", "--json"], { cwd });
  const { kept, at, unread, ...counts } = JSON.parse(again.stdout);
  expect({ unread, ...counts }).toEqual({
    file: join(cwd, "late.backup"),
    project: "shop",
    unread: null,
    consents: 0,
    suppressions: 0,
    told: 2,
    doubted: 0,
  });
  expect(Number.isNaN(Date.parse(at))).toBe(false);
  expect(existsSync(kept)).toBe(true);
  expect((await cadenza(["show", "contact", "ana", "--json"], { cwd })).stdout).toContain('"program": "greet"');
  for (const command of ["backup", "restore"])
    expect((await cadenza([command, "--help"], { cwd })).stdout).toMatch(/Examples?:\n {2}cadenza /);
}, 120_000);
