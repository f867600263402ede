// What providers tell of mails, taken in: each telling once, in any order, into the tables that conditions and sends read.
//
// Each telling is a row that nothing takes away, and what follows from several is the earliest time, or is judged anew from
// all of them. So whatever order and however often they come in, the state is the same.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Param, Sql } from "../../compiler/sql/sql.ts";
import type { Feedback, Instant, Session } from "../ports.ts";

const texts = (value: readonly string[]): Param => ({ kind: "texts", value });
const instant = (value: Instant): Param => ({ kind: "instant", value });

/** Takes in what is told. What was told before adds nothing. */
export async function takeFeedback(
  session: Session,
  plan: Plan,
  told: readonly Feedback[],
  now: Instant,
): Promise<void> {
  const distinct = [...new Map(told.map((one) => [one.id, one])).values()];
  if (distinct.length === 0) return;
  await session.run(arriving(plan, distinct));
  const kinds = new Set(
    (await session.run(plain("SELECT DISTINCT kind FROM arriving"))).map(({ kind }) => String(kind)),
  );
  if (kinds.size === 0) return;
  await session.change({ text: record, params: { now: instant(now) } });
  for (const [kind, event] of events) {
    if (kinds.has(kind)) await session.change({ text: eventRows(kind, event), params: { now: instant(now) } });
  }
  if (kinds.has("bounced") || kinds.has("complained")) await suppress(session, now);
  if (kinds.has("unsubscribed")) await session.change({ text: refusals, params: { now: instant(now) } });
  if (kinds.has("clicked") || kinds.has("delivered")) await flagScanners(session);
}

const plain = (sql: string): Sql => ({ text: sql, params: {} });

/** What is new, with the mail that it is about. Of somebody who is gone, or was never known, no contact is named. */
function arriving({ emails }: Plan, told: readonly Feedback[]): Sql {
  const column = (name: string, of: (one: Feedback) => string): readonly [string, Param] => [name, texts(told.map(of))];
  return {
    text: `CREATE OR REPLACE TEMP TABLE arriving AS
      SELECT t.id, t.kind, t.send_id, coalesce(o.mailbox, t.mailbox) AS mailbox,
        make_timestamp(CAST(t.at_ms AS BIGINT) * 1000) AS "at", nullif(t.link, '') AS link, nullif(t.reason, '') AS reason,
        t.machine = 'yes' AS is_machine, c.contact_id, o.email, o.program, o.variant,
        nullif($topics[list_position($emails, o.email)], '') AS topic
      FROM (
        SELECT unnest($ids) AS id, unnest($kinds) AS kind, unnest($sends) AS send_id, unnest($mailboxes) AS mailbox,
          unnest($instants) AS at_ms, unnest($links) AS link, unnest($reasons) AS reason, unnest($machines) AS machine
      ) AS t
      LEFT JOIN outbox AS o ON o.send_id = t.send_id
      LEFT JOIN contact AS c ON c.contact_id = o.contact_id
      ANTI JOIN feedback AS f ON f.feedback_id = t.id`,
    params: Object.fromEntries([
      column("ids", ({ id }) => id),
      column("kinds", ({ kind }) => kind),
      column("sends", ({ sendId }) => sendId ?? ""),
      column("mailboxes", ({ mailbox }) => mailbox),
      column("instants", ({ at }) => String(at)),
      column("links", ({ link }) => link ?? ""),
      column("reasons", ({ reason }) => reason ?? ""),
      column("machines", ({ isMachine }) => (isMachine ? "yes" : "no")),
      ["emails", texts(emails.map(({ name }) => name))],
      ["topics", texts(emails.map(({ topic }) => topic ?? ""))],
    ]),
  };
}

const record = `INSERT INTO feedback (feedback_id, kind, send_id, mailbox, "at", received_at, link, reason, is_machine, is_known)
  SELECT id, kind, nullif(send_id, ''), mailbox, "at", $now, link, reason, is_machine, contact_id IS NOT NULL FROM arriving
  ORDER BY id`;

const events: readonly (readonly [kind: Feedback["kind"], event: string])[] = [
  ["delivered", "received"],
  ["opened", "opened"],
  ["clicked", "clicked"],
  ["unsubscribed", "unsubscribed"],
  ["complained", "complained"],
  ["bounced", "bounced"],
];

/** They come in a batch behind the newest that a tick has seen. By a link of the provider all mail is refused, of any topic. */
function eventRows(kind: string, event: string): string {
  return `INSERT INTO event_${event}
      (contact_id, occurred_at, received_at, event_id, batch, "message", "email", "topic", "program", "variant", "link", "machine")
    SELECT contact_id, "at", $now, concat('told:', id), coalesce((SELECT last_batch + 1 FROM engine_state), 1), send_id, email,
      ${event === "unsubscribed" ? "NULL" : "topic"}, program, variant, link, is_machine
    FROM arriving WHERE kind = '${kind}' AND contact_id IS NOT NULL ORDER BY id`;
}

