// `why` for single people of a million, with three million events: of a segment, a program and an email.

import { isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import { applyPlan } from "../../runtime/engine/apply.ts";
import type { Result } from "../../runtime/ports.ts";
import { whyOf } from "../../runtime/questions.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { ensureSchema } from "../../runtime/store/schema.ts";
import { whyEmailOf, whyProgramOf } from "../../runtime/why-courses.ts";
import { plain } from "./ticking.ts";

const people = 1_000_000;
const targetMs = 200;
const now = Date.parse("2026-03-02T09:00:00Z");
const at = "TIMESTAMP '2026-03-02 09:00:00'";

const source = `
project bench < language 1 time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A, B 1" >
contact < id text key  email email  seats number?  role one of (boss, user)? >
event signed_up < >
event purchased < amount number? >
topic tips "Tips" opt out
segment Big where seats >= 50 and (role = boss or purchased at least 2 times in 90d) and not opened in 30d
email hello < subject "One" text "One" topic tips  variant boss when role = boss then < subject "Boss" > >
email later < subject "Two" text "Two" topic tips >
program p < start when signed_up  only if not in Big  enter again after 180d  exit when unsubscribed  goal purchased within 60d
  send hello  wait up to 30d until clicked hello  send later only if seats >= 10 >
`;

const spread = (share: number) => `'c' || (hash(i, ${share}) % ${people})`;

/** Each person came in and was mailed once. */
const filling: readonly string[] = [
  `INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id, 'p' || i || '@x.example' AS email,
     CASE WHEN hash(i, 2) % 10 > 0 THEN CAST(5 + hash(i, 3) % 100 AS DOUBLE) END AS seats,
     CASE hash(i, 4) % 3 WHEN 0 THEN 'boss' WHEN 1 THEN 'user' END AS role FROM range(${people}) AS r(i)`,
  `INSERT INTO enrollment BY NAME SELECT md5('p' || i) AS enrollment_id, 'p' AS program, 'c' || i AS contact_id, '' AS enter_key,
     1 AS version, ${at} - INTERVAL 3 DAY AS started_at, 'signed_up' AS start_event, 's' || i AS start_event_id,
     ${at} + INTERVAL 57 DAY AS goal_until FROM range(${people}) AS r(i)`,
  `INSERT INTO positions BY NAME SELECT enrollment_id, program, contact_id, started_at, start_event, start_event_id,
     goal_until, 'WAIT' AS step, ${at} + INTERVAL 27 DAY AS due, started_at AS arrived_at, started_at AS wait_from,
     ${at} + INTERVAL 27 DAY AS wait_until, 2 AS seq FROM enrollment`,
  `INSERT INTO journal BY NAME SELECT started_at AS tick, 1 AS round, 'p' AS program, 1 AS version, enrollment_id, contact_id,
     1 AS seq, 'started' AS outcome, 'signed_up' AS reason FROM enrollment`,
  `INSERT INTO journal BY NAME SELECT started_at AS tick, 2 AS round, 'p' AS program, 1 AS version, enrollment_id, contact_id,
     2 AS seq, 'FIRST' AS step, 'hello' AS email, 'send' AS outcome, 'WAIT' AS next FROM enrollment`,
  `INSERT INTO outbox BY NAME SELECT md5(enrollment_id) AS send_id, 'p' AS program, 1 AS version, enrollment_id,
     contact_id, 'FIRST' AS step, 1 AS visit, 'hello' AS email, c.email AS address, lower(trim(c.email)) AS mailbox, 'sent' AS state,
     1 AS attempt, started_at AS planned_at, started_at AS not_before FROM enrollment JOIN contact AS c USING (contact_id)`,
  `INSERT INTO event_signed_up BY NAME SELECT contact_id, started_at AS occurred_at, started_at AS received_at,
     start_event_id AS event_id, 1 AS batch FROM enrollment`,
  `INSERT INTO event_received BY NAME SELECT contact_id, planned_at AS occurred_at, planned_at AS received_at, 'r' || send_id AS event_id,
     1 AS batch, send_id AS message, email, 'tips' AS topic, program, false AS machine FROM outbox`,
  ...(["purchased", "opened"] as const).map(
    (event, index) => `INSERT INTO event_${event} BY NAME SELECT ${spread(index + 5)} AS contact_id,
      TIMESTAMP '2026-01-01' + to_seconds(CAST(i * 10 AS BIGINT)) AS occurred_at, occurred_at AS received_at,
      '${event}' || i AS event_id, 1 AS batch${event === "opened" ? ", false AS machine" : ""} FROM range(${people / 2}) AS r(i)`,
  ),
  `UPDATE engine_state SET last_tick = ${at}, last_batch = 1`,
];

function valueOrThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.text);
  return result.value;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function main(): Promise<void> {
  const { plan } = compile([{ path: "bench.cdz", text: source }], {
    library: [],
    isZone,
    body: () => ({ kind: "missing" }),
  });
  if (!plan) throw new Error("the source has errors");
  const database = valueOrThrow(await openDatabase(":memory:"));
  await ensureSchema(database);
  valueOrThrow(await ensureCatalog(database, plan.catalog));
  valueOrThrow(await applyPlan(database, plan, Date.parse("2026-01-01T00:00:00Z")));
  const [first, wait] = plan.programs[0]?.steps.map(({ id }) => id) ?? [];
  for (const text of filling)
    await database.change(plain(text.replaceAll("'FIRST'", `'${first}'`).replaceAll("'WAIT'", `'${wait}'`)));
  const asked = {
    segment: (key: string) => whyOf(database, plan, { key, segment: "Big", at: now }),
    program: (key: string) => whyProgramOf(database, plan, { key, name: "p", at: now }),
    email: (key: string) => whyEmailOf(database, plan, { key, name: "hello", at: now }),
  };
  console.log(`| why, one of ${people} people | median ms | processor time, ms | target, ms |\n|---|---|---|---|`);
  for (const [name, ask] of Object.entries(asked)) {
    const [times, work]: [number[], number[]] = [[], []];
    for (let index = 0; index < 12; index++) {
      const [start, used] = [performance.now(), process.cpuUsage()];
      valueOrThrow<unknown>(await ask(`c${(index * 83_333 + 7) % people}`));
      if (index < 2) continue;
      times.push(performance.now() - start);
      const { user, system } = process.cpuUsage(used);
      work.push((user + system) / 1000);
    }
    console.log(`| ${name} | ${median(times).toFixed(0)} | ${median(work).toFixed(0)} | ${targetMs} |`);
  }
  await database.close();
}

await main();
