// What the provider knows and nobody told us: asked for now and then, so that a webhook that was lost is no loss.

import { Bug } from "../../grammar/unreachable.ts";
import { Failed } from "../failures/failures.ts";
import type { Database, Instant, Listed, Mailer, ProviderRecords } from "../ports.ts";
import type { Engine } from "./engine.ts";
import { takeFeedback } from "./feedback.ts";
import { takeListed } from "./listed.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const askEveryMs = 15 * minuteMs;
const listEveryMs = 60 * minuteMs;
/** Its logs show an event only some time behind it. */
const overlapMs = 30 * minuteMs;
/** How far back it is asked the first time, and at the most. */
const firstMs = dayMs;
const longestMs = 30 * dayMs;

export interface ProviderRequest {
  readonly engine: Engine;
  readonly mailer: Mailer;
  readonly now: Instant;
}

/**
 * Takes in what the provider tells, and brings its lists and ours together, where that is due. A provider that cannot be
 * asked is written down, and asked again later.
 */
export async function catchUp({ engine, mailer: { records }, now }: ProviderRequest): Promise<void> {
  const { database } = engine;
  if (!records) return;
  const state = await readState(database);
  if (state.askedAt !== null && now < state.askedAt + askEveryMs) return;
  try {
    await takeTold(engine, records, sinceOf(state, now), now);
    await write(database, "told_until", now);
    if (state.listedAt === null || now >= state.listedAt + listEveryMs) {
      await bringTogether(engine, records, now);
      await write(database, "listed_at", now);
    }
    await database.change({ text: "UPDATE provider_state SET failed_since = NULL, reason = NULL", params: {} });
  } catch (error) {
    if (error instanceof Failed || error instanceof Bug) throw error;
    await database.change({
      text: "UPDATE provider_state SET failed_since = coalesce(failed_since, $now), reason = $reason",
      params: {
        now: { kind: "instant", value: now },
        reason: { kind: "text", value: error instanceof Error ? error.message : String(error) },
      },
    });
  }
  await write(database, "asked_at", now);
}

interface ProviderState {
  readonly askedAt: Instant | null;
  readonly toldUntil: Instant | null;
  readonly listedAt: Instant | null;
}

async function readState(database: Database): Promise<ProviderState> {
  const [row] = await database.run({ text: "SELECT asked_at, told_until, listed_at FROM provider_state", params: {} });
  if (!row) await database.change({ text: "INSERT INTO provider_state (only_row) VALUES (1)", params: {} });
  const instant = (name: string) => (row?.[name] == null ? null : Number(row[name]));
  return { askedAt: instant("asked_at"), toldUntil: instant("told_until"), listedAt: instant("listed_at") };
}

async function write(database: Database, column: "asked_at" | "told_until" | "listed_at", now: Instant): Promise<void> {
  await database.change({
    text: `UPDATE provider_state SET ${column} = $now`,
    params: { now: { kind: "instant", value: now } },
  });
}

const sinceOf = ({ toldUntil }: ProviderState, now: Instant): Instant =>
  Math.max(now - longestMs, toldUntil === null ? now - firstMs : Math.min(toldUntil, now) - overlapMs);

async function takeTold(
  { database, plan }: Engine,
  records: ProviderRecords,
  since: Instant,
  now: Instant,
): Promise<void> {
  for await (const told of records.told(since)) {
    if (told.length > 0) await database.transaction((session) => takeFeedback(session, plan, told, now));
  }
}

/** Its lists are a second safety net only: what is suppressed or refused here is not sent in the first place. */
async function bringTogether({ database, plan }: Engine, records: ProviderRecords, now: Instant): Promise<void> {
  const listed: Listed[] = [];
  for await (const part of records.listed()) listed.push(...part);
  const { missing, agreed } = await database.transaction((session) => takeListed(session, plan, listed, now));
  if (missing.length > 0) await records.list(missing);
  if (agreed.length > 0) await records.unlist(agreed);
}
