// What people keep by hand: who is in a list, and what an address agreed to or refused.

import type { Plan } from "../compiler/ir/plan.ts";
import { nearest } from "../compiler/similar.ts";
import type { Param } from "../compiler/sql/sql.ts";
import { columnOf, quote } from "../compiler/sql/tables.ts";
import type { Cadenza } from "./cadenza.ts";
import { caught } from "./caught.ts";
import { Failed, failure } from "./failures/failures.ts";
import type { ConsentRequest, ConsentView, ListChange, ListChanged, ListView } from "./kept.ts";
import type { Clock, Database, Instant, Result, Row, Session } from "./ports.ts";

const text = (value: string): Param => ({ kind: "text", value });
const instant = (value: Instant): Param => ({ kind: "instant", value });

/** More would hide the message. */
const mostNamed = 5;

/** The declared name, whatever the letter case that was asked for. */
function declared(
  kind: "list" | "topic",
  entries: readonly { readonly name: string }[],
  asked: string,
): Result<string> {
  const found = entries.find(({ name }) => name.toLowerCase() === asked.toLowerCase());
  if (found) return { ok: true, value: found.name };
  const near = nearest(
    asked,
    entries.map(({ name }) => name),
  );
  return { ok: false, failure: failure("F117", { kind, name: asked, near }) };
}

/** All contacts or none: of a list of keys, one that is wrong says that the list may be. */
async function refuseStrangers(session: Session, keys: readonly string[]): Promise<void> {
  const rows = await session.run({
    text: `SELECT k.key, count(*) OVER () AS n FROM (SELECT unnest($keys) AS key) AS k
      ANTI JOIN contact AS c ON c.contact_id = k.key ORDER BY k.key LIMIT ${mostNamed}`,
    params: { keys: { kind: "texts", value: keys } },
  });
  if (rows.length === 0) return;
  const unknown = { keys: rows.map(({ key }) => String(key)), count: Number(rows[0]?.n) };
  throw new Failed(failure("F171", unknown));
}

/** Who is in the list already stays with the earlier time: an addition by a file that lies in the future does not count yet. */
function add(session: Session, list: string, keys: readonly string[], { by, at }: { by: string; at: Instant }) {
  return session.change({
    text: `INSERT INTO list_member (list, contact_id, added_at, source)
      SELECT $list, k.key, $at, $source FROM (SELECT unnest($keys) AS key) AS k ORDER BY k.key
      ON CONFLICT DO UPDATE SET added_at = excluded.added_at, source = excluded.source
        WHERE excluded.added_at < list_member.added_at`,
    params: { list: text(list), keys: { kind: "texts", value: keys }, at: instant(at), source: text(`by ${by}`) },
  });
}

function remove(session: Session, list: string, keys: readonly string[]) {
  return session.change({
    text: `DELETE FROM list_member WHERE list = $list AND contact_id IN (SELECT unnest($keys))`,
    params: { list: text(list), keys: { kind: "texts", value: keys } },
  });
}

function changed(session: Session, list: string, change: ListChange, at: Instant): Promise<number> {
  if (change.kind === "clear")
    return session.change({ text: "DELETE FROM list_member WHERE list = $list", params: { list: text(list) } });
  const keys = [...new Set(change.contacts)];
  return change.kind === "remove" ? remove(session, list, keys) : add(session, list, keys, { by: change.by, at });
}

async function keepList(database: Database, plan: Plan, change: ListChange, at: Instant): Promise<Result<ListChanged>> {
  const list = declared("list", plan.catalog.lists, change.list);
  if (!list.ok) return list;
  const value = await database.transaction(async (session) => {
    const named = change.kind === "clear" ? [] : [...new Set(change.contacts)];
    if (named.length > 0) await refuseStrangers(session, named);
    const count = await changed(session, list.value, change, at);
    const [row] = await session.run({
      text: "SELECT count(*) AS n FROM list_member WHERE list = $list AND added_at <= $at",
      params: { list: text(list.value), at: instant(at) },
    });
    const unchanged = change.kind === "clear" ? 0 : named.length - count;
    return { list: list.value, changed: count, unchanged, members: Number(row?.n ?? 0) };
  });
  return { ok: true, value };
}

