// The inbox of an open project: what providers tell, and what the tracking API was told, taken in before anybody asks.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { OpenRequest } from "../cadenza.ts";
import { type Inbox, inboxOf } from "../engine/inbox.ts";
import type { Clock, Database, Session } from "../ports.ts";

/** `database` of a request: where the tombstones lie. */
export function inboxFor(
  database: Database,
  { plan, database: place }: Pick<OpenRequest, "plan" | "database">,
  clock: Clock,
): Inbox {
  return inboxOf(database, plan, [
    { table: "ingest_inbox", takeIn: (session) => takeMessagesIn(session, { plan, database: place }, clock) },
  ]);
}

async function takeMessagesIn(
  session: Session,
  { plan, database: place }: Pick<OpenRequest, "plan" | "database">,
  clock: Clock,
): Promise<void> {
  const { takeMessagesIn: takeIn } = await import("../store/load/ingest-inbox.ts");
  const { erasedSecretIn } = await import("../store/tombstones.ts");
  await takeIn(session, plan, {
    now: clock.now(),
    zones: await zonesFor(session, plan),
    secret: erasedSecretIn(place),
  });
}

/** The names of zones that contacts may have; none where they have no zone. */
export async function zonesFor(session: Session, { catalog }: Plan): Promise<readonly string[]> {
  if (!catalog.contact.fields.some(({ type }) => type.scalar.kind === "timezone")) return [];
  const { zoneNames } = await import("../store/load/take-in.ts");
  return zoneNames(session);
}
