// A seeded model of what becomes of mails: they bounce or arrive, are opened, clicked, answered, and some people have enough.

import type { Email } from "../../compiler/ir/plan.ts";
import type { Param, Sql } from "../../compiler/sql/sql.ts";
import type { Session } from "../ports.ts";

/** Shares from 0 to 1: bounces of all mails, all else of those that arrive. Whoever does anything else has opened the mail. */
export interface Rates {
  readonly open: number;
  readonly click: number;
  readonly reply: number;
  readonly bounce: number;
  readonly unsubscribe: number;
  readonly complaint: number;
}

export interface Engagement {
  /** The same seed draws the same. */
  readonly seed: string;
  /** For every email that `emails` does not name. */
  readonly rates: Rates;
  /** By the name of the email. */
  readonly emails?: Readonly<Record<string, Rates>>;
  /** Mean time from delivery to opening, in hours; all else follows within minutes. */
  readonly hours: number;
}

export const rateNames = ["open", "click", "reply", "bounce", "unsubscribe", "complaint"] as const;

export const ratesOf = ({ rates, emails }: Engagement, email: string): Rates => emails?.[email] ?? rates;

/** 32 bits each, uniform in [0, 1): the same for the same seed, mail and purpose. */
const draws = (purpose: string, [high, low]: readonly [string, string]): string => {
  const bits = `md5_number_upper($seed || '/${purpose}/' || r."message")`;
  return `(${bits} >> 32) / 4294967296.0 AS ${high}, (${bits} & 4294967295) / 4294967296.0 AS ${low}`;
};
const draw = (purpose: string): string =>
  `md5_number_lower($seed || '/${purpose}/' || r."message") / 18446744073709551616.0`;

/** The mails that were just handed over, with the rates of their email. */
const reacting = `CREATE OR REPLACE TEMP TABLE reacting AS
  SELECT r.*, ${draw("read")} AS draw, ${draws("arrive", ["draw_bounce", "draw_complaint"])}
  FROM (
    SELECT s.send_id AS "message", s.contact_id, s.mailbox, s.email, s.program, s.variant, s.settled_at, m.*
    FROM settling AS s JOIN (
      SELECT unnest($names) AS name, nullif(unnest($topics), '') AS topic,
        ${rateNames.map((name) => `CAST(unnest($${name}) AS DOUBLE) AS "${name}"`).join(", ")}
    ) AS m ON m.name = s.email
    WHERE s.state = 'sent'
  ) AS r ORDER BY r."message"`;

const arrived = "r.draw_bounce >= r.bounce";

/** Mails that are opened: one draw for whether, one for when. */
const opening = `CREATE OR REPLACE TEMP TABLE opening AS
  SELECT r.*, ${draw("when")} AS draw_when, ${draws("when", ["draw_reply", "unused"])}
  FROM reacting AS r WHERE r.draw < r."open"`;

const columns = `(contact_id, occurred_at, received_at, event_id, batch, "message", "email", "topic", "program", "variant", "machine")`;

interface Act {
  readonly event: "opened" | "clicked" | "replied" | "unsubscribed" | "complained";
  /** Who among those who opened does it. */
  readonly who: string;
  /** Minutes behind the opening. */
  readonly minutes: number;
}

/** Clicks and refusals come from the two ends of the openers, so that few people do both. */
const acts: readonly Act[] = [
  { event: "opened", who: "true", minutes: 0 },
  { event: "complained", who: `r.draw_complaint * r."open" < r.complaint`, minutes: 1 },
  { event: "clicked", who: "r.draw < r.click", minutes: 2 },
  { event: "unsubscribed", who: `r.draw >= r."open" - r.unsubscribe`, minutes: 4 },
  { event: "replied", who: `r.draw_reply * r."open" < r.reply`, minutes: 10 },
];

/** The rows lie in the future of the mail: they count from their own time on. */
const occurredAt = (minutes: number): string =>
  `date_trunc('second', r.settled_at + to_seconds(CAST(greatest(1, 60 * ${minutes} - 3600 * $hours * ln(1 - r.draw_when)) AS BIGINT)))`;

