// The tracking API into the database: what comes in while one part is being committed is committed together behind it.
//
// Messages that are sure to be taken in are written down as they came, and taken in with many others before anybody asks; only
// the others are judged by the database before they are answered.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Inbox } from "../engine/inbox.ts";
import { gathering } from "./gathering.ts";
import { zonesFor } from "./inbox.ts";
import { type IngestMessage, type IngestRow, readMessage } from "./ingest-messages.ts";
import { surenessOf } from "./ingest-sure.ts";
import { jsonText } from "../engine/json-text.ts";
import type { Clock, Session } from "../ports.ts";
import { recentTexts } from "./recent-texts.ts";
import type { IngestAnswer, IngestDoor, IngestFate } from "../serve/ingest.ts";
import { putMessages } from "../store/load/ingest-inbox.ts";
import { dropForgotten, forgetMessages, keepAside, knownAmong, newMessages } from "../store/load/messages.ts";
import { contactTarget, type Refused, rowsOf, takeIn, type TakingIn } from "../store/load/take-in.ts";

/** Requests in one commit, requests that wait, and messages in all of these. */
const mostRequests = 5_000;
const mostWaiting = 20_000;
const mostMessages = 50_000;
const pruneEveryMs = 60 * 60_000;
const rememberedMs = 30 * 24 * 60 * 60_000;
/** So much that came in is taken in, though nobody asks for it; and so much of one contact. */
const fullInbox = 10_000;
const mostRounds = 16;
/** Keys of contacts that are kept in memory, at least. */
const mostKnown = 100_000;

const taken: IngestFate = { kind: "taken" };

/** What is known of who was forgotten: another value from when one more person is. */
export interface Erasure {
  /** As in `TakingIn`. */
  readonly secret: string | null;
}

const nobody: Erasure = { secret: null };

/** What the messages are judged by: the door of a plan and of who was forgotten, until one of them is another. */
interface Judge extends Judging {
  readonly catalog: Plan["catalog"];
  readonly erasure: Erasure;
  zones: readonly string[] | null;
}

export function ingestDoor(
  inbox: Inbox,
  plan: Plan,
  clock: Clock,
  erasureNow: () => Erasure = () => nobody,
): IngestDoor {
  let prunedAt = Number.NEGATIVE_INFINITY;
  let isFirst = true;
  let counted = 0;
  let waiting = 0;
  const judgeNow = judgesOf(inbox, plan, erasureNow);
  // What came together stays together: an event may need the contact that comes behind it.
  const write = async (
    requests: readonly (readonly IngestMessage[])[],
  ): Promise<readonly (readonly IngestFate[])[]> => {
    if (isFirst || inbox.waiting() >= fullInbox) await inbox.takeIn();
    isFirst = false;
    const judge = await judgeNow();
    const messages = requests.flat();
    const { sure, isInOrder } = await judge.judge(messages);
    const work = async (session: Session) => {
      const now = clock.now();
      judge.zones ??= await zonesFor(session, plan);
      const { zones, erasure } = judge;
      const { fates, put } = await takeAll(session, plan, { messages, sure }, { now, zones, secret: erasure.secret });
      inbox.noteWaiting(put);
      if (now - prunedAt >= pruneEveryMs) {
        await forgetMessages(session, now - rememberedMs);
        prunedAt = now;
      }
      return fates;
    };
    const fates = await (isInOrder ? inbox.receive(work) : inbox.database.transaction(work));
    judge.keep(sure);
    let from = 0;
    return requests.map(({ length }) => {
      from += length;
      return fates.slice(from - length, from);
    });
  };
  const gather = gathering({ most: mostRequests, mostWaiting, write });
  const reading = () => ({ catalog: plan.catalog, now: clock.now(), next: () => counted++ });
  return {
    async take(said, type): Promise<IngestAnswer> {
      const messages = said.map((one) => readMessage(one, type, reading()));
      const gathered = waiting + messages.length > mostMessages ? null : gather(messages);
      if (gathered === null) return "crowded";
      waiting += messages.length;
      const fates = await gathered.finally(() => {
        waiting -= messages.length;
      });
      return messages.map(({ id }, index) => ({ id, fate: fates[index] ?? taken }));
    },
  };
}

/** Gives the judge of now: another one where the plan is another, or one more person was forgotten. */
function judgesOf(inbox: Inbox, plan: Plan, erasureNow: () => Erasure): () => Promise<Judge> {
  let last: Judge | null = null;
  return async () => {
    const erasure = erasureNow();
    const { catalog } = plan;
    if (last && last.catalog === catalog && last.erasure === erasure) return last;
    // What waits was judged otherwise, and the new one does not know that it waits.
    if (last) await inbox.takeIn();
    last = { ...judging(inbox, plan, erasure.secret), catalog, erasure, zones: null };
    return last;
  };
}

interface Judged {
  readonly sure: ReadonlySet<IngestMessage>;
  /** Of the contacts of the others nothing waits that would have to come before. */
  readonly isInOrder: boolean;
}

