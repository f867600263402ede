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

const monthly = `
email monthly_news < subject "Month"  text "Now."  topic tips >
segment LastMonth where visited in last month
program monthly < why "x"  start when in LastMonth  exit when unsubscribed  send monthly_news >
`;
const callers = `
email recall < subject "Again"  text "Now."  topic tips >
email thanks < subject "Thanks"  text "Now."  topic tips >
segment Callers where replied
program callers < why "x"  start when in Callers  enter again after 9d  exit when unsubscribed  send recall >
program grateful < why "x"  start when received recall at least 1 times  exit when unsubscribed  send thanks >
`;

async function judgedIn(clauses: string, more = "") {
  const sources = [{ path: "a.cdz", text: `${declarations}${more}\ntest "t" < ${clauses} >` }];
  const { suite, diagnostics } = compileTests(sources, { library: [], isZone, body: () => ({ kind: "missing" }) });
  expect(diagnostics.filter(isError).map(({ text }) => text)).toEqual([]);
  const [entry] = suite?.tests ?? [];
  if (!suite || !entry) throw new Error("no test");
  const database = await scratchDatabase();
  valueFrom(await ensureCatalog(database, suite.plan.catalog));
  const moments: string[] = [];
  const onJudged = async ({ at }: TestWorld) => {
    moments.push(new Date(at).toISOString().slice(0, 16).replace("T", " "));
  };
  const bench = await testBench(database, suite.plan, { render: renderFor(suite.plan), forget: async () => {} });
  const request = { test: entry, atoms: [], textOf: () => "", onJudged, onEnd: null };
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

test("a period turns with the first moment of its day", async () => {
  const { findings, moments } = await judgedIn(
    `given ana
    when ana visited
    after 60d
    expect ana was sent monthly_news 1 times on 2026-02-01 00:00`,
    monthly,
  );
  expect(findings).toEqual([]);
  expect(moments).toContain("2026-02-01 00:00");
});

test("people start again when their time is over, and a mail that is asked for counts in its own moment", async () => {
  const { findings } = await judgedIn(
    `given ana
    when ana replied
    expect ana was sent thanks 1 times on 2026-01-05 09:00
    after 8d
    expect ana was sent recall 1 times
    after 2d
    expect ana was sent recall 2 times
    expect ana was sent recall 1 times on 2026-01-14 09:00`,
    callers,
  );
  expect(findings).toEqual([]);
});

test("years pass as days do", async () => {
  const { findings, moments } = await judgedIn(
    `given ana
    when ana visited
    after 5y
    when ana visited
    after 1mo
    expect ana was sent looked 2 times
    expect ana was sent looked 1 times on 2031-02-05 09:00`,
    `
email looked < subject "Looked"  text "Then."  topic tips >
segment LookedThen where visited between 2mo ago and 1mo ago
program lookers < why "x"  start when in LookedThen  enter every time  exit when unsubscribed  send looked >
`,
  );
  expect(findings).toEqual([]);
  expect(moments.length).toBeLessThan(20);
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
  // On the last day nothing has happened and nothing is due.
  expect(moments).toEqual(["2026-01-05 09:00", "2026-01-06 09:00"]);
});
