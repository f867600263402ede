// A simulation in large: 30 days of a program of ten steps for a million people, facts judged every hour. People sign up all
// through the first days, so that every hour somebody is due. SIMULATED_PEOPLE says another number of people.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import { usualEngagement } from "../../runtime/sim/engagement-file.ts";
import { simulate } from "../../runtime/simulation/simulation.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { plain } from "./ticking.ts";

const people = Number(process.env.SIMULATED_PEOPLE ?? 1_000_000);
const targetS = 120;
const from = Date.parse("2026-03-01T00:00:00Z");
const days = 30;

const source = `
project bench < language 1 time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A, B 1" >
contact < id text key  email email  seats number? >
event signed_up < >
event purchased < >
topic tips "Tips" opt out
email hello < subject "One" text "One" topic tips >
email tour < subject "Two" text "Two" topic tips >
email nudge < subject "Three" text "Three" topic tips >
email story < subject "Four" text "Four" topic tips >
email offer < subject "Five" text "Five" topic tips >
program p < start when signed_up  enter once  goal purchased within 30d  exit when unsubscribed
  send hello  wait 3d
  send tour  wait up to 4d until clicked hello
  send nudge only if seats >= 10  wait 5d
  send story  wait 6d
  send offer  wait 2d >
`;

const filling: readonly string[] = [
  `INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id, 'p' || i || '@x.example' AS email,
     CASE WHEN hash(i, 3) % 10 > 0 THEN CAST(5 + hash(i, 4) % 100 AS DOUBLE) END AS seats FROM range(${people}) AS r(i)`,
  `INSERT INTO event_signed_up BY NAME SELECT 'c' || i AS contact_id,
     TIMESTAMP '2026-03-01' + to_seconds(CAST(hash(i, 5) % ${8 * 86_400} AS BIGINT)) AS occurred_at, occurred_at AS received_at,
     's' || i AS event_id, 1 AS batch FROM range(${people}) AS r(i)`,
  `INSERT INTO event_purchased BY NAME SELECT 'c' || hash(i, 6) % ${people} AS contact_id,
     TIMESTAMP '2026-03-01' + to_seconds(CAST(hash(i, 7) % ${days * 86_400} AS BIGINT)) AS occurred_at, occurred_at AS received_at,
     'b' || i AS event_id, 1 AS batch FROM range(${Math.floor(people / 20)}) AS r(i)`,
];

function expectFine<T>(result: { ok: true; value: T } | { ok: false; failure: { text: string } }): T {
  if (!result.ok) throw new Error(result.failure.text);
  return result.value;
}

const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
try {
  const { plan } = compile([{ path: "bench.cdz", text: source }], {
    library: [],
    isZone,
    body: () => ({ kind: "missing" }),
  });
  if (plan === null) throw new Error("the benchmark's project does not compile");
  const database = expectFine(await openDatabase(join(folder, "cadenza.duckdb")));
  expectFine(await ensureCatalog(database, plan.catalog));
  for (const statement of filling) await database.run(plain(statement));
  await database.close();
  const began = performance.now();
  const before = process.cpuUsage();
  const found = expectFine(
    await simulate({
      plan,
      folder,
      from,
      to: from + days * 86_400_000,
      now: from,
      every: { amount: 1, unit: "h" },
      engagement: usualEngagement("bench"),
    }),
  );
  const { user, system } = process.cpuUsage(before);
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const count = (value: number) => value.toLocaleString("en-US");
  console.log(
    `${count(people)} people, ${plan.programs[0]?.steps.length} steps, ${days} days, every hour: ${count(found.mails)} mails`,
  );
  console.log(`on the wall ${seconds((performance.now() - began) / 1000)} (target ${targetS} s for 1,000,000)`);
  console.log(
    `processor time ${seconds((user + system) / 1e6)}, resident at most ${count(Math.round(process.resourceUsage().maxRSS / 1024))} MB`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
