// What providers tell of mails, taken in: each telling once, in any order, into the tables that conditions and sends read.
//
// Each telling is a row that nothing takes away, and what follows from several is the earliest time, or is judged anew from
// all of them. So whatever order and however often they come in, the state is the same.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import type { Feedback, Instant, Session } from "../ports.ts";
import { printAmong } from "./among.ts";
import { instant, printed, texts } from "./engine.ts";

/** Takes in what is told. What was told before adds nothing. */
export async function takeFeedback(
  session: Session,
  plan: Plan,
  told: readonly Feedback[],
  now: Instant,
): Promise<void> {
  const distinct = [...new Map(told.map((one) => [one.id, one])).values()];
  if (distinct.length === 0) return;
  const [arrived] = await session.run(arriving(plan, distinct));
  if (Number(arrived?.Count ?? 0) === 0) return;
  await forgetGone(session);
  const kinds = new Set(distinct.map(({ kind }) => kind));
  await session.change({ text: record, params: { now: instant(now) } });
  for (const [kind, event] of events) {
    if (kinds.has(kind)) await session.change({ text: eventRows(kind, event), params: { now: instant(now) } });
  }
  if (kinds.has("bounced") || kinds.has("complained")) await suppress(session, now);
  if (kinds.has("unsubscribed")) await session.change({ text: refusals, params: { now: instant(now) } });
  if (kinds.has("clicked") || kinds.has("delivered")) await flagScanners(session);
}

const plain = (sql: string): Sql => ({ text: sql, params: {} });

/** What is new, with the mail that it is about. */
function arriving({ emails }: Plan, told: readonly Feedback[]): Sql {
  return printed((builder) => {
    const list = (values: readonly string[]) => builder.param(texts(values));
    const column = (of: (one: Feedback) => string) => `unnest(${list(told.map(of))})`;
    const sends = told.flatMap(({ sendId }) => sendId ?? []);
    const ids = told.map(({ id }) => id);
    const topic = `${list(emails.map((email) => email.topic ?? ""))}[list_position(${list(emails.map(({ name }) => name))}, o.email)]`;
    return `CREATE OR REPLACE TEMP TABLE arriving AS
      SELECT t.id, t.kind, t.send_id, coalesce(o.mailbox, t.mailbox) AS mailbox,
        make_timestamp(CAST(t.at_ms AS BIGINT) * 1000) AS "at", nullif(t.link, '') AS link, nullif(t.reason, '') AS reason,
        t.machine = 'yes' AS is_machine, o.contact_id, o.email, o.program, o.variant, nullif(${topic}, '') AS topic
      FROM (
        SELECT ${column(({ id }) => id)} AS id, ${column(({ kind }) => kind)} AS kind, ${column(({ sendId }) => sendId ?? "")} AS send_id,
          ${column(({ mailbox }) => mailbox)} AS mailbox, ${column(({ at }) => String(at))} AS at_ms,
          ${column(({ link }) => link ?? "")} AS link, ${column(({ reason }) => reason ?? "")} AS reason,
          ${column(({ isMachine }) => (isMachine ? "yes" : "no"))} AS machine
      ) AS t
      LEFT JOIN ${printAmong("outbox", "send_id", sends, builder)} AS o ON o.send_id = t.send_id
      ANTI JOIN ${printAmong("feedback", "feedback_id", ids, builder)} AS f ON f.feedback_id = t.id`;
  });
}

