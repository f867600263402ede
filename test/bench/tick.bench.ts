// One tick over 1M enrollments of which 200k reach a send: the engine against statements written by hand for this one
// program, with the same tables, keys and checks. Both roll back, so that every run meets the same rows.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { tick } from "../../runtime/engine/tick.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { header, interleaved, row } from "./pairs.ts";
import { figures, plain, rollingBack } from "./ticking.ts";

const people = 1_000_000;
const target = 1.5;
const pairs = 15;
const memoryTargetMb = 1536;
const now = Date.parse("2026-03-02T09:00:00Z");
const at = "TIMESTAMP '2026-03-02 09:00:00'";
const lastTick = "TIMESTAMP '2026-03-02 08:00:00'";

const source = `
project bench < language 1 time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A, B 1" >
contact < id text key  email email  seats number? >
event signed_up < >
event purchased < amount number? >
topic tips "Tips" opt out
email hello  < subject "One" text "One" topic tips >
email later < subject "Two" text "Two" topic tips >
program p < start when signed_up  enter again after 180d  exit when unsubscribed  goal purchased within 60d
  send hello  wait 3d  send later only if seats >= 10  wait 30d >
`;

/** 1M people wait behind the first mail; the wait of every fifth is over. One in fifty shares an address, some refused. */
const filling: readonly string[] = [
  `INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id,
     'p' || (CASE WHEN i % 50 = 0 THEN i + 5 ELSE i END) || '@x.example' AS email,
     CASE WHEN hash(i, 2) % 10 > 0 THEN CAST(5 + hash(i, 3) % 100 AS DOUBLE) END AS seats FROM range(${people}) AS r(i)`,
  `INSERT INTO enrollment BY NAME SELECT md5('p' || i) AS enrollment_id, 'p' AS program, 'c' || i AS contact_id, '' AS enter_key,
     1 AS version, ${at} - INTERVAL 3 DAY AS started_at, 'signed_up' AS start_event, 's' || i AS start_event_id,
     ${at} + INTERVAL 57 DAY AS goal_until FROM range(${people}) AS r(i)`,
  `INSERT INTO positions BY NAME SELECT enrollment_id, program, contact_id, started_at, start_event, start_event_id,
     goal_until, 'STEP' AS step, CASE WHEN CAST(substr(contact_id, 2) AS BIGINT) % 5 = 0 THEN ${at} ELSE ${at} + INTERVAL 1 DAY END AS due,
     started_at AS arrived_at, started_at AS wait_from, 2 AS seq FROM enrollment`,
  `INSERT INTO journal BY NAME SELECT started_at AS tick, 1 AS round, 'p' AS program, 1 AS version, enrollment_id, contact_id,
     1 AS seq, 'started' AS outcome, 'signed_up' AS reason FROM enrollment`,
  `INSERT INTO journal BY NAME SELECT started_at AS tick, 2 AS round, 'p' AS program, 1 AS version, enrollment_id, contact_id,
     2 AS seq, 'FIRST' AS step, 'hello' AS email, 'send' AS outcome, 'STEP' AS next FROM enrollment`,
  `INSERT INTO outbox BY NAME SELECT md5(enrollment_id) AS send_id, 'p' AS program, 1 AS version, enrollment_id,
     contact_id, 'FIRST' AS step, 1 AS visit, 'hello' AS email, c.email AS address, lower(trim(c.email)) AS mailbox, 'sent' AS state,
     1 AS attempt, started_at AS planned_at, started_at AS not_before FROM enrollment JOIN contact AS c USING (contact_id)`,
  `INSERT INTO event_signed_up BY NAME SELECT contact_id, started_at AS occurred_at, started_at AS received_at,
     start_event_id AS event_id, 1 AS batch FROM enrollment`,
  `INSERT INTO event_purchased BY NAME SELECT 'c' || hash(i, 5) % ${people} AS contact_id,
     TIMESTAMP '2026-01-20' + to_seconds(CAST(i * 20 AS BIGINT)) AS occurred_at, occurred_at AS received_at,
     'b' || i AS event_id, 1 AS batch, 10.0 AS amount FROM range(200000) AS r(i)`,
  `INSERT INTO event_unsubscribed BY NAME SELECT 'c' || i * 50 AS contact_id, TIMESTAMP '2026-02-01' AS occurred_at,
     occurred_at AS received_at, 'u' || i AS event_id, 1 AS batch, 'tips' AS topic FROM range(${people / 50}) AS r(i)`,
  `INSERT INTO consent SELECT 'p' || i * 21 || '@x.example', 'tips', false, TIMESTAMP '2026-02-01', 'bench'
     FROM range(${Math.floor(people / 21)}) AS r(i)`,
  `INSERT INTO suppression SELECT 'p' || i * 99 || '@x.example', 'bounce', TIMESTAMP '2026-02-01', 'bench'
     FROM range(${Math.floor(people / 99)}) AS r(i)`,
  `UPDATE engine_state SET last_tick = ${lastTick}, last_batch = 1`,
  `UPDATE trigger_state SET seen_at = ${lastTick}, seen_batch = 1`,
];

