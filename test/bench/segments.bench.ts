// Nine shapes of segments over 1M contacts and 10M events: the compiled SQL against the best that we can write by hand.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calendarOf, isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import type { Database } from "../../runtime/ports.ts";
import { ensureCatalog } from "../../runtime/store/catalog-tables.ts";
import { openDatabase } from "../../runtime/store/duckdb.ts";
import { header, interleaved, row } from "./pairs.ts";

const contacts = 1_000_000;
const now = Date.parse("2026-03-02T09:00:00Z");
const target = 1.1;
const pairs = Number(process.env.BENCH_PAIRS ?? 15);

const source = `
project bench < language 1 time zone "UTC" currency EUR sender "A <a@a.example>" postal address "A, B 1" >
contact < id text key  email email  role one of (decision_maker, influencer, user)?  seats number?  created datetime >
event purchased < amount money  product text? >
segment Quiet       where role = decision_maker and not opened in 90d
segment Visitors    where visited at least 2 times in 14d
segment OneTime     where purchased exactly 1 time and not purchased in 30d
segment Customers   where purchased
segment Active      where opened in 30d and received at least 1 time in 30d
segment Prospects   where in Active and not in Customers and role != user
segment BigPro      where purchased where (product = "Pro" and amount >= 200) in 1y
segment BigSpenders where sum of purchased.amount in 1y >= 500 EUR
segment Lapsed      where last purchased before 180d ago
segment SoonBuyers  where clicked followed by purchased within 7d
segment Warm        where role = influencer and (seats >= 400 or opened in 30d or clicked in 30d)
`;

interface Shape {
  readonly segment: string;
  readonly title: string;
  /** Each instant is written out, as one would by hand. */
  readonly byHand: string;
}

const at = "TIMESTAMP '2026-03-02 09:00:00'";
const shapes: readonly Shape[] = [
  {
    segment: "Quiet",
    title: "`role = x and not opened in 90d`",
    byHand: `SELECT c.contact_id FROM contact AS c
      ANTI JOIN (
        SELECT e.contact_id FROM event_opened AS e
        WHERE e.occurred_at BETWEEN TIMESTAMP '2025-12-02 09:00:00' AND ${at} AND e.machine IS NOT TRUE
      ) AS o ON o.contact_id = c.contact_id
      WHERE c.role = 'decision_maker'`,
  },
  {
    segment: "Visitors",
    title: "count in window",
    byHand: `SELECT e.contact_id FROM event_visited AS e
      WHERE e.occurred_at BETWEEN TIMESTAMP '2026-02-16 09:00:00' AND ${at}
      GROUP BY e.contact_id HAVING count(*) >= 2`,
  },
  {
    segment: "OneTime",
    title: "bought once and not again in 30d",
    byHand: `SELECT e.contact_id FROM event_purchased AS e WHERE e.occurred_at <= ${at}
      GROUP BY e.contact_id HAVING count(*) = 1 AND NOT bool_or(e.occurred_at >= TIMESTAMP '2026-01-31 09:00:00')`,
  },
  {
    segment: "Prospects",
    title: "nested segment",
    byHand: `SELECT c.contact_id FROM contact AS c
      SEMI JOIN (
        SELECT e.contact_id FROM event_opened AS e
        SEMI JOIN (
          SELECT r.contact_id FROM event_received AS r
          WHERE r.occurred_at BETWEEN TIMESTAMP '2026-01-31 09:00:00' AND ${at}
        ) AS r ON r.contact_id = e.contact_id
        WHERE e.occurred_at BETWEEN TIMESTAMP '2026-01-31 09:00:00' AND ${at} AND e.machine IS NOT TRUE
      ) AS o ON o.contact_id = c.contact_id
      ANTI JOIN (
        SELECT e.contact_id FROM event_purchased AS e WHERE e.occurred_at <= ${at}
      ) AS p ON p.contact_id = c.contact_id
      WHERE c.role IS DISTINCT FROM 'user'`,
  },
  {
    segment: "BigPro",
    title: "property filter",
    byHand: `SELECT DISTINCT e.contact_id FROM event_purchased AS e
      WHERE e.occurred_at BETWEEN TIMESTAMP '2025-03-02 09:00:00' AND ${at}
        AND lower(trim(e.product)) = 'pro' AND e.amount >= 200`,
  },
  {
    segment: "Warm",
    title: "or-group",
    byHand: `SELECT c.contact_id FROM contact AS c
      WHERE c.role = 'influencer' AND (c.seats >= 400 OR c.contact_id IN (
        SELECT e.contact_id FROM event_opened AS e
        WHERE e.occurred_at BETWEEN TIMESTAMP '2026-01-31 09:00:00' AND ${at} AND e.machine IS NOT TRUE
        UNION ALL
        SELECT e.contact_id FROM event_clicked AS e
        WHERE e.occurred_at BETWEEN TIMESTAMP '2026-01-31 09:00:00' AND ${at} AND e.machine IS NOT TRUE))`,
  },
  {
    segment: "BigSpenders",
    title: "sum in window",
    byHand: `SELECT e.contact_id FROM event_purchased AS e
      WHERE e.occurred_at BETWEEN TIMESTAMP '2025-03-02 09:00:00' AND ${at}
      GROUP BY e.contact_id HAVING sum(e.amount) >= 500`,
  },
  {
    segment: "Lapsed",
    title: "newest event before a time",
    byHand: `SELECT e.contact_id FROM event_purchased AS e WHERE e.occurred_at <= ${at}
      GROUP BY e.contact_id HAVING max(e.occurred_at) < TIMESTAMP '2025-09-03 09:00:00'`,
  },
  {
    segment: "SoonBuyers",
    title: "chain of two events",
    byHand: `SELECT DISTINCT e.contact_id FROM event_clicked AS e
      JOIN event_purchased AS p ON p.contact_id = e.contact_id
        AND p.occurred_at > e.occurred_at AND p.occurred_at <= e.occurred_at + INTERVAL 7 DAY
      WHERE e.occurred_at <= ${at} AND p.occurred_at <= ${at} AND e.machine IS NOT TRUE`,
  },
];

