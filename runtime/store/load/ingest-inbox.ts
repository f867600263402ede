// Messages of the tracking API that are sure to be taken in: written down as they came, and taken in with many others at once.

import type { Plan } from "../../../compiler/ir/plan.ts";
import { jsonText } from "../../engine/json-text.ts";
import type { Instant, Session } from "../../ports.ts";
import { statement } from "../schema.ts";
import { keepAside } from "./messages.ts";
import { contactTarget, type Rows, type TakingIn, takeIn } from "./take-in.ts";

export interface WaitingMessage {
  readonly id: string;
  readonly name: string;
  /** As it came. */
  readonly body: string;
  /** null: it tells of the contact itself. */
  readonly event: string | null;
  /** Of the contact. */
  readonly key: string;
  /** JSON, as for `takeIn`. */
  readonly row: string;
}

const shape = `[{"id":"VARCHAR","name":"VARCHAR","body":"VARCHAR","event":"VARCHAR","key":"VARCHAR","row":"VARCHAR"}]`;

export async function putMessages(session: Session, messages: readonly WaitingMessage[], now: Instant): Promise<void> {
  if (messages.length === 0) return;
  await session.change({
    text: "INSERT INTO ingest_inbox SELECT coalesce(max(place), 0) + 1, $now, $told FROM ingest_inbox",
    params: { now: { kind: "instant", value: now }, told: { kind: "text", value: jsonText(messages) } },
  });
}

/** What is said of one contact in several commits counts in its order: the rounds come one behind the other. */
const told = `CREATE OR REPLACE TEMP TABLE ingest_told AS
  SELECT m.one.id AS id, m.one.name AS name, m.one.body AS body, m.one.event AS event, m.one."row" AS said, m.received_at,
    row_number() OVER (ORDER BY m.place, m.turn) - 1 AS line,
    dense_rank() OVER (PARTITION BY m.one.event IS NULL, m.one.key ORDER BY m.place) AS round
  FROM (
    SELECT l.place, l.received_at, unnest(l.list) AS one, unnest(range(len(l.list))) AS turn
    FROM (SELECT i.place, i.received_at, from_json(i.told, '${shape}') AS list FROM ingest_inbox AS i) AS l
  ) AS m`;

const toldRows = (test: Rows["relation"]): Rows => ({
  relation: (binder) => `(SELECT said AS c0, line, received_at FROM ingest_told WHERE ${test(binder)})`,
  received: "received_at",
});

/** Takes in all that waits; what the project has no place for any more is kept aside. */
export async function takeMessagesIn(session: Session, plan: Plan, moment: TakingIn): Promise<void> {
  await session.change(statement(told));
  const kinds = await session.run(
    statement("SELECT event, max(round) AS rounds FROM ingest_told GROUP BY event ORDER BY event"),
  );
  const rounds = Number(kinds.find(({ event }) => event === null)?.rounds ?? 0);
  const names = kinds.flatMap(({ event }) => (event === null ? [] : [String(event)]));
  const known = names.filter((name) => plan.catalog.events.some((event) => event.name === name));
  const refused = await takeIn(
    session,
    plan,
    {
      contacts: Array.from({ length: rounds }, (_, index) => toldRows(() => `event IS NULL AND round = ${index + 1}`)),
      events: new Map(known.map((name) => [name, toldRows((binder) => `event = ${binder.text(name)}`)])),
    },
    moment,
  );
  const reasons = [contactTarget, ...known].flatMap((target) => [...(refused.get(target) ?? [])]);
  await keepRefused(session, reasons, moment.now);
  for (const name of names.filter((one) => !known.includes(one))) {
    const lines = await session.run({
      text: "SELECT line FROM ingest_told WHERE event = $name",
      params: { name: { kind: "text", value: name } },
    });
    const reason = `the project has no event \`${name}\``;
    await keepRefused(
      session,
      lines.map(({ line }) => [Number(line), reason]),
      moment.now,
    );
  }
  await session.change(statement("DELETE FROM ingest_inbox"));
}

/** `reasons`: by the lines of what is told. */
async function keepRefused(
  session: Session,
  reasons: readonly (readonly [line: number, reason: string])[],
  now: Instant,
): Promise<void> {
  if (reasons.length === 0) return;
  const rows = await session.run({
    text: `SELECT m.line, m.id, m.name, m.body FROM ingest_told AS m
      SEMI JOIN (SELECT CAST(unnest($lines) AS BIGINT) AS line) AS r ON r.line = m.line`,
    params: { lines: { kind: "texts", value: reasons.map(([line]) => String(line)) } },
  });
  const reasonOf = new Map(reasons);
  const kept = rows.map(({ line, id, name, body }) => ({
    id: String(id),
    name: String(name),
    body: String(body),
    reason: reasonOf.get(Number(line)) ?? "",
  }));
  await keepAside(session, { kept, taken: [] }, now);
}