const consentOf = (
  topic: string,
) => `(SELECT address, arg_max(state, 2 * epoch_us("at") + CASE WHEN state THEN 0 ELSE 1 END) AS state
  FROM consent WHERE "at" <= ${at} AND topic = '${topic}' GROUP BY address)`;

/** What the same tick takes when it is written by hand for this program alone. */
const byHand: readonly string[] = [
  "SELECT last_tick, last_batch FROM engine_state",
  `CREATE OR REPLACE TEMP TABLE h_end AS
   SELECT s.enrollment_id, s.contact_id, s.seq, u.enrollment_id IS NOT NULL AS is_exit, b.enrollment_id IS NOT NULL AS is_goal
   FROM positions AS s
   LEFT JOIN (SELECT DISTINCT j.enrollment_id FROM event_unsubscribed AS e JOIN positions AS j ON j.contact_id = e.contact_id
     WHERE e.occurred_at <= ${at} AND e.occurred_at >= j.started_at) AS u ON u.enrollment_id = s.enrollment_id
   LEFT JOIN (SELECT DISTINCT j.enrollment_id FROM event_purchased AS e JOIN positions AS j ON j.contact_id = e.contact_id
     WHERE e.occurred_at <= ${at} AND e.occurred_at >= j.started_at AND e.occurred_at <= j.goal_until) AS b
     ON b.enrollment_id = s.enrollment_id
   WHERE s.program = 'p' AND (u.enrollment_id IS NOT NULL OR b.enrollment_id IS NOT NULL)`,
  `INSERT INTO journal (tick, round, program, version, enrollment_id, contact_id, seq, outcome, reason)
   SELECT ${at}, 1, 'p', 1, enrollment_id, contact_id, seq + 1, 'goal', NULL FROM h_end WHERE is_goal
   UNION ALL SELECT ${at}, 1, 'p', 1, enrollment_id, contact_id, seq + CASE WHEN is_goal THEN 2 ELSE 1 END, 'left',
     CASE WHEN is_exit THEN 'exit' ELSE 'goal' END FROM h_end`,
  `UPDATE enrollment SET left_at = ${at}, left_seq = h.seq + CASE WHEN h.is_goal THEN 2 ELSE 1 END,
     goal_at = CASE WHEN h.is_goal THEN ${at} END, reason = CASE WHEN h.is_exit THEN 'exit' ELSE 'goal' END
   FROM h_end AS h WHERE enrollment.enrollment_id = h.enrollment_id`,
  "DELETE FROM positions USING h_end AS h WHERE positions.enrollment_id = h.enrollment_id",
  `SELECT contact_id, event_id FROM event_signed_up
   WHERE occurred_at <= ${at} AND (occurred_at > ${lastTick} OR batch > 1)`,
  `CREATE OR REPLACE TEMP TABLE h_due AS
   WITH due AS (
     SELECT s.enrollment_id, s.contact_id, s.seq, c.email AS address, lower(trim(c.email)) AS mailbox, c.seats
     FROM positions AS s LEFT JOIN contact AS c ON c.contact_id = s.contact_id
     WHERE s.program = 'p' AND s.step = 'STEP' AND s.due <= ${at}
   ),
   checked AS (
     SELECT d.*, CASE WHEN d.mailbox IS NULL OR d.mailbox = '' THEN 'no address' WHEN x.address IS NOT NULL THEN 'suppressed'
       WHEN NOT a.state THEN 'unsubscribed from all mail' WHEN NOT t.state THEN 'unsubscribed from tips'
       WHEN (d.seats >= 10) IS NOT TRUE THEN 'its only if did not hold' END AS refusal
     FROM due AS d
     LEFT JOIN (SELECT DISTINCT address FROM suppression WHERE "at" <= ${at}) AS x ON x.address = d.mailbox
     LEFT JOIN ${consentOf("*")} AS a ON a.address = d.mailbox
     LEFT JOIN ${consentOf("tips")} AS t ON t.address = d.mailbox
   ),
   copies AS (
     SELECT mailbox, min(contact_id) AS first_contact FROM checked WHERE refusal IS NULL
     GROUP BY mailbox HAVING min(contact_id) <> max(contact_id)
   ),
   mailed AS (
     SELECT DISTINCT c.enrollment_id FROM outbox AS o JOIN checked AS c ON c.mailbox = o.mailbox
     WHERE o.program = 'p' AND o.step = 'SECOND' AND o.state <> 'skipped'
       AND (o.contact_id <> c.contact_id OR o.enrollment_id = c.enrollment_id)
   )
   SELECT c.*, coalesce(c.refusal, CASE WHEN m.enrollment_id IS NOT NULL OR d.first_contact <> c.contact_id
     THEN 'same address already mailed' END) AS reason
   FROM checked AS c LEFT JOIN copies AS d ON d.mailbox = c.mailbox LEFT JOIN mailed AS m ON m.enrollment_id = c.enrollment_id`,
  `INSERT INTO journal (tick, round, program, version, enrollment_id, contact_id, seq, step, email, outcome, reason, "next", due)
   SELECT ${at}, 3, 'p', 1, enrollment_id, contact_id, seq + 1, 'STEP', NULL, 'waited', NULL, 'SECOND', NULL FROM h_due
   UNION ALL SELECT ${at}, 3, 'p', 1, enrollment_id, contact_id, seq + 2, 'SECOND', 'later',
     CASE WHEN reason IS NULL THEN 'send' ELSE 'skipped' END, reason, 'LAST', ${at} + INTERVAL 30 DAY FROM h_due`,
  `INSERT INTO outbox (send_id, program, version, enrollment_id, contact_id, step, visit, email, address, mailbox, state, attempt, planned_at, not_before)
   SELECT md5(concat_ws(chr(31), 'p', enrollment_id, 'SECOND', '1')), 'p', 1, enrollment_id, contact_id, 'SECOND', 1, 'later',
     address, mailbox, 'pending', 0, ${at}, ${at} FROM h_due WHERE reason IS NULL`,
  `UPDATE positions SET step = 'LAST', due = ${at} + INTERVAL 30 DAY, arrived_at = ${at}, wait_from = ${at}, wait_until = NULL,
     seq = h.seq + 2 FROM h_due AS h WHERE positions.enrollment_id = h.enrollment_id`,
  `UPDATE engine_state SET last_tick = ${at}, ticks = ticks + 1`,
  `UPDATE trigger_state SET seen_at = ${at}`,
];

