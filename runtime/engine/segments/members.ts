// What is asked of the stored membership: it is brought up to the instant first, so that no answer is stale.

import { calendarOf } from "../../../compiler/calendar.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import { printBit } from "../../../compiler/sql/bits.ts";
import { rulesOf } from "../../../compiler/sql/rules.ts";
import { Bug } from "../../../grammar/unreachable.ts";
import type { Database, Instant, Session } from "../../ports.ts";
import { instant, printed } from "../engine.ts";
import { type Refreshed, refreshFrom } from "./refresh.ts";
import { readStore } from "./store.ts";

export interface Membership extends Refreshed {
  readonly session: Session;
}

/** Reads from the membership as of `now`; null, and nothing is stored, where it is stored for a later instant. */
export async function withMembership<T>(
  database: Database,
  plan: Plan,
  now: Instant,
  read: (membership: Membership) => Promise<T>,
): Promise<T | null> {
  const calendar = calendarOf(plan.project.zone, plan.project.firstWeekday);
  const rules = rulesOf(plan);
  return database.transaction(async (session) => {
    const found = await readStore(session);
    if (found.store && found.store.at > now) return null;
    const refreshed = await refreshFrom({ session, plan, calendar, rules, now }, found);
    return read({ session, ...refreshed });
  });
}

/** SQL that is true in the row of `segment_member` that `alias` names where a segment or an edge holds, by its key. */
export function printHolds(slots: Refreshed["slots"], key: string, alias: string): string {
  const found = slots.get(key);
  if (!found) throw new Bug(`${key} is not stored`);
  return printBit(alias, found.slot);
}

/** SELECT of contact_id of the members. */
export function printStored({ slots }: Pick<Refreshed, "slots">, segment: string): string {
  return `SELECT m.contact_id FROM segment_member AS m WHERE ${printHolds(slots, segment, "m")}`;
}

export interface Size {
  readonly count: number;
  readonly lastDay: { readonly entered: number; readonly left: number } | null;
}

/** How many are in each segment, and how many came and went within the last day. */
export async function sizesOf(
  { session, slots }: Membership,
  plan: Plan,
  now: Instant,
): Promise<ReadonlyMap<string, Size>> {
  if (plan.segments.length === 0) return new Map();
  const yesterday = calendarOf(plan.project.zone, plan.project.firstWeekday).shift(now, { amount: -1, unit: "d" });
  const places = plan.segments.map(({ id }) => slots.get(id) ?? { slot: 0, since: now });
  const counted = places.map(({ slot }, index) => `count(CASE WHEN ${printBit("m", slot)} THEN 1 END) AS n${index}`);
  const [counts] = await session.run({ text: `SELECT ${counted.join(", ")} FROM segment_member AS m`, params: {} });
  const changes = await session.run(
    printed(
      (builder) => `SELECT segment, count(*) FILTER (is_member) AS entered, count(*) FILTER (NOT is_member) AS "left"
        FROM segment_change WHERE "at" > ${builder.param(instant(yesterday))} GROUP BY segment`,
    ),
  );
  const changed = new Map(changes.map((row) => [String(row.segment), row]));
  return new Map(
    plan.segments.map(({ id }, index) => {
      const row = changed.get(id);
      const isKnown = (places[index]?.since ?? now) <= yesterday;
      const lastDay = isKnown ? { entered: Number(row?.entered ?? 0), left: Number(row?.left ?? 0) } : null;
      return [id, { count: Number(counts?.[`n${index}`] ?? 0), lastDay }];
    }),
  );
}