/** A provider whose clock runs ahead must not put off what it tells. */
const refusals = `INSERT INTO consent (address, topic, state, "at", source)
  SELECT mailbox, '*', false, least("at", $now), 'mailgun' FROM arriving WHERE kind = 'unsubscribed' ORDER BY id`;

const suppressions = `(SELECT mailbox, kind, min(least("at", $now)) AS "at" FROM arriving
  WHERE kind IN ('bounced', 'complained') GROUP BY mailbox, kind)`;

/** The earliest time counts. It is written again only where that is news, for then everybody is judged anew. */
async function suppress(session: Session, now: Instant): Promise<void> {
  const params = { now: instant(now) };
  await session.change({
    text: `INSERT INTO suppression (address, reason, "at", source)
      SELECT mailbox, kind, "at", 'mailgun' FROM ${suppressions} AS n ORDER BY mailbox, kind ON CONFLICT DO NOTHING`,
    params,
  });
  const isEarlier = `s.address = n.mailbox AND s.reason = n.kind AND s."at" > n."at"`;
  const [earlier] = await session.run({
    text: `SELECT count(*) AS n FROM suppression AS s JOIN ${suppressions} AS n ON ${isEarlier}`,
    params,
  });
  if (Number(earlier?.n) === 0) return;
  await session.change({
    text: `UPDATE suppression AS s SET "at" = n."at" FROM ${suppressions} AS n WHERE ${isEarlier}`,
    params,
  });
}

/** A click so soon behind the delivery, or on several links within so short a time, is a scanner's. */
const soonS = 5;
const togetherS = 2;

const flags = `(
  SELECT c.event_id, f.is_machine
      OR coalesce(c.occurred_at < d.delivered_at + INTERVAL ${soonS} SECOND, false)
      OR coalesce(t.is_together, false) AS is_machine
  FROM event_clicked AS c
  JOIN (SELECT DISTINCT send_id FROM arriving WHERE kind IN ('clicked', 'delivered')) AS m ON m.send_id = c."message"
  JOIN feedback AS f ON concat('told:', f.feedback_id) = c.event_id
  LEFT JOIN (
    SELECT r."message", min(r.occurred_at) AS delivered_at FROM event_received AS r
    WHERE r."message" IN (SELECT send_id FROM arriving) GROUP BY r."message"
  ) AS d ON d."message" = c."message"
  LEFT JOIN (
    SELECT a.event_id, true AS is_together FROM event_clicked AS a JOIN event_clicked AS b ON b."message" = a."message"
    WHERE a."message" IN (SELECT send_id FROM arriving) AND a.link <> b.link
      AND abs(epoch_ms(a.occurred_at) - epoch_ms(b.occurred_at)) <= ${togetherS * 1000} GROUP BY a.event_id
  ) AS t ON t.event_id = c.event_id
)`;

/** What a click is may be told only by what comes in behind it. */
async function flagScanners(session: Session): Promise<void> {
  const isOther = `c.event_id = n.event_id AND c."machine" <> n.is_machine`;
  const [other] = await session.run(
    plain(`SELECT count(*) AS n FROM event_clicked AS c JOIN ${flags} AS n ON ${isOther}`),
  );
  if (Number(other?.n) === 0) return;
  await session.change(
    plain(`UPDATE event_clicked AS c SET "machine" = n.is_machine FROM ${flags} AS n WHERE ${isOther}`),
  );
}

/** A signature's token, and what it was used for; '': nothing that matters. */
export interface UsedToken {
  readonly token: string;
  readonly signedAt: Instant;
  readonly feedbackId: string;
}

/**
 * Remembers tokens. @returns for each whether it is good: one that was used before for something else is a forger's, while a
 * provider that got no answer tells the same again.
 */
export async function useTokens(session: Session, used: readonly UsedToken[]): Promise<readonly boolean[]> {
  const tokens = texts(used.map(({ token }) => token));
  await session.change({
    text: `INSERT INTO webhook_token (token, feedback_id, signed_at)
      SELECT u.token, min(u.feedback_id), min(make_timestamp(CAST(u.at_ms AS BIGINT) * 1000))
      FROM (SELECT unnest($tokens) AS token, unnest($ids) AS feedback_id, unnest($instants) AS at_ms) AS u
      GROUP BY u.token ORDER BY u.token ON CONFLICT DO NOTHING`,
    params: {
      tokens,
      ids: texts(used.map(({ feedbackId }) => feedbackId)),
      instants: texts(used.map(({ signedAt }) => String(signedAt))),
    },
  });
  const rows = await session.run({
    text: `SELECT t.token, t.feedback_id FROM webhook_token AS t
      SEMI JOIN (SELECT unnest($tokens) AS token) AS u ON u.token = t.token`,
    params: { tokens },
  });
  const uses = new Map(rows.map((row) => [String(row.token), String(row.feedback_id)]));
  return used.map(({ token, feedbackId }) => uses.get(token) === feedbackId);
}

/** Tokens so old that their signature no longer counts. */
export async function forgetTokens(session: Session, before: Instant): Promise<void> {
  await session.change({
    text: "DELETE FROM webhook_token WHERE signed_at < $before",
    params: { before: instant(before) },
  });
}
