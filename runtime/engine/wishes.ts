// What the owner of an address wants to get, as a mail's link lets them say it: read, refused, and chosen anew.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Param } from "../../compiler/sql/sql.ts";
import { columnOf, quote } from "../../compiler/sql/tables.ts";
import type { Instant, Session } from "../ports.ts";

export interface Wishes {
  /** All mail is refused, and nothing was agreed to since. */
  readonly isAllRefused: boolean;
  readonly topics: readonly { readonly name: string; readonly title: string; readonly isWanted: boolean }[];
}

/** Whose wish it is, and when it is said. `address` in small letters, without outer space. */
export interface Wisher {
  readonly address: string;
  readonly at: Instant;
  /** Id of the mail whose link was followed; null where that is not known. */
  readonly mail: string | null;
}

interface Word {
  readonly isAgreed: boolean;
  readonly at: Instant;
}
/** The newest word on each topic; of two at one time the refusal. */
type Words = ReadonlyMap<string, Word>;

const allMail = "*";
const text = (value: string | null): Param => ({ kind: "text", value });
const instant = (value: Instant): Param => ({ kind: "instant", value });

const chosenHere = "preferences page";

/** Time never runs back for an engine: nobody says a word before its last tick, or before what they chose here last. */
export async function wisherAt(session: Session, { address, mail }: Omit<Wisher, "at">, now: Instant): Promise<Wisher> {
  const [row] = await session.run({
    text: `SELECT max(w."at") AS "at" FROM (
        SELECT last_tick AS "at" FROM engine_state
        UNION ALL SELECT "at" FROM consent WHERE address = $address AND source = $source
      ) AS w`,
    params: { address: text(address), source: text(chosenHere) },
  });
  return { address, mail, at: Math.max(now, Number(row?.at ?? now)) };
}

async function wordsOf(session: Session, { address, at }: Omit<Wisher, "mail">): Promise<Words> {
  const rows = await session.run({
    text: `SELECT topic, arg_max(state, ("at", NOT state)) AS state, max("at") AS "at" FROM consent
      WHERE address = $address AND "at" <= $at GROUP BY topic`,
    params: { address: text(address), at: instant(at) },
  });
  return new Map(rows.map((row) => [String(row.topic), { isAgreed: row.state === true, at: Number(row.at) }]));
}

/** A word on all mail is one on each topic: the newest of both counts. */
function newest(words: Words, topic: string): Word | null {
  const [own, all] = [words.get(topic) ?? null, words.get(allMail) ?? null];
  if (own === null || all === null) return own ?? all;
  if (own.at !== all.at) return own.at > all.at ? own : all;
  return own.isAgreed ? all : own;
}

function isAllRefused(words: Words): boolean {
  const all = words.get(allMail);
  return all?.isAgreed === false && ![...words.values()].some(({ isAgreed, at }) => isAgreed && at > all.at);
}

function wishesFrom(words: Words, { catalog }: Plan): Wishes {
  const topics = catalog.topics.map(({ name, title, consent }) => {
    return { name, title, isWanted: newest(words, name)?.isAgreed ?? consent === "opt out" };
  });
  return { isAllRefused: isAllRefused(words), topics };
}

export async function wishesOf(session: Session, plan: Plan, wisher: Omit<Wisher, "mail">): Promise<Wishes> {
  return wishesFrom(await wordsOf(session, wisher), plan);
}

/** The topic that the project has by that name; all mail where it has none. */
function declaredTopic({ catalog }: Plan, topic: string | null): string {
  return catalog.topics.find(({ name }) => name.toLowerCase() === topic?.toLowerCase())?.name ?? allMail;
}

/** Refuses a topic, or all mail. What is refused already is not said again. */
export async function refuse(session: Session, plan: Plan, topic: string | null, wisher: Wisher): Promise<void> {
  const words = await wordsOf(session, wisher);
  const asked = declaredTopic(plan, topic);
  const isKnown =
    asked === allMail
      ? isAllRefused(words)
      : newest(words, asked)?.isAgreed === false && words.get(asked)?.isAgreed === false;
  if (isKnown) return;
  await write(session, wisher, { topic: asked, isAgreed: false, source: "unsubscribe page" });
  await writeEvents(session, plan, asked, wisher);
}

/** Takes the chosen topics and no others. Only what changes is written. */
export async function choose(session: Session, plan: Plan, chosen: ReadonlySet<string>, wisher: Wisher): Promise<void> {
  const { at } = wisher;
  const words = await wordsOf(session, wisher);
  for (const { name, isWanted } of wishesFrom(words, plan).topics) {
    if (chosen.has(name) === isWanted) continue;
    const said = { topic: name, isAgreed: !isWanted, source: chosenHere };
    // Of two words at one time the refusal counts, so consent comes behind what it takes back.
    const refusedAt = newest(words, name)?.at ?? at - 1;
    await write(session, { ...wisher, at: isWanted ? at : Math.max(at, refusedAt + 1) }, said);
    if (isWanted) await writeEvents(session, plan, name, wisher);
  }
}

interface Said {
  readonly topic: string;
  readonly isAgreed: boolean;
  readonly source: string;
}

async function write(session: Session, { address, at }: Wisher, { topic, isAgreed, source }: Said): Promise<void> {
  await session.change({
    text: `INSERT INTO consent (address, topic, state, "at", source) VALUES ($address, $topic, $state, $at, $source)`,
    params: {
      address: text(address),
      topic: text(topic),
      state: { kind: "boolean", value: isAgreed },
      at: instant(at),
      source: text(source),
    },
  });
}

/**
 * A refusal belongs to the address, so everybody who has it has unsubscribed; the mail is that of one of them. The next tick meets
 * the events.
 */
async function writeEvents(
  session: Session,
  { catalog }: Plan,
  topic: string,
  { address, at, mail }: Wisher,
): Promise<void> {
  const { address: field, key } = catalog.contact;
  const column = quote(columnOf({ name: field, isKey: field === key }, "contact"));
  await session.change({
    text: `INSERT INTO event_unsubscribed
        (contact_id, occurred_at, received_at, event_id, batch, "message", "email", "topic", "program", "variant", "machine")
      SELECT c.contact_id, $at, $at, concat('unsubscribed:', $topic, ':', epoch_ms($at), ':', c.contact_id),
        coalesce((SELECT last_batch + 1 FROM engine_state), 1), o.send_id, o.email, nullif($topic, '${allMail}'), o.program,
        o.variant, false
      FROM contact AS c LEFT JOIN outbox AS o ON o.contact_id = c.contact_id AND o.send_id = $mail
      WHERE lower(trim(c.${column})) = $address ORDER BY c.contact_id`,
    params: { address: text(address), at: instant(at), topic: text(topic), mail: text(mail) },
  });
}