interface Judging {
  judge(messages: readonly IngestMessage[]): Promise<Judged>;
  /** Remembers what was committed. */
  keep(sure: ReadonlySet<IngestMessage>): void;
}

/** Contacts are taken away only by forgetting them, so whoever is known once is known until then. */
function judging(inbox: Inbox, { catalog }: Plan, secret: string | null): Judging {
  const known = recentTexts(mostKnown);
  const { isSure } = surenessOf(catalog);
  /** Commits in which something about a contact waits. */
  const rounds = new Map<string, number>();
  return {
    async judge(messages) {
      if (inbox.waiting() === 0) rounds.clear();
      const told = messages.filter((one) => one.kind === "contact" || one.kind === "event");
      const unknown = [...new Set(told.map(({ key }) => key))].filter((key) => !rounds.has(key) && !known.has(key));
      if (unknown.length > 0)
        for (const key of await inbox.receive((session) => knownAmong(session, unknown))) known.add(key);
      const isKnown = (key: string) => rounds.has(key) || known.has(key);
      const contacts = told.filter(({ kind }) => kind === "contact");
      // Those of one commit are taken in together. Whether somebody was forgotten the database knows.
      const areSure = contacts.every(
        (one) => secret === null && isSure(one, isKnown(one.key)) && (rounds.get(one.key) ?? 0) < mostRounds,
      );
      const added = new Set(areSure ? contacts.map(({ key }) => key) : []);
      const sure = told.filter((one) =>
        one.kind === "contact" ? areSure : isSure(one, isKnown(one.key) || added.has(one.key)),
      );
      const found = new Set<IngestMessage>(sure);
      return { sure: found, isInOrder: told.every((one) => found.has(one) || !rounds.has(one.key)) };
    },
    keep(sure) {
      const keys = new Set([...sure].flatMap((one) => (one.kind === "contact" ? [one.key] : [])));
      for (const key of keys) {
        rounds.set(key, (rounds.get(key) ?? 0) + 1);
        known.add(key);
      }
    },
  };
}

type EventMessage = Extract<IngestMessage, { kind: "event" }>;

function eventsByName(messages: readonly IngestMessage[]): ReadonlyMap<string, readonly EventMessage[]> {
  const found = new Map<string, EventMessage[]>();
  for (const message of messages) {
    if (message.kind !== "event") continue;
    const those = found.get(message.event);
    if (those) those.push(message);
    else found.set(message.event, [message]);
  }
  return found;
}

async function takeAll(
  session: Session,
  plan: Plan,
  { messages, sure }: { readonly messages: readonly IngestMessage[]; readonly sure: ReadonlySet<IngestMessage> },
  moment: TakingIn,
): Promise<{ readonly fates: readonly IngestFate[]; readonly put: number }> {
  const ids = messages.map(({ id }) => id);
  const unseen = new Set(await newMessages(session, ids, moment.now));
  // Of two with one id in the same part the first counts.
  const fresh = messages.filter(({ id }) => unseen.delete(id));
  const json = (row: IngestRow) => jsonText(row);
  const put = fresh.flatMap((message) => {
    if (!sure.has(message) || (message.kind !== "contact" && message.kind !== "event")) return [];
    const { id, name, body, key, row } = message;
    return [{ id, name, body, key, row: json(row), event: message.kind === "event" ? message.event : null }];
  });
  await putMessages(session, put, moment.now);
  const judged = fresh.filter((message) => !sure.has(message));
  const contacts = judged.filter((message) => message.kind === "contact");
  const events = eventsByName(judged);
  const refused: Refused =
    contacts.length + events.size === 0
      ? new Map()
      : await takeIn(
          session,
          plan,
          {
            contacts: contacts.length === 0 ? [] : [rowsOf(contacts.map(({ row }) => json(row)))],
            events: new Map([...events].map(([name, those]) => [name, rowsOf(those.map(({ row }) => json(row)))])),
          },
          moment,
        );
  const fates = new Map<string, IngestFate>();
  const note = (target: string, those: readonly IngestMessage[]) => {
    for (const [place, reason] of refused.get(target) ?? []) {
      const message = those[place];
      if (message) fates.set(message.id, { kind: "refused", reason });
    }
  };
  note(contactTarget, contacts);
  for (const [name, those] of events) note(name, those);
  for (const message of fresh) {
    if (message.kind === "wrong") fates.set(message.id, { kind: "refused", reason: message.reason });
    if (message.kind === "strange") fates.set(message.id, { kind: "aside", reason: message.reason });
  }
  const kept = fresh.flatMap(({ id, name, body }) => {
    const fate = fates.get(id);
    return fate && fate.kind !== "taken" ? [{ id, name, body, reason: fate.reason }] : [];
  });
  await keepAside(session, { kept, taken: fresh.flatMap(({ id }) => (fates.has(id) ? [] : [id])) }, moment.now);
  if (moment.secret !== null && kept.length > 0) await dropForgotten(session, moment.secret);
  return { fates: messages.map(({ id }) => fates.get(id) ?? taken), put: put.length };
}
