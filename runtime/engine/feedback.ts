// What providers tell of mails, taken in: each telling once, in any order, into the tables that conditions and sends read.
//
// Each telling is a row that nothing takes away, and what follows from several is the earliest time, or is judged anew from
// all of them. So whatever order and however often they come in, the state is the same.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import type { Sql } from "../../compiler/sql/sql.ts";
import { jsonText } from "./json-text.ts";
import type { Feedback, Instant, Session } from "../ports.ts";
import { type Keys, keysIn, printAmong } from "./among.ts";
import { printEmailKey } from "./editions.ts";
import { instant, printed, text, texts } from "./engine.ts";

/** What is told, with the signature that it came under, as far as there is one. */
export interface Signed {
  /** null: nothing that matters. */
  readonly feedback: Feedback | null;
  readonly token: string;
  readonly signedAt: Instant;
}

const shape = `[{"id":"VARCHAR","kind":"VARCHAR","sendId":"VARCHAR","mailbox":"VARCHAR","at":"BIGINT","link":"VARCHAR","reason":"VARCHAR",
  "isMachine":"BOOLEAN","token":"VARCHAR","signedAt":"BIGINT"}]`;

/** What is told as JSON. */
export function toldText(told: readonly (Feedback | Signed)[]): string {
  const plainly = told.map((one) =>
    "feedback" in one ? { ...one.feedback, token: one.token, signedAt: one.signedAt } : one,
  );
  return jsonText(plainly);
}

/** A FROM item of what is told, in rows `told` with `received_at`; `place` is the order in which they came. */
type Lists = (builder: Builder) => string;

/** Takes in what is told now. What was told before adds nothing. */
export const takeFeedback = (session: Session, plan: Plan, told: readonly Feedback[], now: Instant): Promise<void> =>
  takeTold(
    session,
    plan,
    (builder) =>
      `(SELECT 1 AS place, ${builder.param(instant(now))} AS received_at, ${builder.param(text(toldText(told)))} AS told)`,
  );

/** Takes in what was told, of one id what came first. The temporary table `told` shows it afterwards. */
export async function takeTold(session: Session, plan: Plan, lists: Lists): Promise<void> {
  const told = await filled(session, listing(lists));
  if (told === 0) return;
  const [ids, sends] = [await keysIn(session, "told", "id", told), await keysIn(session, "told", "send_id", told)];
  const arrived = await filled(session, arriving(plan, ids, sends));
  if (arrived === 0) return;
  await forgetGone(session, arrived);
  const found = await session.run(plain("SELECT DISTINCT kind FROM arriving"));
  const kinds = new Set(found.map(({ kind }) => String(kind)));
  await session.change(plain(record));
  for (const [kind, event] of events) if (kinds.has(kind)) await session.change(plain(eventRows(kind, event)));
  if (kinds.has("bounced") || kinds.has("complained")) await suppress(session);
  if (kinds.has("unsubscribed")) await session.change(plain(refusals));
  if (kinds.has("clicked") || kinds.has("delivered")) await flagScanners(session);
}

const plain = (sql: string): Sql => ({ text: sql, params: {} });

/** Fills a temporary table, and says how many rows it has. */
async function filled(session: Session, sql: Sql): Promise<number> {
  const [row] = await session.run(sql);
  return Number(row?.Count ?? 0);
}

const listing = (lists: Lists): Sql =>
  printed(
    (builder) => `CREATE OR REPLACE TEMP TABLE told AS
      SELECT e.one.id AS id, e.one.kind AS kind, e.one.sendId AS send_id, e.one.mailbox AS mailbox,
        make_timestamp(e.one."at" * 1000) AS "at", e.one.link AS link, e.one.reason AS reason,
        coalesce(e.one.isMachine, false) AS is_machine, e.one.token AS token,
        make_timestamp(e.one.signedAt * 1000) AS signed_at, e.received_at, e.place, e.turn
      FROM (
        SELECT l.place, l.received_at, unnest(l.list) AS one, unnest(range(len(l.list))) AS turn
        FROM (SELECT t.place, t.received_at, from_json(t.told, '${shape}') AS list FROM ${lists(builder)} AS t) AS l
      ) AS e`,
  );