/** Of somebody who is gone no contact is named. */
async function forgetGone(session: Session): Promise<void> {
  const rows = await session.run(plain("SELECT DISTINCT contact_id FROM arriving WHERE contact_id IS NOT NULL"));
  const contacts = rows.map(({ contact_id: id }) => String(id));
  if (contacts.length === 0) return;
  const gone = await session.run(
    printed(
      (builder) => `SELECT DISTINCT a.contact_id FROM arriving AS a
        ANTI JOIN ${printAmong("contact", "contact_id", contacts, builder)} AS c ON c.contact_id = a.contact_id
        WHERE a.contact_id IS NOT NULL`,
    ),
  );
  if (gone.length === 0) return;
  await session.change({
    text: "UPDATE arriving SET contact_id = NULL WHERE list_contains($gone, contact_id)",
    params: { gone: texts(gone.map(({ contact_id: id }) => String(id))) },
  });
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

/** The clicks on mails of which something came in. */
const clicking = `CREATE OR REPLACE TEMP TABLE clicking AS
  SELECT c.event_id, substr(c.event_id, length('told:') + 1) AS feedback_id, c."message", c.occurred_at, c.link, c."machine"
  FROM event_clicked AS c
  SEMI JOIN (SELECT send_id FROM arriving WHERE kind IN ('clicked', 'delivered')) AS m ON m.send_id = c."message"
  WHERE starts_with(c.event_id, 'told:')`;

const flagged = (clicks: readonly string[]): Sql =>
  printed(
    (builder) => `CREATE OR REPLACE TEMP TABLE flagged AS
      SELECT n.event_id, n.is_machine
      FROM (
        SELECT c.event_id, c."machine", f.is_machine
            OR coalesce(c.occurred_at < d.delivered_at + INTERVAL ${soonS} SECOND, false)
            OR coalesce(t.is_together, false) AS is_machine
        FROM clicking AS c
        JOIN ${printAmong("feedback", "feedback_id", clicks, builder)} AS f ON f.feedback_id = c.feedback_id
        LEFT JOIN (
          SELECT r."message", min(r.occurred_at) AS delivered_at FROM event_received AS r
          SEMI JOIN clicking AS c ON c."message" = r."message" GROUP BY r."message"
        ) AS d ON d."message" = c."message"
        LEFT JOIN (
          SELECT a.event_id, true AS is_together FROM clicking AS a JOIN clicking AS b ON b."message" = a."message"
          WHERE a.link <> b.link AND abs(epoch_ms(a.occurred_at) - epoch_ms(b.occurred_at)) <= ${togetherS * 1000}
          GROUP BY a.event_id
        ) AS t ON t.event_id = c.event_id
      ) AS n WHERE n."machine" <> n.is_machine`,
  );

/** What a click is may be told only by what comes in behind it. */
async function flagScanners(session: Session): Promise<void> {
  const [found] = await session.run(plain(clicking));
  if (Number(found?.Count ?? 0) === 0) return;
  const clicks = await session.run(plain("SELECT feedback_id FROM clicking"));
  const [other] = await session.run(flagged(clicks.map(({ feedback_id: id }) => String(id))));
  if (Number(other?.Count ?? 0) === 0) return;
  await session.change(
    plain(`UPDATE event_clicked AS c SET "machine" = n.is_machine FROM flagged AS n WHERE c.event_id = n.event_id`),
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
  const taken = await session.run({
    text: `INSERT INTO webhook_token (token, feedback_id, signed_at)
      SELECT u.token, min(u.feedback_id), min(make_timestamp(CAST(u.at_ms AS BIGINT) * 1000))
      FROM (SELECT unnest($tokens) AS token, unnest($ids) AS feedback_id, unnest($instants) AS at_ms) AS u
      GROUP BY u.token ORDER BY u.token ON CONFLICT DO NOTHING RETURNING token, feedback_id`,
    params: {
      tokens: texts(used.map(({ token }) => token)),
      ids: texts(used.map(({ feedbackId }) => feedbackId)),
      instants: texts(used.map(({ signedAt }) => String(signedAt))),
    },
  });
  const uses = new Map(taken.map((row) => [String(row.token), String(row.feedback_id)]));
  const before = used.map(({ token }) => token).filter((token) => !uses.has(token));
  if (before.length > 0) {
    const rows = await session.run(
      printed(
        (builder) => `SELECT t.token, t.feedback_id FROM ${printAmong("webhook_token", "token", before, builder)} AS t
          SEMI JOIN (SELECT unnest(${builder.param(texts(before))}) AS token) AS u ON u.token = t.token`,
      ),
    );
    for (const row of rows) uses.set(String(row.token), String(row.feedback_id));
  }
  return used.map(({ token, feedbackId }) => uses.get(token) === feedbackId);
}

/** Tokens so old that their signature no longer counts. */
export async function forgetTokens(session: Session, before: Instant): Promise<void> {
  await session.change({
    text: "DELETE FROM webhook_token WHERE signed_at < $before",
    params: { before: instant(before) },
  });
}
