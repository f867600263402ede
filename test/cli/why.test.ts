// `cadenza why` on the starter, with mails that were opened. Each golden file is what the terminal shows.

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";

let cwd = "";
const why = (contact: string, name: string, ...more: readonly string[]) =>
  cadenza(["why", contact, name, "--now", "2026-03-01", ...more], { cwd });

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "cadenza-test-"));
  await cadenza(["init"], { cwd });
  appendFileSync(
    join(cwd, "audiences.cdz"),
    `
list vips "People we know"
load received from csv "data/mails.csv" < contact from who  at from received  message from message  email from email >
load opened from csv "data/mails.csv" < contact from who  at from opened  message from message  email from email >
load vips from csv "data/vips.csv" < contact from who >
segment Quiet(period duration = 90d) where received in period and not opened in period
segment Promising where
  (role = decision_maker or (seats >= 200 and seats < 500))
  and not in Customers
  and country in (DE, US)
  and (in vips or subscribed to product_tips or sum of purchased.amount in 1y > 10 EUR)
segment Reached where received in 30d
segment Silent where (in Quiet(30d) or in WentQuiet) and not (seats is unknown or sample 10%)
`,
  );
  writeFileSync(
    join(cwd, "data/mails.csv"),
    `who,received,opened,message,email
c02,2026-01-10 09:00,2026-01-10 12:30,m1,welcome
c02,2026-02-10 09:00,2026-02-11 08:05,m2,tips
c02,2026-02-20 09:00,,m3,nudge
c02,2026-02-24 09:00,2026-02-24 09:01,m4,tips
c02,2026-02-26 09:00,2026-02-27 19:45,m5,nudge
`,
  );
  writeFileSync(join(cwd, "data/vips.csv"), "who\nc01\n");
  await cadenza(["load", "--now", "2026-02-28"], { cwd });
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const golden = (name: string) => new URL(`../golden/why/${name}`, import.meta.url).pathname;

describe("why", () => {
  test.each([
    ["a member", "c01", "Customers"],
    ["counts and windows", "c02", "WentQuiet"],
    ["a segment with arguments", "c02", "Quiet(30d)"],
    ["nested conditions", "c01", "Promising"],
    ["nested segments", "c04", "Silent"],
    ["when time turns it", "c02", "Reached"],
    ["the built-in segment", "c04", "Suppressed"],
  ])("shows %s", async (title, contact, segment) => {
    const shown = await why(contact, segment);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    await expect(shown.stdout).toMatchFileSnapshot(golden(`${title.replaceAll(" ", "-")}.txt`));
  });
  test("prints JSON", async () => {
    const shown = await why("c02", "WentQuiet", "--json");
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    await expect(shown.stdout).toMatchFileSnapshot(golden("answer.json"));
  });
  test.each([
    ["c99", "Customers", "F118  There is no contact with the key `c99`."],
    ["c01", "Custmers", "F117  There is no segment `Custmers`. Did you mean `Customers`?"],
    ["c99", "onboarding", "F118  There is no contact with the key `c99`."],
    ["c99", "tips", "F118  There is no contact with the key `c99`."],
    ["c01", "Quiet(30)", "E302"],
  ])("has no answer for %s and %s", async (contact, name, text) => {
    const shown = await why(contact, name);
    expect(shown).toMatchObject({ code: 2, stdout: "" });
    expect(shown.stderr).toContain(text);
  });
  test("needs a database", async () => {
    const empty = mkdtempSync(join(tmpdir(), "cadenza-test-"));
    await cadenza(["init"], { cwd: empty });
    const shown = await cadenza(["why", "c01", "Customers"], { cwd: empty });
    expect(shown).toMatchObject({ code: 2, stdout: "" });
    expect(shown.stderr).toContain("F116");
    rmSync(empty, { recursive: true, force: true });
  });
  test("has a help page", async () => {
    const shown = await cadenza(["why", "--help"], { cwd });
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("why a person is in a segment or a program or not");
  });
});