const printAct = ({ event, who, minutes }: Act): string => `INSERT INTO "event_${event}" ${columns}
  SELECT r.contact_id, ${occurredAt(minutes)}, r.settled_at, '${event}:' || r."message", 0,
    r."message", r.email, r.topic, r.program, r.variant, false FROM opening AS r WHERE ${who}`;

/** What the provider tells at once: in a batch that the next tick meets, as with a mailer that delivers by itself. */
const received = `INSERT INTO event_received ${columns}
  SELECT r.contact_id, r.settled_at, r.settled_at, 'received:' || r."message", (SELECT last_batch + 1 FROM engine_state),
    r."message", r.email, r.topic, r.program, r.variant, false FROM reacting AS r`;

const bounced: readonly string[] = [
  `INSERT INTO event_bounced ${columns}
    SELECT r.contact_id, r.settled_at + INTERVAL 1 MINUTE, r.settled_at, 'bounced:' || r."message", 0,
      r."message", r.email, r.topic, r.program, r.variant, false FROM reacting AS r WHERE NOT ${arrived}`,
  `INSERT INTO suppression (address, reason, "at", source)
    SELECT r.mailbox, 'bounced', min(r.settled_at) + INTERVAL 1 MINUTE, 'simulated' FROM reacting AS r WHERE NOT ${arrived}
    GROUP BY r.mailbox ORDER BY r.mailbox ON CONFLICT DO NOTHING`,
  `DELETE FROM reacting AS r WHERE NOT ${arrived}`,
];

/** Refusals and complaints belong to the address, as they do when they come from a provider. */
const followUps: Readonly<Partial<Record<Act["event"], string>>> = {
  unsubscribed: `INSERT INTO consent (address, topic, state, "at", source)
    SELECT r.mailbox, r.topic, false, ${occurredAt(4)}, 'unsubscribed' FROM opening AS r
    WHERE r.topic IS NOT NULL AND r.draw >= r."open" - r.unsubscribe`,
  complained: `INSERT INTO suppression (address, reason, "at", source)
    SELECT r.mailbox, 'complained', min(${occurredAt(1)}), 'simulated' FROM opening AS r
    WHERE r.draw_complaint * r."open" < r.complaint GROUP BY r.mailbox ORDER BY r.mailbox ON CONFLICT DO NOTHING`,
};

const list = (value: readonly string[]): Param => ({ kind: "texts", value });

function mailsOf(model: Engagement, emails: readonly Email[]): Sql["params"] {
  const rates = emails.map(({ name }) => ratesOf(model, name));
  return {
    names: list(emails.map(({ name }) => name)),
    topics: list(emails.map(({ topic }) => topic ?? "")),
    ...Object.fromEntries(rateNames.map((name) => [name, list(rates.map((of) => String(of[name])))])),
  };
}

export interface EngageRequest {
  readonly model: Engagement;
  readonly emails: readonly Email[];
  /** True where handing over is delivery, so that nothing bounces. */
  readonly isDelivered: boolean;
}

/** Lets people act on the mails that were just settled, which the temporary table `settling` holds. */
export async function engage(session: Session, { model, emails, isDelivered }: EngageRequest): Promise<void> {
  const seed: Param = { kind: "text", value: model.seed };
  const plain = (text: string) => session.change({ text, params: {} });
  await session.change({ text: reacting, params: { seed, ...mailsOf(model, emails) } });
  if (!isDelivered) {
    for (const text of bounced) await plain(text);
    await plain(received);
  }
  await session.change({ text: opening, params: { seed } });
  const params = { hours: { kind: "number", value: model.hours } } as const;
  for (const act of acts) {
    const followUp = followUps[act.event];
    const changed = await session.change({ text: printAct(act), params });
    if (followUp !== undefined && changed > 0) await session.change({ text: followUp, params });
  }
}