/** What is new, with the mail that it is about. */
function arriving(plan: Plan, ids: Keys, sends: Keys): Sql {
  return printed((builder) => {
    const list = (values: readonly string[]) => builder.param(texts(values));
    const { emails } = plan;
    const topic = `${list(emails.map((email) => email.topic ?? ""))}[list_position(${list(emails.map(({ name }) => name))}, ${printEmailKey(plan, "o", builder)})]`;
    return `CREATE OR REPLACE TEMP TABLE arriving AS
      SELECT t.id, t.kind, t.send_id, coalesce(o.mailbox, t.mailbox) AS mailbox, t."at", t.received_at, nullif(t.link, '') AS link,
        nullif(t.reason, '') AS reason, t.is_machine, o.contact_id, o.email, o.program, o.variant, nullif(${topic}, '') AS topic
      FROM (
        SELECT * FROM told WHERE id IS NOT NULL QUALIFY row_number() OVER (PARTITION BY id ORDER BY place, turn) = 1
      ) AS t
      LEFT JOIN ${printAmong("outbox", "send_id", sends, builder)} AS o ON o.send_id = t.send_id
      ANTI JOIN ${printAmong("feedback", "feedback_id", ids, builder)} AS f ON f.feedback_id = t.id`;
  });
}

/** Of somebody who is gone no contact is named. */
async function forgetGone(session: Session, arrived: number): Promise<void> {
  const contacts = await keysIn(session, "arriving", "contact_id", arrived);
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
  SELECT id, kind, nullif(send_id, ''), mailbox, "at", received_at, link, reason, is_machine, contact_id IS NOT NULL FROM arriving
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
    SELECT contact_id, "at", received_at, concat('told:', id), coalesce((SELECT last_batch + 1 FROM engine_state), 1), send_id, email,
      ${event === "unsubscribed" ? "NULL" : "topic"}, program, variant, link, is_machine
    FROM arriving WHERE kind = '${kind}' AND contact_id IS NOT NULL ORDER BY id`;
}

/** A provider whose clock runs ahead must not put off what it tells. */
const refusals = `INSERT INTO consent (address, topic, state, "at", source)
  SELECT mailbox, '*', false, least("at", received_at), 'mailgun' FROM arriving WHERE kind = 'unsubscribed' ORDER BY id`;

const suppressions = `(SELECT mailbox, kind, min(least("at", received_at)) AS "at" FROM arriving
  WHERE kind IN ('bounced', 'complained') GROUP BY mailbox, kind)`;

/** The earliest time counts. It is written again only where that is news, for then everybody is judged anew. */
async function suppress(session: Session): Promise<void> {
  await session.change(
    plain(`INSERT INTO suppression (address, reason, "at", source)
      SELECT mailbox, kind, "at", 'mailgun' FROM ${suppressions} AS n ORDER BY mailbox, kind ON CONFLICT DO NOTHING`),
  );
  const isEarlier = `s.address = n.mailbox AND s.reason = n.kind AND s."at" > n."at"`;
  const [earlier] = await session.run(
    plain(`SELECT count(*) AS n FROM suppression AS s JOIN ${suppressions} AS n ON ${isEarlier}`),
  );
  if (Number(earlier?.n) === 0) return;
  await session.change(plain(`UPDATE suppression AS s SET "at" = n."at" FROM ${suppressions} AS n WHERE ${isEarlier}`));
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

const flagged = (clicks: Keys): Sql =>
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
  const clicks = await filled(session, plain(clicking));
  if (clicks === 0) return;
  const other = await filled(session, flagged(await keysIn(session, "clicking", "feedback_id", clicks)));
  if (other === 0) return;
  await session.change(
    plain(`UPDATE event_clicked AS c SET "machine" = n.is_machine FROM flagged AS n WHERE c.event_id = n.event_id`),
  );
}
