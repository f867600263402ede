// The messages that came over HTTP, by their ids: which came before, and which could not be taken in and are kept as they came.

import type { Instant, Session } from "../../ports.ts";
import type { Aside } from "../../snapshot.ts";
import { statement } from "../schema.ts";
import { binder } from "./binder.ts";
import { mostLookedUp } from "./known.ts";
import { digestSql } from "../tombstones.ts";

export interface KeptAside {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  readonly body: string;
}

/** What was told in one part, by what became of it. */
export interface Sorted {
  readonly kept: readonly KeptAside[];
  /** Ids. */
  readonly taken: readonly string[];
}

/**
 * Nothing that somebody sent is lost: what cannot be taken in is kept as it came. It may come again, mended, by the same id,
 * and what is taken in at last is kept aside no longer.
 */
export async function keepAside(session: Session, { kept, taken }: Sorted, now: Instant): Promise<void> {
  const ids = (values: readonly string[]) => ({ kind: "texts" as const, value: values });
  if ((await session.run(statement("SELECT 1 FROM ingest_aside LIMIT 1"))).length > 0) {
    await session.change({
      text: "DELETE FROM ingest_aside USING (SELECT unnest($ids) AS id) AS t WHERE ingest_aside.message_id = t.id",
      params: { ids: ids(taken) },
    });
  }
  if (kept.length === 0) return;
  const texts = (of: (one: KeptAside) => string) => ids(kept.map(of));
  await session.change({
    text: "DELETE FROM ingest_message USING (SELECT unnest($ids) AS id) AS t WHERE ingest_message.message_id = t.id",
    params: { ids: texts(({ id }) => id) },
  });
  await session.change({
    text: `INSERT INTO ingest_aside (message_id, name, reason, body, received_at)
      SELECT a.id, a.name, a.reason, a.body, $now
      FROM (SELECT unnest($ids) AS id, unnest($names) AS name, unnest($reasons) AS reason, unnest($bodies) AS body) AS a
      ON CONFLICT DO UPDATE SET name = excluded.name, reason = excluded.reason, body = excluded.body`,
    params: {
      ids: texts(({ id }) => id),
      names: texts(({ name }) => name),
      reasons: texts(({ reason }) => reason),
      bodies: texts(({ body }) => body),
      now: { kind: "instant", value: now },
    },
  });
}

/** What forgotten people are told to have done is no more kept aside than it is taken in. `secret`: as in `TakingIn`. */
export async function dropForgotten(session: Session, secret: string): Promise<void> {
  const { of, params } = digestSql(secret);
  const known = (kind: "key" | "address", path: string) =>
    `coalesce(${of(kind, `json_extract_string(a.body, '${path}')`)} IN (SELECT digest FROM tombstone), false)`;
  const places = ["$.traits.email", "$.context.traits.email", "$.properties.email"];
  const asked = [known("key", "$.userId"), ...places.map((path) => known("address", path))];
  await session.change({
    text: `DELETE FROM ingest_aside USING (SELECT a.message_id FROM ingest_aside AS a WHERE ${asked.join(" OR ")}) AS f
      WHERE ingest_aside.message_id = f.message_id`,
    params,
  });
}

/** @returns the ids that did not come before. */
export async function newMessages(
  session: Session,
  ids: readonly string[],
  now: Instant,
): Promise<ReadonlySet<string>> {
  const rows = await session.run({
    text: `INSERT INTO ingest_message (message_id, received_at)
      SELECT DISTINCT m.id, $now FROM (SELECT unnest($ids) AS id) AS m ON CONFLICT DO NOTHING RETURNING message_id`,
    params: { ids: { kind: "texts", value: ids }, now: { kind: "instant", value: now } },
  });
  return new Set(rows.map((row) => String(row.message_id)));
}

/** Which of the keys contacts have. */
export async function knownAmong(session: Session, keys: readonly string[]): Promise<readonly string[]> {
  const values = binder();
  // The index is asked for a few; with more the whole table is read sooner.
  const test =
    keys.length <= mostLookedUp
      ? `contact_id IN (${keys.map(values.text).join(", ")})`
      : `contact_id IN (SELECT unnest(${values.texts(keys)}))`;
  const rows = await session.run(values.sql(`SELECT contact_id FROM contact WHERE ${test}`));
  return rows.map((row) => String(row.contact_id));
}

/** Ids so old that nobody sends them again. */
export async function forgetMessages(session: Session, before: Instant): Promise<void> {
  await session.change({
    text: "DELETE FROM ingest_message WHERE received_at < $before",
    params: { before: { kind: "instant", value: before } },
  });
}

export async function asideView(session: Session): Promise<readonly Aside[]> {
  const rows = await session.run(
    statement(`SELECT name, reason, count(*) AS messages, max(received_at) AS last FROM ingest_aside
      GROUP BY name, reason ORDER BY messages DESC, name, reason`),
  );
  return rows.map((row) => ({
    name: String(row.name),
    reason: String(row.reason),
    messages: Number(row.messages),
    last: Number(row.last),
  }));
}
