// The example projects, run as their readers would run them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cadenza, cadenzaProcess } from "../support/cadenza.ts";
import { exampleCopy } from "../support/example-copy.ts";
import { realData } from "../support/real-data.ts";
import { scratchFolder } from "../support/scratch.ts";
import { type MonthCounts, winBackByMonth } from "../support/win-back-oracle.ts";

const rejects = (folder: string) =>
  readdirSync(join(folder, ".cadenza/rejects")).flatMap((file) =>
    readFileSync(join(folder, ".cadenza/rejects", file), "utf8")
      .trimEnd()
      .split("\n")
      .slice(1),
  );
const mailsIn = (folder: string) =>
  readdirSync(join(folder, ".cadenza/mail"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".eml"),
  );

/** The table by month that a run prints. */
function monthsIn(printed: string): ReadonlyMap<string, MonthCounts> {
  const rows = [...printed.matchAll(/^(\d{4}-\d{2}) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)$/gm)];
  const number = (text: string | undefined) => Number((text ?? "").replaceAll(",", ""));
  return new Map(
    rows.map(([, month = "", entered, mails, goals, left]) => [
      month,
      { entered: number(entered), mails: number(mails), goals: number(goals), left: number(left) },
    ]),
  );
}

async function count(cwd: string, segment: string, now: string): Promise<number> {
  const shown = await cadenza(["show", "segment", segment, "--count", "--now", now], { cwd });
  expect(shown.stderr).toBe("");
  return Number(shown.stdout);
}

describe("no example gives a finding, not even a hint", () => {
  test.each(["starter", "onboarding", "leads", "cdnow"])("%s", async (name) => {
    const ran = await cadenzaProcess(["check", "--fail-level", "hint", "--format", "compact"], {
      cwd: exampleCopy(name),
    });
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe("starter", () => {
  test("init, check, load, run", async () => {
    const cwd = scratchFolder();
    expect((await cadenzaProcess(["init"], { cwd })).code).toBe(0);
    expect(await cadenzaProcess(["check", "--fail-level", "warning"], { cwd })).toMatchObject({ code: 0, stderr: "" });
    expect((await cadenzaProcess(["load", "--now", "2026-02-20"], { cwd })).stdout).toContain("20 added");
    const ran = await cadenzaProcess(["run", "--now", "2026-01-01", "--until", "2026-02-15", "--every", "1h"], { cwd });
    expect(ran.stderr).toBe("");
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("onboarding");
    expect(mailsIn(cwd).length).toBeGreaterThan(14);
  });
  test("a program is shown by its steps, by its statements, or by both", async () => {
    const cwd = exampleCopy("starter");
    const shown = async (...flags: readonly string[]) =>
      (await cadenzaProcess(["show", "program", "onboarding", ...flags], { cwd })).stdout;
    const [steps, sql, both] = [await shown(), await shown("--sql"), await shown("--steps", "--sql")];
    expect(steps).toContain("send welcome");
    expect(sql).toMatch(/^-- who of onboarding moves.*SELECT/s);
    expect(sql).not.toContain("send welcome");
    expect(both).toBe(`${steps}\n${sql}`);
    expect(await shown("--steps")).toBe(steps);
    const { steps: compiled, statements } = JSON.parse(await shown("--sql", "--json"));
    expect([compiled.length, statements.length]).toEqual([6, 1]);
  });
  test("init says commands that work as they stand", async () => {
    const cwd = scratchFolder();
    expect((await cadenzaProcess(["init"], { cwd })).stdout).toContain(
      "A project is in this folder. Next:\n  cadenza check\n",
    );
    const made = await cadenzaProcess(["init", "my shop's"], { cwd });
    expect(made.stdout).toContain("cadenza check --project 'my shop'\\''s'\n");
  });
  test("init writes over nothing", async () => {
    const cwd = scratchFolder();
    await cadenzaProcess(["init"], { cwd });
    const again = await cadenzaProcess(["init"], { cwd });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("F113");
  });
});

const cdnow = realData("cdnow_master.txt") ?? "";
const leads = realData("leads.csv") ?? "";

test.skipIf(cdnow === "")(
  "CDNOW: every purchase is loaded and the win-back program replayed",
  async () => {
    const cwd = exampleCopy("cdnow");
    const loaded = await cadenzaProcess(["load", "--data-dir", cdnow, "--now", "1998-07-01", "--json"], { cwd });
    expect(loaded.stderr).toBe("");
    const [contacts, purchases] = JSON.parse(loaded.stdout);
    expect(contacts).toMatchObject({ name: "contact", added: 23_570, rejected: 0 });
    expect(purchases).toMatchObject({ name: "purchased", added: 69_659, rejected: 0 });
    const again = JSON.parse(
      (await cadenzaProcess(["load", "--data-dir", cdnow, "--now", "1998-07-01", "--json"], { cwd })).stdout,
    );
    expect(again.map(({ added }: { added: number }) => added)).toEqual([0, 0]);

    const once = await cadenzaProcess(["show", "segment", "BoughtOnce", "--count", "--now", "1998-07-01"], { cwd });
    expect(Number(once.stdout)).toBe(11_908);
    expect(await count(cwd, "NoRepeatPurchase", "1998-07-01")).toBe(11_908);

    const replay = ["run", "--now", "1997-01-01", "--until", "1998-06-30", "--every", "7d", "--mailer", "files"];
    const ran = await cadenzaProcess(replay, { cwd });
    expect(ran.stderr).toBe("");
    const wanted = winBackByMonth(join(cdnow, "cdnow_master.txt"));
    expect(monthsIn(ran.stdout)).toEqual(wanted);
    const mails = [...wanted.values()].reduce((sum, month) => sum + month.mails, 0);
    expect(mailsIn(cwd).length).toBe(mails);
  },
  300_000,
);

test.skipIf(leads === "")(
  "leads: messy rows are loaded or rejected with a reason",
  async () => {
    const cwd = exampleCopy("leads");
    const loaded = await cadenzaProcess(["load", "--data-dir", leads, "--now", "2026-01-05", "--json"], { cwd });
    expect(JSON.parse(loaded.stdout)[0]).toMatchObject({ added: 8_902, rejected: 338 });
    const rows = rejects(cwd);
    expect(new Set(rows.map((row) => row.split(",")[1])).size).toBe(338);
    // Counted from the file by other means.
    const wanted = {
      Professionals: 679,
      NotAnswered: 2_621,
      Mumbai: 3_731,
      FromSearch: 3_880,
      Managers: 4_253,
      Engaged: 1_991,
      Unclear: 2_139,
    };
    const found: Record<string, number> = {};
    for (const name of Object.keys(wanted)) found[name] = await count(cwd, name, "2026-01-05");
    expect(found).toEqual(wanted);
  },
  120_000,
);
