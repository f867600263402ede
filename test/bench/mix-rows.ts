// Contacts and ten times as many events for the mix of segments, the events in the order of time over three years.

import type { Database } from "../../runtime/ports.ts";

/** Rows of an event kind for each contact; `seed` gives each kind its own draws. */
export const kinds = [
  { kind: "received", seed: 1, each: 4 },
  { kind: "opened", seed: 2, each: 2.5 },
  { kind: "clicked", seed: 3, each: 0.5 },
  { kind: "visited", seed: 4, each: 1.5 },
  { kind: "purchased", seed: 5, each: 1.5 },
] as const;

const mailColumns = `'m' || i % 3000000 AS message, 'tips' AS email,
  ['newsletter', 'product', NULL][1 + CAST(hash(i, 76) % 3 AS BIGINT)] AS topic, NULL AS program, NULL AS variant,
  NULL AS link, hash(i, 77) % 10 = 0 AS machine`;
const columns = {
  received: mailColumns,
  opened: mailColumns,
  clicked: mailColumns,
  visited: "'https://acme.example/' || i % 500 AS url, NULL AS referrer, NULL AS campaign",
  purchased: `CAST(hash(i, 78) % 50000 / 100.0 AS DECIMAL(18, 4)) AS amount,
    ['Pro', ' pro', 'Basic', 'Team', NULL][1 + CAST(hash(i, 79) % 5 AS BIGINT)] AS product`,
};

const run = (database: Database, text: string) => database.change({ text, params: {} });

export async function fill(database: Database, contacts: number): Promise<void> {
  await run(
    database,
    `INSERT INTO contact BY NAME SELECT 'c' || i AS contact_id, 'p' || i || '@x.example' AS email,
      ['decision_maker', 'influencer', 'user', 'user', NULL][1 + CAST(hash(i, 1) % 5 AS BIGINT)] AS role,
      CASE WHEN hash(i, 2) % 4 > 0 THEN CAST(hash(i, 2) % 500 AS DOUBLE) END AS seats,
      ['free', 'team', 'enterprise', NULL][1 + CAST(hash(i, 3) % 4 AS BIGINT)] AS tier,
      ['DE', 'US', 'FR', 'GB', NULL][1 + CAST(hash(i, 4) % 5 AS BIGINT)] AS country,
      CASE WHEN hash(i, 5) % 3 > 0 THEN DATE '2026-01-01' + CAST(hash(i, 5) % 700 AS INTEGER) END AS renewal,
      TIMESTAMP '2023-03-02' + to_seconds(CAST(hash(i, 6) % 94694400 AS BIGINT)) AS created FROM range(${contacts}) AS r(i)`,
  );
  for (const { kind, seed, each } of kinds) {
    const rows = Math.round(each * contacts);
    await run(
      database,
      `INSERT INTO event_${kind} BY NAME SELECT
        'c' || hash(i, ${seed}) % ${contacts} AS contact_id,
        TIMESTAMP '2023-03-02' + to_milliseconds(CAST(i AS BIGINT) * 94694400000 // ${rows}) AS occurred_at,
        TIMESTAMP '2026-03-02' AS received_at, '${kind}' || i AS event_id, 1 AS batch, ${columns[kind]}
        FROM range(${rows}) AS r(i)`,
    );
  }
  await run(database, "CHECKPOINT");
}

/** 10,000 events on as many contacts, of every kind, in the hour before an instant; `draw` says which contacts. */
export async function addEvents(database: Database, contacts: number, draw: number, before: number): Promise<void> {
  const all = Math.min(10_000, contacts);
  const whole = kinds.reduce((sum, { each }) => sum + each, 0);
  await database.transaction(async (session) => {
    let from = 0;
    for (const { kind, each } of kinds) {
      const rows = kind === "purchased" ? all - from : Math.round((all * each) / whole);
      await session.change({
        text: `INSERT INTO event_${kind} BY NAME SELECT
          'c' || (i * 97 + ${draw} * 31) % ${contacts} AS contact_id,
          epoch_ms(CAST(${before} - i % 3600000 AS BIGINT)) AS occurred_at, occurred_at AS received_at,
          'new ${draw} ' || i AS event_id, ${draw + 2} AS batch, ${columns[kind]}
          FROM range(${from}, ${from + rows}) AS r(i)`,
        params: {},
      });
      from += rows;
    }
  });
}
