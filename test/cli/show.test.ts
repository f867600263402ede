// What `show segment` takes for a segment, on the starter with a segment that has parameters.

import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";

let cwd = "";
const now = ["--now", "2026-03-01T00:00:00Z"];
const show = (segment: string, ...more: readonly string[]) =>
  cadenza(["show", "segment", segment, ...now, ...more], { cwd });

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "cadenza-test-"));
  await cadenza(["init"], { cwd });
  appendFileSync(
    join(cwd, "audiences.cdz"),
    `
segment Bought(period duration, product text = "kit") where purchased in period
segment BoughtLately(period duration = 30d) where purchased in period
score Spending < purchased adds 10 up to 15  role = decision_maker adds 0.5 >
funnel Way < stage buyer when score Spending >= 10  stage regular when score Spending > 15 >
`,
  );
  await cadenza(["load", "--now", "2026-02-20"], { cwd });
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe("show segment", () => {
  test("takes arguments that the project itself never uses", async () => {
    const short = await show("BoughtLately(1d)", "--json");
    const long = await show("BoughtLately( 10y )", "--json");
    expect(JSON.parse(short.stdout)).toMatchObject({ segment: "BoughtLately(1d)", count: 0, members: [] });
    expect(JSON.parse(long.stdout)).toMatchObject({ segment: "BoughtLately(10y)", count: 7 });
  });
  test("names a segment as it is declared, whatever the letter case that was asked for", async () => {
    const shown = await show("customers", "--json");
    expect(JSON.parse(shown.stdout)).toMatchObject({ segment: "Customers", now: "2026-03-01T00:00:00.000Z", count: 7 });
  });
  test("knows the built-in segment", async () => {
    expect(await show("Suppressed")).toMatchObject({ code: 0, stdout: "0 members of Suppressed\n" });
  });
  test.each([
    ["BoughtLately(30)", "E302"],
    ["Bought", "`Bought` needs a value for `period`"],
    ["Customers(30d)", "`Customers` takes no arguments"],
    ["purchased", "`purchased` is an event"],
  ])("says what is wrong with %s", async (segment, text) => {
    const shown = await show(segment);
    expect(shown).toMatchObject({ code: 2, stdout: "" });
    expect(shown.stderr).toContain(text);
  });
  test.each(["Nobody(30d)", "Customers or in OneTimeBuyers", "BoughtLately(1d) or in Bought(1d)", "", "in Customers"])(
    "does not read %j as a segment",
    async (segment) => {
      const shown = await show(segment);
      expect(shown).toMatchObject({ code: 2, stdout: "" });
      expect(shown.stderr).toContain(`F117  There is no segment \`${segment}\``);
    },
  );
  test("shows the SQL of a segment with arguments", async () => {
    const shown = await show("BoughtLately(1d)", "--sql");
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout).toContain("2026-02-28T00:00:00.000Z");
  });
});

test("show contact tells scores and stages", async () => {
  const shown = await cadenza(["show", "contact", "c01", ...now, "--json"], { cwd });
  expect(JSON.parse(shown.stdout)).toMatchObject({ scores: { Spending: 10.5 }, stages: { Way: "buyer" } });
  const early = await cadenza(["show", "contact", "c01", "--now", "2026-01-01", "--json"], { cwd });
  expect(JSON.parse(early.stdout)).toMatchObject({ scores: { Spending: 0.5 }, stages: { Way: null } });
  const text = await cadenza(["show", "contact", "c01", ...now], { cwd });
  expect(text.stdout).toMatch(/Spending +10\.5\n/);
  expect(text.stdout).toMatch(/Way +buyer\n/);
});
