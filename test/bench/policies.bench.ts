// One tick in which every fifth person reaches a send that policies restrain: the engine against statements written by hand
// for this one project, with the same tables, keys and checks, beside a tenth of the people. Both roll back.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPlan } from "../../runtime/engine/apply.ts";
import { tick } from "../../runtime/engine/tick.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { now, planOf, processorS, quantile, residentMb, value } from "./mailing.ts";
import { header, interleaved, type Measured, row } from "./pairs.ts";
import { figures, plain, rollingBack } from "./ticking.ts";

const most = 1_000_000;
const target = 2;
const pairs = 11;
const at = "TIMESTAMP '2026-03-02 09:00:00'";
const lastTick = "TIMESTAMP '2026-03-02 08:00:00'";

const source = `
project bench < language 1 time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A, B 1" >
contact < id text key  email email  seats number?  time_zone timezone? >
event signed_up < >
event purchased < amount number? >
topic tips "Tips" opt out
segment Small where seats < 7
policy house < quiet hours 20:00 to 08:00 local  at most 2 emails in 7d  never send to in Small >
email hello < subject "One" text "One" topic tips >
email later < subject "Two" text "Two" topic tips >
program p < start when signed_up  enter again after 180d  exit when unsubscribed  goal purchased within 60d
  send hello  wait 3d  send later  wait 30d >
`;

/** Zones and, at the instant, until when it is quiet there. */
const zones = [
  ["Europe/Berlin", null],
  ["America/New_York", "TIMESTAMP '2026-03-02 13:00:00'"],
  ["Asia/Tokyo", null],
] as const;

