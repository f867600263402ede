// A small seeded model of what people do with their mail: opens, clicks, unsubscribes, each at its own later time.

import type { Sql } from "../../compiler/sql/sql.ts";
import type { Instant, Session } from "../ports.ts";

export interface Engagement {
  readonly seed: string;
  /** Share of received mails that are opened, from 0 to 1. */
  readonly opens: number;
  /** Share of opened mails that are clicked. */
  readonly clicks: number;
  /** Share of opened mails whose reader unsubscribes from the mail's topic. */
  readonly unsubscribes: number;
  /** Mean time from delivery to opening, in hours; a click follows within minutes. */
  readonly hours: number;
}

interface Act {
  readonly event: "opened" | "clicked" | "unsubscribed";
  /** Share among the received mails of those who do it. */
  readonly share: number;
  /** Minutes behind the opening. */
  readonly minutes: number;
}

function actsOf(model: Engagement): readonly Act[] {
  return [
    { event: "opened", share: model.opens, minutes: 0 },
    { event: "clicked", share: model.opens * model.clicks, minutes: 2 },
    { event: "unsubscribed", share: model.opens * model.unsubscribes, minutes: 4 },
  ];
}

/** Uniform in [0, 1) for a mail and a purpose; the same for the same seed. */
const draw = (purpose: string) => `(md5_number_lower($seed || '/${purpose}/' || r.message) / 18446744073709551616.0)`;

/**
 * Mails that are opened, each once: one draw for whether, one for when. Whoever does anything else has opened the mail, so
 * what was opened before is left out here for all acts.
 */
const openings = `CREATE OR REPLACE TEMP TABLE opening AS
  SELECT r.* FROM (
    SELECT contact_id, occurred_at, message, email, topic, program, ${draw("read")} AS draw, ${draw("when")} AS draw_when
    FROM event_received AS r WHERE occurred_at > $from AND occurred_at <= $until
  ) AS r ANTI JOIN event_opened AS known ON known.event_id = 'opened:' || r.message
  WHERE r.draw < $opens ORDER BY r.message`;

/**
 * One draw decides for all acts; an unsubscribe takes the other end of the openers. The rows lie in the future of the
 * mail: they count from their own time on.
 */
function statement(act: Act, model: Engagement): Sql {
  const does = act.event === "unsubscribed" ? "r.draw >= $opens - $share" : "r.draw < $share";
  return {
    text: `INSERT INTO "event_${act.event}" (contact_id, occurred_at, received_at, event_id, batch, "message", "email", "topic", "program", "machine")
      SELECT r.contact_id,
        date_trunc('second', r.occurred_at + to_seconds(CAST(60 * $minutes - 3600 * $hours * ln(1 - r.draw_when) AS BIGINT))) AS occurred_at,
        r.occurred_at AS received_at, '${act.event}:' || r.message AS event_id, 0 AS batch,
        r.message, r.email, r.topic, r.program, false AS machine
      FROM opening AS r WHERE ${does}`,
    params: {
      minutes: { kind: "number", value: act.minutes },
      hours: { kind: "number", value: model.hours },
      share: { kind: "number", value: act.share },
      opens: { kind: "number", value: model.opens },
    },
  };
}

/** A refusal belongs to the address, as it does when the event is loaded or comes from a webhook. */
const refusals: string = `INSERT INTO consent (address, topic, state, "at", source)
  SELECT lower(trim(o.address)) AS address, u.topic, false AS state, u.occurred_at AS "at", 'unsubscribed' AS source
  FROM event_unsubscribed AS u JOIN outbox AS o ON o.send_id = u.message
  WHERE u.received_at > $from AND u.received_at <= $until AND u.topic IS NOT NULL
  ORDER BY u.message`;

/** Lets people act on what they received after `from` and not after `until`. Repeating it adds nothing. */
export async function engage(session: Session, model: Engagement, from: Instant, until: Instant): Promise<void> {
  const span = { from: { kind: "instant", value: from }, until: { kind: "instant", value: until } } as const;
  const seed = { kind: "text", value: model.seed } as const;
  const opens = { kind: "number", value: model.opens } as const;
  await session.change({ text: openings, params: { ...span, seed, opens } });
  for (const act of actsOf(model)) {
    const changed = await session.change(statement(act, model));
    if (act.event === "unsubscribed" && changed > 0) await session.change({ text: refusals, params: span });
  }
}
