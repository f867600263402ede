// The tracking API into the database: what comes in while one part is being committed is committed together behind it.

import type { Plan } from "../compiler/ir/plan.ts";
import { gathering } from "./gathering.ts";
import { type IngestMessage, type IngestRow, readMessage } from "./ingest-messages.ts";
import type { Clock, Database, Session } from "./ports.ts";
import type { IngestAnswer, IngestDoor, IngestFate } from "./serve/ingest.ts";
import {
  contactTarget,
  dropForgotten,
  forgetMessages,
  keepAside,
  newMessages,
  type Refused,
  takeIn,
  type TakingIn,
  zoneNames,
} from "./store/load/take-in.ts";

/** Requests in one commit, requests that wait, and messages in all of these. */
const mostRequests = 5_000;
const mostWaiting = 20_000;
const mostMessages = 50_000;
const pruneEveryMs = 60 * 60_000;
const rememberedMs = 30 * 24 * 60 * 60_000;

const taken: IngestFate = { kind: "taken" };

/** `secret`: as in `TakingIn`; nobody is forgotten while an engine runs. */
export function ingestDoor(database: Database, plan: Plan, clock: Clock, secret: string | null = null): IngestDoor {
  let prunedAt = Number.NEGATIVE_INFINITY;
  let zones: readonly string[] | null = plan.catalog.contact.fields.some(({ type }) => type.scalar.kind === "timezone")
    ? null
    : [];
  let counted = 0;
  let waiting = 0;
  // What came together stays together: an event may need the contact that comes behind it.
  const write = (requests: readonly (readonly IngestMessage[])[]): Promise<readonly (readonly IngestFate[])[]> =>
    database.transaction(async (session) => {
      const now = clock.now();
      zones ??= await zoneNames(session);
      const fates = await takeAll(session, plan, requests.flat(), { now, zones, secret });
      if (now - prunedAt >= pruneEveryMs) {
        await forgetMessages(session, now - rememberedMs);
        prunedAt = now;
      }
      let from = 0;
      return requests.map(({ length }) => {
        from += length;
        return fates.slice(from - length, from);
      });
    });
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
  messages: readonly IngestMessage[],
  moment: TakingIn,
): Promise<readonly IngestFate[]> {
  const ids = messages.map(({ id }) => id);
  const unseen = new Set(await newMessages(session, ids, moment.now));
  // Of two with one id in the same part the first counts.
  const fresh = messages.filter(({ id }) => unseen.delete(id));
  const contacts = fresh.filter((message) => message.kind === "contact");
  const events = eventsByName(fresh);
  const json = (row: IngestRow) => JSON.stringify(row);
  const refused: Refused =
    contacts.length + events.size === 0
      ? new Map()
      : await takeIn(
          session,
          plan,
          {
            contacts: contacts.map(({ row }) => json(row)),
            events: new Map([...events].map(([name, those]) => [name, those.map(({ row }) => json(row))])),
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
  return messages.map(({ id }) => fates.get(id) ?? taken);
}
