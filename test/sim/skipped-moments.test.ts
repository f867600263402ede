// Moments that are passed over turn nothing: a world that is judged all the time goes the same way as one that is not.

import fc from "fast-check";
import { expect, test } from "vitest";
import { isZone } from "../../compiler/calendar.ts";
import { compileTests } from "../../compiler/compile.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import { renderFor } from "../../runtime/rendering.ts";
import { runs } from "../random.ts";
import { runTest } from "../../runtime/sim/test-run.ts";
import { ask, testBench, type TestBench, type TestWorld } from "../../runtime/sim/test-world.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { scratchDatabase, valueFrom } from "../support/scratch.ts";

const declarations = `
project p < time zone "Europe/Berlin"  currency EUR  sender "ana@p.example"  postal address "Street 1" >
contact < id text key  email email  company text?  met datetime?  renewal date? >
company < domain text key  renewed datetime? >
event booked < over_at datetime >
topic tips "Tips" opt out
segment Lookers where visited where (url starts with "https://x.example/pricing") at least 2 times in 4d
segment Silent where met before 6d ago and not visited in 3d
segment SoonOver where booked where (over_at between 1d ago and 2d from now)
segment LastMonth where visited in last month
email first_tip < subject "One"  text "1"  topic tips >
email second_tip < subject "Two"  text "2"  topic tips >
program lookers < why "x"  start when in Lookers  enter again after 9d  goal booked within 5d  exit when unsubscribed
  send first_tip  wait up to 2d until opened first_tip then < send second_tip > otherwise < wait until tuesday 09:00 > >
program silent for Silent < why "x"  enter again after 20d  exit when not in Silent  wait 30h  send first_tip  wait until renewal  send second_tip >
program bookers < why "x"  start when booked  only if not sent in 2d  enter every time  exit when in SoonOver  wait 1d  send second_tip >
program monthly < why "x"  start when in LastMonth and company.renewed before 3d ago  exit when unsubscribed  send first_tip only if not received in 3d >
`;

const start = Date.parse("2026-01-05T08:00:00Z");
const hourMs = 3_600_000;
const clock = (hours: number) => new Date(start + (hours + 1) * hourMs).toISOString().slice(0, 16).replace("T", " ");

interface Act {
  readonly hour: number;
  readonly text: string;
}

function source(acts: readonly Act[]): string {
  const sorted = acts.toSorted((left, right) => left.hour - right.hour);
  return `${declarations}
test "t" <
  given company acme < renewed = 2026-01-10 10:30 >
  given ana < company = "acme"  met = 2026-01-03 07:13  renewal = 2026-01-14 >
  given ben
  given zoe
  given ana visited < url = "https://x.example/pricing" > 2d ago
  ${sorted.map(({ hour, text }) => `at ${clock(hour)}\n  when ${text}`).join("\n  ")}
  at ${clock(lastHour)}
>`;
}

const lastHour = 12 * 24;
const acts = fc.array(
  fc.record({
    hour: fc.integer({ min: 0, max: 8 * 24 }),
    text: fc.constantFrom(
      'ana visited < url = "https://x.example/pricing" >',
      'ben visited < url = "https://x.example/pricing?a" > 2 times',
      "ana booked < over_at = 2026-01-12 12:00 >",
      "ben booked < over_at = 2026-01-17 18:30 >",
      "ben < met = 2026-01-02 04:41  renewal = 2026-01-19 >",
      'ben < company = "acme" >',
      "ana < renewal = 2026-01-18 >",
      "ana unsubscribed",
    ),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Something that concerns nobody else, again and again. */
const distractions = Array.from({ length: Math.floor(lastHour / 11) }, (_, index): Act => {
  return { hour: 11 * index + 1, text: "zoe replied" };
});

let bench: TestBench | null = null;

async function journalOf(text: string): Promise<{ readonly rows: readonly string[]; readonly judged: number }> {
  const sources = [{ path: "a.cdz", text }];
  const { suite, diagnostics } = compileTests(sources, { library: [], isZone, body: () => ({ kind: "missing" }) });
  expect(diagnostics.filter(isError).map((found) => found.text)).toEqual([]);
  const [entry] = suite?.tests ?? [];
  if (!suite || !entry) throw new Error("no test");
  if (bench === null) {
    const database = await scratchDatabase();
    valueFrom(await ensureCatalog(database, suite.plan.catalog));
    bench = await testBench(database, suite.plan, { render: renderFor(suite.plan), forget: async () => {} });
  }
  let judged = 0;
  let rows: readonly string[] = [];
  const onJudged = async () => void judged++;
  const onEnd = async (ended: TestWorld) => {
    const found = await ask(
      ended,
      () => `SELECT tick, contact_id, program, step, outcome, reason, due FROM journal WHERE contact_id <> 'zoe'
        ORDER BY tick, contact_id, program, enrollment_id, round, seq`,
    );
    rows = found.map((row) => JSON.stringify({ ...row, tick: new Date(Number(row.tick)).toISOString() }));
  };
  const { findings } = await runTest(bench, { test: entry, atoms: [], textOf: () => "", onJudged, onEnd });
  expect(findings).toEqual([]);
  return { rows, judged };
}

test("what happens to people does not depend on what is judged in between", async () => {
  const property = fc.asyncProperty(acts, async (said) => {
    const few = await journalOf(source(said));
    const many = await journalOf(source([...said, ...distractions]));
    expect(few.rows).toEqual(many.rows);
    expect(few.rows.length).toBeGreaterThan(0);
    expect(few.judged).toBeLessThan(many.judged);
  });
  await fc.assert(property, { numRuns: runs(1) });
}, 300_000);