async function listView(database: Database, plan: Plan, asked: string, at: Instant): Promise<Result<ListView>> {
  const list = declared("list", plan.catalog.lists, asked);
  if (!list.ok) return list;
  const rows = await database.run({
    text: `SELECT contact_id, added_at, source FROM list_member WHERE list = $list AND added_at <= $at
      ORDER BY contact_id`,
    params: { list: text(list.value), at: instant(at) },
  });
  const members = rows.map((row) => ({
    key: String(row.contact_id),
    since: Number(row.added_at),
    source: String(row.source),
  }));
  return { ok: true, value: { list: list.value, count: members.length, members } };
}

/** The contact's address and how many contacts have it. */
async function addressOf(session: Session, { catalog }: Plan, key: string) {
  const field = { name: catalog.contact.address, isKey: catalog.contact.address === catalog.contact.key };
  const address = `nullif(lower(trim(${quote(columnOf(field, "contact"))})), '')`;
  const [row] = await session.run({
    text: `SELECT a.address, (SELECT count(*) FROM contact WHERE ${address} IN (
        SELECT ${address} FROM contact WHERE contact_id = $key)) AS contacts
      FROM (SELECT ${address} AS address FROM contact WHERE contact_id = $key) AS a`,
    params: { key: text(key) },
  });
  if (!row) throw new Failed(failure("F118", { key }));
  if (typeof row.address !== "string") throw new Failed(failure("F173", { key }));
  return { address: row.address, contacts: Number(row.contacts) };
}

/** The latest word on the topic or on all mail, and the latest on the topic alone. */
async function wordsOn(session: Session, address: string, topic: string) {
  const rows = await session.run({
    text: `SELECT topic, state, "at", source FROM consent WHERE address = $address AND topic IN ($topic, '*')
      ORDER BY "at" DESC, state, topic, source`,
    params: { address: text(address), topic: text(topic) },
  });
  return { holds: rows[0] ?? null, own: rows.find((row) => row.topic === topic) ?? null };
}

const says = (row: Row | null, isAgreed: boolean): boolean => row?.state === isAgreed;

async function consent(
  session: Session,
  plan: Plan,
  topic: string,
  { contact, isAgreed, by, at }: ConsentRequest & { at: Instant },
): Promise<ConsentView> {
  const { address, contacts } = await addressOf(session, plan, contact);
  const before = await wordsOn(session, address, topic);
  const isNew = !says(before.holds, isAgreed) || !says(before.own, isAgreed);
  const written = isNew
    ? await session.change({
        text: `INSERT INTO consent (address, topic, state, "at", source)
          SELECT $address, $topic, $state, $at, $source WHERE NOT EXISTS (
            SELECT 1 FROM consent WHERE address = $address AND topic = $topic AND state = $state AND "at" = $at)`,
        params: {
          address: text(address),
          topic: text(topic),
          state: { kind: "boolean", value: isAgreed },
          at: instant(at),
          source: text(`by ${by}`),
        },
      })
    : 0;
  const { holds } = await wordsOn(session, address, topic);
  const [suppressed] = await session.run({
    text: `SELECT reason FROM suppression WHERE address = $address ORDER BY "at", reason LIMIT 1`,
    params: { address: text(address) },
  });
  return {
    ...{ topic, address, contacts, isNew: written > 0 },
    holds: {
      isAgreed: holds?.state === true,
      at: Number(holds?.at),
      source: String(holds?.source),
      ofAllMail: holds?.topic === "*",
    },
    suppressed: typeof suppressed?.reason === "string" ? suppressed.reason : null,
  };
}

type Keeping = Pick<Cadenza, "keepList" | "list" | "consent">;

export function keeping(database: Database, plan: Plan, clock: Clock): Keeping {
  return {
    keepList: (change) => caught(() => keepList(database, plan, change, change.at ?? clock.now())),
    list: (name, at = clock.now()) => caught(() => listView(database, plan, name, at)),
    consent: (request) =>
      caught(async () => {
        const topic = declared("topic", plan.catalog.topics, request.topic);
        if (!topic.ok) return topic;
        const told = { ...request, at: request.at ?? clock.now() };
        const value = await database.transaction((session) => consent(session, plan, topic.value, told));
        return { ok: true, value };
      }),
  };
}
