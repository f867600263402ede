// The pages and webhooks of an open engine: binds what is asked over HTTP to the database.

import type { Plan } from "../compiler/ir/plan.ts";
import type { OpenRequest } from "./cadenza.ts";
import type { Inbox } from "./engine/inbox.ts";
import { choose, refuse, type Wisher, type Wishes, wisherAt, wishesOf } from "./engine/wishes.ts";
import { failure } from "./failures/failures.ts";
import { parseSender } from "./mail/headers.ts";
import type { Links } from "./mail/links.ts";
import { readToken } from "./mail/unsubscribe.ts";
import type { Clock, Database, Result, Session } from "./ports.ts";
import type { Served, ServeRequest } from "./served.ts";
import { type Erasure, ingestDoor } from "./ingest/ingest.ts";
import { ingestRoom, isIngestPath, mostIngestBytes } from "./serve/ingest.ts";
import { startServer } from "./serve/server.ts";
import { webhookRoom } from "./serve/webhooks.ts";
import { type Holder, type WishesDoor, wishesRoom } from "./serve/wishes-pages.ts";
import { erasedSecretIn, erasedSize, forgottenIn } from "./store/tombstones.ts";
import { webhookDoor } from "./ingest/webhooks.ts";

const loopback = "127.0.0.1";

/** F450 where the port cannot be had, F451 where nothing says how links are signed. */
export async function serve(
  inbox: Inbox,
  { plan, database: place, links = null }: OpenRequest,
  clock: Clock,
  { port, host = loopback, webhooks, writeKeys = [], onBug = () => undefined }: ServeRequest,
): Promise<Result<Served>> {
  if (links === null) return { ok: false, failure: failure("F451", {}) };
  const isForgotten = forgottenIn(place);
  const started = await startServer({
    host,
    port,
    prefix: new URL(links.url).pathname.replace(/\/+$/, ""),
    rooms: [
      wishesRoom(wishesDoor(inbox.database, plan, { links, clock, isForgotten })),
      ...(webhooks ? [webhookRoom("/webhooks/mailgun", webhookDoor(inbox, webhooks, clock, isForgotten))] : []),
      ...(writeKeys.length > 0 ? [ingestRoom(writeKeys, ingestDoor(inbox, plan, clock, erasureIn(place)))] : []),
    ],
    mostBytes: (path) => (isIngestPath(path) ? mostIngestBytes : null),
    onBug,
  });
  if (!started.ok) return started;
  const { port: taken, close } = started.value;
  return { ok: true, value: { url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`, close } };
}

/** Reads the file of who was forgotten only when it has grown. */
function erasureIn(place: OpenRequest["database"]): () => Erasure {
  let read: (Erasure & { readonly size: number }) | null = null;
  return () => {
    const size = erasedSize(place);
    if (read?.size !== size) read = { size, secret: erasedSecretIn(place) };
    return read;
  };
}

function senderOf({ project }: Plan): string {
  const sender = project.sender === null ? null : parseSender(project.sender);
  return sender?.name ?? sender?.address ?? project.name;
}

interface Wishing {
  readonly links: Links;
  readonly clock: Clock;
  /** Whoever was forgotten gets no mail, and what they wish is written down nowhere. */
  readonly isForgotten: (address: string) => boolean;
}

function wishesDoor(database: Database, plan: Plan, { links: { secret }, clock, isForgotten }: Wishing): WishesDoor {
  const wishes = async (holder: Holder): Promise<Wishes> =>
    wishesOf(database, plan, await wisherAt(database, holder, clock.now()));
  const said = (holder: Holder, say: (session: Session, wisher: Wisher) => Promise<void>): Promise<Wishes> => {
    if (isForgotten(holder.address)) return wishes(holder);
    return database.transaction(async (session) => {
      const wisher = await wisherAt(session, holder, clock.now());
      await say(session, wisher);
      // A consent that takes back a refusal of this very moment is one millisecond younger.
      return wishesOf(session, plan, { address: holder.address, at: wisher.at + 1 });
    });
  };
  return {
    get sender() {
      return senderOf(plan);
    },
    holder: (token) => readToken(secret, token),
    wishes,
    refuse: (holder, topic) => said(holder, (session, wisher) => refuse(session, plan, topic, wisher)),
    choose: (holder, topics) => said(holder, (session, wisher) => choose(session, plan, topics, wisher)),
  };
}
