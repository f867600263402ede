// The provider's lists of addresses that it mails no more, and ours: what one side has and the other lacks.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Param, Sql } from "../../compiler/sql/sql.ts";
import { columnOf, quote } from "../../compiler/sql/tables.ts";
import type { Instant, Listed, Session } from "../ports.ts";

export interface Differences {
  /** What the provider's lists lack. */
  readonly missing: readonly Listed[];
  /** On its list of those who unsubscribed, though they have agreed since. */
  readonly agreed: readonly string[];
}

const texts = (value: readonly string[]): Param => ({ kind: "texts", value });

/** Takes in what the provider has and we lack. */
export async function takeListed(
  session: Session,
  plan: Plan,
  listed: readonly Listed[],
  now: Instant,
): Promise<Differences> {
  const at: Sql["params"] = { now: { kind: "instant", value: now } };
  await session.run({
    text: `CREATE OR REPLACE TEMP TABLE provider_list AS
      SELECT l.address, l.reason, min(make_timestamp(CAST(l.at_ms AS BIGINT) * 1000)) AS "at"
      FROM (SELECT unnest($addresses) AS address, unnest($reasons) AS reason, unnest($instants) AS at_ms) AS l
      GROUP BY l.address, l.reason`,
    params: {
      addresses: texts(listed.map(({ mailbox }) => mailbox)),
      reasons: texts(listed.map(({ reason }) => reason)),
      instants: texts(listed.map((one) => String(Math.min(one.at, now)))),
    },
  });
  await session.run({ text: words, params: at });
  await session.change({ text: suppressions, params: {} });
  await session.change({ text: refusals, params: {} });
  await session.change({ text: refusalEvents(plan), params: at });
  const agreed = await session.run({
    text: `SELECT l.address FROM provider_list AS l JOIN said AS s ON s.address = l.address
      WHERE l.reason = 'unsubscribed' AND s.agreed_at > l."at" AND NOT s.is_all_refused ORDER BY l.address`,
    params: {},
  });
  return { missing: await missingOf(session, plan), agreed: agreed.map(({ address }) => String(address)) };
}

/** Per address whether all its mail is refused, and when it last agreed to anything. */
const words = `CREATE OR REPLACE TEMP TABLE said AS
  SELECT c.address, max(c."at") FILTER (c.state) AS agreed_at,
    coalesce(max(c."at") FILTER (c.topic = '*' AND NOT c.state)
      >= coalesce(max(c."at") FILTER (c.state), TIMESTAMP '1970-01-01'), false) AS is_all_refused
  FROM consent AS c WHERE c."at" <= $now GROUP BY c.address`;

/** An address that is suppressed here, for whatever reason, is not suppressed once more. */
const suppressions = `INSERT INTO suppression (address, reason, "at", source)
  SELECT l.address, l.reason, l."at", 'mailgun list' FROM provider_list AS l ANTI JOIN suppression AS s ON s.address = l.address
  WHERE l.reason <> 'unsubscribed' ORDER BY l.address, l.reason`;

/** Refusals that nobody has told us, and that no later consent takes back. */
const news = `provider_list AS l LEFT JOIN said AS s ON s.address = l.address
  WHERE l.reason = 'unsubscribed' AND NOT coalesce(s.is_all_refused, false)
    AND l."at" >= coalesce(s.agreed_at, TIMESTAMP '1970-01-01')`;

const refusals = `INSERT INTO consent (address, topic, state, "at", source)
  SELECT l.address, '*', false, l."at", 'mailgun list' FROM ${news} ORDER BY l.address`;

function refusalEvents({ catalog: { contact } }: Plan): string {
  const address = `lower(trim(c.${quote(columnOf({ name: contact.address, isKey: contact.address === contact.key }, "contact"))}))`;
  return `INSERT INTO event_unsubscribed (contact_id, occurred_at, received_at, event_id, batch, "machine")
    SELECT c.contact_id, n."at", $now, concat('listed:', epoch_ms(n."at"), ':', c.contact_id),
      coalesce((SELECT last_batch + 1 FROM engine_state), 1), false
    FROM contact AS c JOIN (SELECT l.address, l."at" FROM ${news}) AS n ON n.address = ${address} ORDER BY c.contact_id`;
}

/** Who refuses all mail still gets what is transactional, which the provider's list would keep back. */
async function missingOf(session: Session, { emails }: Plan): Promise<readonly Listed[]> {
  const refused = emails.some(({ isTransactional }) => isTransactional)
    ? ""
    : `UNION ALL SELECT s.address, 'unsubscribed' FROM said AS s
       ANTI JOIN provider_list AS l ON l.address = s.address WHERE s.is_all_refused`;
  const rows = await session.run({
    text: `SELECT m.address, m.reason FROM (
        SELECT s.address, CASE WHEN bool_or(s.reason = 'complained') THEN 'complained' ELSE 'bounced' END AS reason
        FROM suppression AS s ANTI JOIN provider_list AS l ON l.address = s.address AND l.reason <> 'unsubscribed'
        GROUP BY s.address ${refused}
      ) AS m WHERE m.address LIKE '%@%' ORDER BY m.address, m.reason`,
    params: {},
  });
  const reasonOf = (reason: unknown): Listed["reason"] =>
    reason === "complained" || reason === "unsubscribed" ? reason : "bounced";
  return rows.map(({ address, reason }) => ({ mailbox: String(address), reason: reasonOf(reason), at: 0 }));
}
