// `cadenza report`, and reports that run by their schedule. Each golden file is what the terminal shows.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cadenza, type Ran } from "../support/cadenza.ts";
import { projectOf } from "../support/example-copy.ts";

const golden = (name: string) => new URL(`../golden/cli/${name}`, import.meta.url).pathname;

const people = Array.from({ length: 40 }, (_, index) => `c${String(index).padStart(2, "0")}`);
const trades = ["=1+1", 'say "hi", all', "\u001b[31mred", ""];

/** Everybody asks in January; every third buys two days later, whoever was held out or not. */
function shop(reports: string): string {
  return projectOf({
    "shop.cdz": `project shop < time zone "Europe/Berlin"  sender "Ana <ana@shop.example>" >
contact < id text key  email email  trade text? >
event asked < >
event purchased < amount money EUR >
load contact from csv "people.csv" < id from id  email from email  trade from trade >
load asked from csv "asked.csv" < contact from id  at from at >
load purchased from csv "bought.csv" < contact from id  at from at  amount from amount >
email hello < subject "Hello"  text "Hello."  transactional >
program greet <
  why "Whoever asks is greeted"
  start when asked
  hold out 20%
  goal purchased within 7d target 40%
  send hello
>
${reports}
`,
    "people.csv": `id,email,trade\n${people.map((id, index) => `${id},${id}@x.example,"${(trades[index % 4] ?? "").replaceAll('"', '""')}"`).join("\n")}\n`,
    "asked.csv": `id,at\n${people.map((id, index) => `${id},2026-01-${String(6 + (index % 10)).padStart(2, "0")} 09:30`).join("\n")}\n`,
    "bought.csv": `id,at,amount\n${people
      .filter((_, index) => index % 3 === 0)
      .map((id, index) => `${id},2026-01-${18 + (index % 2)} 12:00,${10 + index}.50`)
      .join("\n")}\n`,
  });
}

async function fine(cwd: string, ...args: readonly string[]): Promise<Ran> {
  const ran = await cadenza(args, { cwd });
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
  return ran;
}

async function ran(reports: string): Promise<{ readonly cwd: string; readonly told: Ran }> {
  const cwd = shop(reports);
  await fine(cwd, "load", "--now", "2026-01-01");
  const told = await fine(cwd, "run", "--now", "2026-01-01", "--until", "2026-01-27", "--every", "6h");
  return { cwd, told };
}

const now = ["--now", "2026-01-27"];

describe("a report", () => {
  test("shows totals, lines, lift and how it is counted", async () => {
    const { cwd } = await ran(`## How greetings do
report weekly < in 60d  for greet  show entered, held_out, sent, delivered, open rate, goal rate, time to goal, sum of purchased.amount  by trade, week >`);
    const text = await fine(cwd, "report", "Weekly", ...now);
    expect(text.stdout).not.toContain("\u001b");
    await expect(text.stdout).toMatchFileSnapshot(golden("report-weekly.txt"));
    const json = await fine(cwd, "report", "weekly", "--json", ...now);
    await expect(json.stdout).toMatchFileSnapshot(golden("report-weekly.json"));
    await fine(cwd, "report", "weekly", "--csv", "out.csv", ...now);
    const csv = readFileSync(join(cwd, "out.csv"), "utf8");
    await expect(csv.replaceAll("\r\n", "\n")).toMatchFileSnapshot(golden("report-weekly.csv"));
    expect(csv).toContain(",'=1+1,");
  });
  test("about all programs, where the project declares none", async () => {
    const { cwd } = await ran("");
    const text = await fine(cwd, "report", ...now);
    await expect(text.stdout).toMatchFileSnapshot(golden("report-all.txt"));
  });
  test("of nobody yet has no rates", async () => {
    const cwd = shop("");
    await fine(cwd, "load", "--now", "2026-01-01");
    const { stdout } = await fine(cwd, "report", "--now", "2026-01-01");
    expect(stdout).toMatch(/^all +0 +0 +0 +0 +- +- +-$/m);
  });
  test.each<[readonly string[], string]>([
    [["weekli"], "F117"],
    [["weekly", "--csv", "no/such/folder/a.csv"], "F119"],
    [["weekly", "--now", "soon"], "F115"],
  ])("%j is refused", async (args, part) => {
    const cwd = shop("report weekly < in 60d >");
    await fine(cwd, "load", "--now", "2026-01-01");
    const refused = await cadenza(["report", ...args], { cwd });
    expect({ code: refused.code, said: refused.stdout + refused.stderr }).toEqual({
      code: 2,
      said: expect.stringContaining(part),
    });
  });
  test("needs a database", async () => {
    const refused = await cadenza(["report"], { cwd: shop("") });
    expect({ code: refused.code, said: refused.stderr }).toEqual({ code: 2, said: expect.stringContaining("F116") });
  });
});

describe("a report with a schedule", () => {
  const weekly = 'report weekly < every monday 08:00  show entered, sent, goal rate  to "Bea <bea@shop.example>" >';
  const filesIn = (cwd: string, folder: string) =>
    readdirSync(join(cwd, ".cadenza", folder), { recursive: true, encoding: "utf8" }).sort();

  test("is written at each of its moments, covers the time since the last, and is mailed", async () => {
    const { cwd, told } = await ran(weekly);
    const moments = ["2026-01-05T0700Z", "2026-01-12T0700Z", "2026-01-19T0700Z", "2026-01-26T0700Z"];
    expect(filesIn(cwd, "reports")).toEqual(
      moments.flatMap((moment) => [`weekly-${moment}.csv`, `weekly-${moment}.txt`]),
    );
    expect(told.stdout).toContain("report weekly of 2026-01-05 07:00");
    const csvs = moments.map((moment) => readFileSync(join(cwd, ".cadenza/reports", `weekly-${moment}.csv`), "utf8"));
    const entered = csvs.map((csv) => Number(csv.split("\r\n")[1]?.split(",")[2]));
    const { stdout } = await fine(cwd, "report", "weekly", "--json", ...now);
    const held = people.length - entered.reduce((sum, count) => sum + count, 0);
    expect(entered[0]).toBe(0);
    expect(entered[3]).toBe(0);
    expect(held).toBeGreaterThan(0);
    expect(JSON.parse(stdout)[0]).toMatchObject({ from: "2026-01-26T07:00:00.000Z" });
    const mails = filesIn(cwd, "mail")
      .filter((path) => path.endsWith(".eml"))
      .map((path) => readFileSync(join(cwd, ".cadenza/mail", path), "utf8"))
      .filter((mail) => mail.includes("To: Bea <bea@shop.example>"));
    expect(mails.map((mail) => /^Subject: (.*)\r$/m.exec(mail)?.[1]).sort()).toEqual(
      ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"].map((day) => `weekly, ${day}`),
    );
    expect(mails[0]).toContain("filename=weekly.csv");
    // Once more at the same instant: nothing runs twice.
    const again = await fine(cwd, "run", "--once", "--now", "2026-01-27");
    expect(again.stdout).not.toContain("report weekly of");
  });
  test("that cannot be written is a problem, and stops nobody", async () => {
    const cwd = shop("report daily < every day 08:00  show entered >");
    await fine(cwd, "load", "--now", "2026-01-01");
    writeFileSync(join(cwd, ".cadenza/reports"), "a file stands where the folder should be");
    const told = await cadenza(["run", "--now", "2026-01-01", "--until", "2026-01-20", "--every", "6h"], { cwd });
    expect(told.code).toBe(1);
    expect(told.stderr).toContain("The report `daily` ran, but it could not be written to");
    expect(told.stdout).toMatch(/mails? sent/);
  });
});