async function main(database: Database): Promise<void> {
  const { plan, diagnostics } = compile([{ path: "bench.cdz", text: source }], {
    library: [],
    isZone,
    body: () => ({ kind: "missing" }),
  });
  if (!plan) throw new Error(diagnostics.map(({ code, text }) => `${code} ${text}`).join("\n"));
  const ready = await ensureCatalog(database, plan.catalog);
  if (!ready.ok) throw new Error(ready.failure.text);
  const applied = await applyPlan(database, plan, Date.parse("2026-01-01T00:00:00Z"));
  if (!applied.ok) throw new Error(applied.failure.text);
  const [first, wait, second, last] = plan.programs[0]?.steps.map(({ id }) => id) ?? [];
  const named = (text: string) =>
    text
      .replaceAll("'FIRST'", `'${first}'`)
      .replaceAll("'STEP'", `'${wait}'`)
      .replaceAll("'SECOND'", `'${second}'`)
      .replaceAll("'LAST'", `'${last}'`);
  for (const text of filling) await database.change(plain(named(text)));
  await database.change(plain("CHECKPOINT"));
  const engine = { ...applied.value.engine, database: rollingBack(database) };
  const found: unknown[] = [];
  const checked = async (work: (target: Database) => Promise<unknown>) => {
    await rollingBack(database).transaction(async (session) => {
      await work({ ...database, ...session, transaction: (inner) => inner(session) });
      found.push((await session.run(plain(figures)))[0]);
    });
  };
  const hand = async (target: Database) => {
    await target.transaction(async (session) => {
      for (const text of byHand) await session.run(plain(named(text)));
    });
  };
  await checked((target) => tick({ ...engine, database: target }, now));
  await checked(hand);
  const [ours, theirs] = found.map((row) => JSON.stringify(row));
  if (ours !== theirs) throw new Error(`the rows differ:\n${ours}\n${theirs}`);
  console.log(header);
  const measured = await interleaved(
    "tick: 1M enrollments, 200k reach a send",
    { name: "engine", run: () => tick(engine, now) },
    { name: "by hand", run: () => hand(engine.database) },
    pairs,
  );
  console.log(row(measured, target));
  const residentMb = process.resourceUsage().maxRSS / 1024;
  console.log(`\nlargest resident memory: ${residentMb.toFixed(0)} MB (target ${memoryTargetMb} MB); ${ours}`);
}

const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
try {
  const opened = await openDatabase(join(folder, "bench.duckdb"), { threads: 1, memoryLimit: "1GB" });
  if (!opened.ok) throw new Error(opened.failure.text);
  await main(opened.value);
  await opened.value.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