const plain = (text: string): Sql => ({ text, params: {} });

/** Rows of an event kind in the order of time over three years; `seed` gives each kind its own draws. */
const events = [
  { kind: "received", seed: 1, rows: 4_000_000 },
  { kind: "opened", seed: 2, rows: 2_500_000 },
  { kind: "clicked", seed: 3, rows: 500_000 },
  { kind: "visited", seed: 4, rows: 1_500_000 },
  { kind: "purchased", seed: 5, rows: 1_500_000 },
] as const;

const mailColumns = `'m' || i % 3000000 AS message, 'tips' AS email, NULL AS topic, NULL AS program, NULL AS variant,
  NULL AS link, hash(i, 77) % 10 = 0 AS machine`;
const columns = {
  received: mailColumns,
  opened: mailColumns,
  clicked: mailColumns,
  visited: "'https://acme.example/' || i % 500 AS url, NULL AS referrer, NULL AS campaign",
  purchased: `CAST(hash(i, 78) % 50000 / 100.0 AS DECIMAL(18, 4)) AS amount,
    ['Pro', ' pro', 'Basic', 'Team', NULL][1 + CAST(hash(i, 79) % 5 AS BIGINT)] AS product`,
};

async function fill(database: Database): Promise<void> {
  await database.change(
    plain(`INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id, 'p' || i || '@x.example' AS email,
      ['decision_maker', 'influencer', 'user', 'user', NULL][1 + CAST(hash(i, 1) % 5 AS BIGINT)] AS role,
      CASE WHEN hash(i, 2) % 4 > 0 THEN CAST(hash(i, 2) % 500 AS DOUBLE) END AS seats,
      TIMESTAMP '2023-03-02' AS created FROM range(${contacts}) AS r(i)`),
  );
  for (const { kind, seed, rows } of events) {
    await database.change(
      plain(`INSERT INTO event_${kind} BY NAME SELECT
        'c' || hash(i, ${seed}) % ${contacts} AS contact_id,
        TIMESTAMP '2023-03-02' + to_milliseconds(CAST(i AS BIGINT) * 94694400000 // ${rows}) AS occurred_at,
        TIMESTAMP '2026-03-02' AS received_at, '${kind}' || i AS event_id, 1 AS batch, ${columns[kind]}
        FROM range(${rows}) AS r(i)`),
    );
  }
  await database.change(
    plain(
      "INSERT INTO tz_spans VALUES ('UTC', TIMESTAMP '1970-01-01', TIMESTAMP '2100-01-01', 0, TIMESTAMP '2100-01-01')",
    ),
  );
  await database.change(plain("CHECKPOINT"));
}

/** Every member takes part in the result, and none has to be brought out of the database. */
function fingerprint({ text, params }: Sql): Sql {
  return { text: `SELECT count(*) AS members, bit_xor(hash(m.contact_id)) AS mark FROM (${text}) AS m`, params };
}

async function checkSame(database: Database, ours: Sql, byHand: Sql): Promise<number> {
  const [one] = await database.run(fingerprint(ours));
  const [other] = await database.run(fingerprint(byHand));
  const [difference] = await database.run({
    text: `SELECT count(*) AS differing FROM (
      (FROM (${ours.text}) EXCEPT ALL FROM (${byHand.text})) UNION ALL (FROM (${byHand.text}) EXCEPT ALL FROM (${ours.text})))`,
    params: ours.params,
  });
  if (difference?.differing !== 0 || JSON.stringify(one) !== JSON.stringify(other)) {
    throw new Error(`the rows differ: ${JSON.stringify([one, other, difference])}\n${ours.text}`);
  }
  return Number(one?.members);
}

async function measure(database: Database, plan: Plan): Promise<void> {
  console.log(header);
  const wanted = process.env.BENCH_SHAPES?.split(",");
  for (const shape of shapes.filter(({ segment }) => wanted?.includes(segment) ?? true)) {
    const printed = bind(printMembers(plan, shape.segment), calendarOf("UTC", 1), now);
    const byHand = plain(shape.byHand);
    const members = await checkSame(database, printed, byHand);
    const measured = await interleaved(
      `${shape.title} (${members} members)`,
      { name: "compiled", run: () => database.run(fingerprint(printed)) },
      { name: "by hand", run: () => database.run(fingerprint(byHand)) },
      pairs,
    );
    console.log(row(measured, target));
    if (measured.ratio > target) console.log(`\n${printed.text}\n`);
  }
}

const { plan, diagnostics } = compile([{ path: "bench.cdz", text: source }], {
  library: [],
  isZone,
  body: () => ({ kind: "missing" }),
});
if (!plan) throw new Error(diagnostics.map(({ code, text }) => `${code} ${text}`).join("\n"));
const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
try {
  const opened = await openDatabase(join(folder, "bench.duckdb"), { threads: 1 });
  if (!opened.ok) throw new Error(opened.failure.text);
  const ready = await ensureCatalog(opened.value, plan.catalog);
  if (!ready.ok) throw new Error(ready.failure.text);
  await fill(opened.value);
  await measure(opened.value, plan);
  await opened.value.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
