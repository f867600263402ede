// `show segments` on the starter: sizes as they are stored, brought up to each instant that is asked for.

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cadenza } from "../support/cadenza.ts";

let cwd = "";
const run = (...args: readonly string[]) => cadenza(args, { cwd });
const segments = async (now: string) => {
  const { stdout, stderr } = await run("show", "segments", "--json", "--now", now);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
};
const count = async (segment: string, now: string) =>
  Number((await run("show", "segment", segment, "--count", "--now", now)).stdout);

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "cadenza-test-"));
  await run("init");
  appendFileSync(join(cwd, "audiences.cdz"), "\nsegment Lately where purchased in 30d\n");
  await run("load", "--now", "2026-02-20");
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

test("segments are judged for everybody once, and then for who can have changed", async () => {
  const first = await segments("2026-02-01");
  expect(first).toMatchObject({ refreshedAt: first.now, looked: null });
  expect(first.segments).toContainEqual(expect.objectContaining({ segment: "Customers", count: 7, lastDay: null }));
  expect((await segments("2026-02-01")).looked).toBe(0);
  const later = await segments("2026-02-20");
  // So many of so few that everybody is judged.
  expect(later.looked).not.toBe(0);
  expect(later.segments).toContainEqual(expect.objectContaining({ segment: "Customers", count: 7 }));
  // Judged for a month by now, so that the last day is known.
  expect((await segments("2026-04-20")).segments).toContainEqual(
    expect.objectContaining({ segment: "Lately", count: 0, lastDay: { entered: 0, left: expect.any(Number) } }),
  );
});

test("an instant before the stored one is judged anew, and leaves what is stored as it is", async () => {
  const before = await segments("2026-03-01");
  expect(before).toMatchObject({ refreshedAt: null, looked: null });
  expect(before.segments).toContainEqual(expect.objectContaining({ segment: "Lately", lastDay: null }));
  expect((await segments("2026-04-20")).looked).toBe(0);
});

test("what was loaded since is taken in, and only its people are judged", async () => {
  const now = "2026-04-20";
  const known = JSON.parse((await run("show", "segment", "Customers", "--json", "--now", now)).stdout).members;
  const contacts = readFileSync(join(cwd, "data", "contacts.csv"), "utf8")
    .split("\n")
    .slice(1);
  const other = contacts.map((line) => line.split(",")[0]).find((id) => id && !known.includes(id));
  appendFileSync(join(cwd, "data", "purchases.csv"), `o-new,${other},2026-03-01 10:00,10.00,pro\n`);
  await run("load", "purchased", "--now", now);
  expect((await segments(now)).looked).toBe(1);
  expect(await count("Customers", now)).toBe(known.length + 1);
});

test("a definition that changes is judged anew", async () => {
  const file = join(cwd, "audiences.cdz");
  writeFileSync(file, readFileSync(file, "utf8").replace("purchased in 30d", "purchased in 1y"));
  const { looked, segments: found } = await segments("2026-04-20");
  expect(looked).toBe(null);
  expect(found).toContainEqual(
    expect.objectContaining({ segment: "Lately", count: await count("Customers", "2026-04-20") }),
  );
});

test("people read a table", async () => {
  const { stdout } = await run("show", "segments", "--now", "2026-04-20");
  expect(stdout).toMatch(/^segment +members +last day +rows read\n/);
  expect(stdout).toMatch(/\n\d+ segments at 2026-04-19 22:00Z: nobody can have changed since the last refresh\n$/);
});

test("--memory bounds the database, and says what it does not take", async () => {
  const bounded = await run("show", "segments", "--now", "2026-04-20", "--memory", "256MB");
  expect(bounded).toMatchObject({ code: 0, stderr: "" });
  const wrong = await run("show", "segments", "--memory", "much");
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toContain("F134  `much` is no amount of memory for the database.");
});

test("conditions of every kind are counted, and judged anew they hold for as many", async () => {
  const own = mkdtempSync(join(tmpdir(), "cadenza-test-"));
  const ask = async (now: string): Promise<readonly { segment: string; count: number; rows: number }[]> => {
    const ran = await cadenza(["show", "segments", "--json", "--now", now], { cwd: own });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    return JSON.parse(ran.stdout).segments;
  };
  await cadenza(["init"], { cwd: own });
  writeFileSync(
    join(own, "kinds.cdz"),
    `use engagement
use lifecycle
derived latest = last purchased.product
segment Chained  where signed_up not followed by purchased within 3d
segment Promoted where role changed in 30d
segment Settled  where role has been user for 5d
segment Spenders where sum of purchased.amount ever >= 1 EUR
segment Scored   where score Engagement >= 1
segment Staged   where stage Lifecycle = customer
segment Derived  where latest is known or customer_status = churned
segment Inside   where in program onboarding
segment Looked   where first_name contains "a" or email matches "*@north.*"
`,
  );
  await cadenza(["load", "--now", "2026-02-01"], { cwd: own });
  const contacts = join(own, "data", "contacts.csv");
  writeFileSync(contacts, readFileSync(contacts, "utf8").replace("Editor", "Chief Marketing Officer"));
  await cadenza(["load", "contact", "--now", "2026-02-05"], { cwd: own });
  const stored = await ask("2026-02-11");
  const found = (segment: string) => stored.find((one) => one.segment === segment);
  expect(found("Promoted")?.count).toBe(1);
  expect(found("Staged")?.count).toBe(found("Customers")?.count);
  // Contacts, sign-ups and purchases.
  expect(found("Chained")?.rows).toBe(20 + 14 + 7);
  expect(found("Spenders")?.rows).toBe(20 + 7);
  await ask("2026-03-01");
  expect(await ask("2026-02-11")).toMatchObject(stored.map(({ segment, count }) => ({ segment, count })));
  rmSync(own, { recursive: true, force: true });
});
