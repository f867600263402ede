// Every moment at which something turns is judged, whatever column of whichever table it turns by, and no others are needed.

import { expect, test } from "vitest";
import { isZone } from "../../compiler/calendar.ts";
import { compileTests } from "../../compiler/compile.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import type { TestWorld } from "../../runtime/sim/test-world.ts";
import { testBench } from "../../runtime/sim/test-world.ts";
import { runTest } from "../../runtime/sim/test-run.ts";
import { renderFor } from "../../runtime/rendering.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { scratchDatabase, valueFrom } from "../support/scratch.ts";

const declarations = `
project p < time zone "UTC"  currency EUR  sender "ana@p.example"  postal address "Street 1" >
contact < id text key  email email  company text? >
company < domain text key  renewed datetime? >
event booked < over_at datetime >
topic tips "Tips" opt out
email renew < subject "Renew"  text "Now."  topic tips >
email over < subject "Over"  text "Now."  topic tips >
program renewals < why "x"  start when company.renewed before 30d ago  exit when unsubscribed  send renew >
program endings < why "x"  start when booked where (over_at before 2h ago)  exit when unsubscribed  send over >
`;

async function judgedIn(clauses: string) {
  const sources = [{ path: "a.cdz", text: `${declarations}\ntest "t" < ${clauses} >` }];
  const { suite, diagnostics } = compileTests(sources, { library: [], isZone, body: () => ({ kind: "missing" }) });
  expect(diagnostics.filter(isError)).toEqual([]);
  const [entry] = suite?.tests ?? [];
  if (!suite?.plan || !entry?.test) throw new Error("no test");
  const database = await scratchDatabase();
  valueFrom(await ensureCatalog(database, suite.plan.catalog));
  const moments: string[] = [];
  const onJudged = async ({ at }: TestWorld) => {
    moments.push(new Date(at).toISOString().slice(0, 16).replace("T", " "));
  };
  const bench = await testBench(database, suite.plan, renderFor(suite.plan));
  const request = { test: entry.test, atoms: [], textOf: () => "", onJudged, onEnd: null };
  const { findings } = await runTest(bench, request);
  return { findings, moments };
}

test("a date of the company turns in its minute", async () => {
  const { findings, moments } = await judgedIn(`
    given company acme < renewed = 2026-01-01 10:30 >
    given ana < company = "acme" >
    after 60d
    expect ana was sent renew 1 times on 2026-01-31 10:31`);
  expect(findings).toEqual([]);
  expect(moments).toContain("2026-01-31 10:31");
  expect(moments.length).toBeLessThan(12);
});

test("a date of an event turns in its minute", async () => {
  const { moments } = await judgedIn(`
    given ana booked < over_at = 2026-01-05 12:15 >
    after 10d
    expect ana was not sent over`);
  expect(moments).toContain("2026-01-05 14:16");
  expect(moments.length).toBeLessThan(12);
});

test("one moment is judged once, however much is said of it", async () => {
  const { moments } = await judgedIn(`
    given ana
    given ben
    when ana visited
    when ben visited
    when ana < company = "acme" >
    expect ana was not sent renew
    expect ben was not sent renew
    after 1d
    when ana visited
    after 1d
    expect ana was not sent renew`);
  expect(moments).toEqual([...new Set(moments)]);
  expect(moments).toEqual(expect.arrayContaining(["2026-01-05 09:00", "2026-01-06 09:00", "2026-01-07 09:00"]));
});