/** All wait behind the first mail, every fifth for the second. One in ten got another mail, one in fifty shares an address. */
const filling = (people: number): readonly string[] => [
  `INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id,
     'p' || (CASE WHEN i % 50 = 0 THEN i + 5 ELSE i END) || '@x.example' AS email,
     CASE WHEN hash(i, 2) % 10 > 0 THEN CAST(5 + hash(i, 3) % 100 AS DOUBLE) END AS seats,
     [NULL, ${zones.map(([zone]) => `'${zone}'`).join(", ")}][CAST(1 + hash(i, 4) % 4 AS BIGINT)] AS time_zone FROM range(${people}) AS r(i)`,
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
  ...[
    ["''", "started_at", "true"],
    ["'x'", "started_at + INTERVAL 1 DAY", "hash(enrollment_id) % 10 = 0"],
  ].map(
    ([
      mark,
      sentAt,
      where,
    ]) => `INSERT INTO outbox BY NAME SELECT md5(concat(enrollment_id, ${mark})) AS send_id, 'p' AS program,
     1 AS version, enrollment_id, contact_id, 'FIRST' AS step, 1 AS visit, 'hello' AS email, c.email AS address,
     lower(trim(c.email)) AS mailbox, 'sent' AS state, 1 AS attempt, ${sentAt} AS planned_at, ${sentAt} AS not_before, ${sentAt} AS settled_at
     FROM enrollment JOIN contact AS c USING (contact_id) WHERE ${where} ORDER BY send_id`,
  ),
  `INSERT INTO event_signed_up BY NAME SELECT contact_id, started_at AS occurred_at, started_at AS received_at,
     start_event_id AS event_id, 1 AS batch FROM enrollment`,
  `INSERT INTO event_purchased BY NAME SELECT 'c' || hash(i, 5) % ${people} AS contact_id,
     TIMESTAMP '2026-01-20' + to_seconds(CAST(i * ${20_000_000 / people} AS BIGINT)) AS occurred_at, occurred_at AS received_at,
     'b' || i AS event_id, 1 AS batch, 10.0 AS amount FROM range(${people / 5}) AS r(i)`,
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

const quiet = zones.flatMap(([zone, until]) => (until === null ? [] : [`WHEN '${zone}' THEN ${until}`])).join(" ");

/** What the same tick takes when it is written by hand for this project alone. */
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
     SELECT s.enrollment_id, s.contact_id, s.seq, c.email AS address, lower(trim(c.email)) AS mailbox, c.seats, c.time_zone
     FROM positions AS s LEFT JOIN contact AS c ON c.contact_id = s.contact_id
     WHERE s.program = 'p' AND s.step = 'STEP' AND s.due <= ${at}
   ),
   checked AS (
     SELECT d.*, CASE WHEN d.mailbox IS NULL OR d.mailbox = '' THEN 'no address' WHEN x.address IS NOT NULL THEN 'suppressed'
       WHEN NOT a.state THEN 'unsubscribed from all mail' WHEN NOT t.state THEN 'unsubscribed from tips'
       WHEN d.seats < 7 THEN 'never send to in Small' END AS refusal
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
   ),
   handed AS (
     SELECT o.contact_id, list(o."at" ORDER BY o."at" DESC) AS times
     FROM (SELECT contact_id, CASE WHEN state IN ('pending', 'claimed') THEN ${at} ELSE coalesce(settled_at, claimed_at) END AS "at"
       FROM outbox WHERE state IN ('pending', 'claimed', 'sent', 'unknown')) AS o
     SEMI JOIN due AS d ON d.contact_id = o.contact_id WHERE o."at" > ${at} - INTERVAL 7 DAY GROUP BY o.contact_id
   ),
   decided AS (
     SELECT c.*, coalesce(c.refusal, CASE WHEN m.enrollment_id IS NOT NULL OR d.first_contact <> c.contact_id
       THEN 'same address already mailed' END) AS reason
     FROM checked AS c LEFT JOIN copies AS d ON d.mailbox = c.mailbox LEFT JOIN mailed AS m ON m.enrollment_id = c.enrollment_id
   )
   SELECT c.*, CASE WHEN c.reason IS NOT NULL THEN NULL
       WHEN len(h.times) >= 2 THEN least(h.times[2] + INTERVAL 7 DAY, ${at} + INTERVAL 48 HOUR)
       ELSE CASE c.time_zone ${quiet} END END AS until,
     CASE WHEN c.reason IS NOT NULL THEN NULL WHEN len(h.times) >= 2 THEN 'at most 2 emails in 7d'
       ELSE 'quiet hours 20:00 to 08:00 local' END AS closed_by
   FROM decided AS c LEFT JOIN handed AS h ON h.contact_id = c.contact_id`,
  `INSERT INTO journal (tick, round, program, version, enrollment_id, contact_id, seq, step, email, outcome, reason, "next", due)
   SELECT ${at}, 3, 'p', 1, enrollment_id, contact_id, seq + 1, 'STEP', NULL, 'waited', NULL, 'SECOND', NULL FROM h_due
   UNION ALL SELECT ${at}, 3, 'p', 1, enrollment_id, contact_id, seq + 2, 'SECOND', 'later',
     CASE WHEN until IS NOT NULL THEN 'delayed' WHEN reason IS NULL THEN 'send' ELSE 'skipped' END,
     CASE WHEN until IS NOT NULL THEN closed_by ELSE reason END, CASE WHEN until IS NOT NULL THEN 'SECOND' ELSE 'LAST' END,
     coalesce(until, ${at} + INTERVAL 30 DAY) FROM h_due`,
  `INSERT INTO outbox (send_id, program, version, enrollment_id, contact_id, step, visit, email, address, mailbox, state, attempt, planned_at, not_before)
   SELECT md5(concat_ws(chr(31), 'p', enrollment_id, 'SECOND', '1')) AS send_id, 'p', 1, enrollment_id, contact_id, 'SECOND', 1, 'later',
     address, mailbox, 'pending', 0, ${at}, ${at} FROM h_due WHERE reason IS NULL AND until IS NULL ORDER BY send_id`,
  `UPDATE positions SET step = CASE WHEN h.until IS NULL THEN 'LAST' ELSE 'SECOND' END, due = coalesce(h.until, ${at} + INTERVAL 30 DAY),
     arrived_at = ${at}, wait_from = ${at}, wait_until = NULL, owed_at = CASE WHEN h.until IS NOT NULL THEN ${at} END,
     seq = h.seq + 2 FROM h_due AS h WHERE positions.enrollment_id = h.enrollment_id`,
  `UPDATE engine_state SET last_tick = ${at}, ticks = ticks + 1`,
  `UPDATE trigger_state SET seen_at = ${at}`,
];

interface Found extends Measured {
  /** Median of the processor times of the engine's ticks. */
  readonly processorMs: number;
}

/** The engine against the statements, with so many people. */
async function measure(database: Database, people: number): Promise<Found> {
  const plan = planOf(source);
  value(await ensureCatalog(database, plan.catalog));
  const { engine } = value(await applyPlan(database, plan, Date.parse("2026-01-01T00:00:00Z")));
  const [first, wait, second, last] = plan.programs[0]?.steps.map(({ id }) => id) ?? [];
  const named = (text: string) =>
    text
      .replaceAll("'FIRST'", `'${first}'`)
      .replaceAll("'STEP'", `'${wait}'`)
      .replaceAll("'SECOND'", `'${second}'`)
      .replaceAll("'LAST'", `'${last}'`);
  for (const text of filling(people)) await database.change(plain(named(text)));
  await database.change(plain("CHECKPOINT"));
  const undoing = { ...engine, database: rollingBack(database) };
  const hand = async (door: Database) => {
    await door.transaction(async (session) => {
      for (const text of byHand) await session.run(plain(named(text)));
    });
  };
  const found: string[] = [];
  const noted = async (work: (door: Database) => Promise<unknown>) => {
    await undoing.database.transaction(async (session) => {
      await work({ ...database, ...session, transaction: (inner) => inner(session) });
      const outcomes = `SELECT outcome, reason, count(*) AS n FROM journal WHERE tick = ${at} GROUP BY ALL ORDER BY ALL`;
      found.push(JSON.stringify([await session.run(plain(figures)), await session.run(plain(outcomes))]));
    });
  };
  await noted((door) => tick({ ...engine, database: door }, now));
  await noted(hand);
  if (found[0] !== found[1]) throw new Error(`the rows differ:\n${found.join("\n")}`);
  const spent: number[] = [];
  const ours = async () => {
    const start = processorS();
    await tick(undoing, now);
    spent.push((processorS() - start) * 1000);
  };
  const measured = await interleaved(
    `tick with policies: ${people} enrollments, ${people / 5} reach a send`,
    { name: "engine", run: ours },
    { name: "by hand", run: () => hand(undoing.database) },
    pairs,
  );
  return { ...measured, processorMs: quantile(spent, 0.5) };
}

async function measured(people: number): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
  try {
    const database = value(await openDatabase(join(folder, "bench.duckdb"), { threads: 1, memoryLimit: "1GB" }));
    const found = await measure(database, people);
    await database.close();
    console.log(row(found, target));
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(header);
const tenth = await measured(most / 10);
const whole = await measured(most);
const times = (of: (found: Found) => number) => (of(whole) / of(tenth)).toFixed(1);
console.log(
  `\n10 times the people: ${times((found) => found.processorMs)} times the processor time, ${times((found) => found.medianMs)} times as long (target 11); by hand ${times((found) => found.baselineMs)} times as long`,
);
console.log(`largest resident memory: ${residentMb().most.toFixed(0)} MB`);
