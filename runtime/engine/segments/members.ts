// What is asked of the stored membership: it is brought up to the instant first, so that no answer is stale.

import { calendarOf } from "../../../compiler/calendar.ts";
import type { Plan } from "../../../compiler/ir/plan.ts";
import { printBit } from "../../../compiler/sql/bits.ts";
import { rulesOf } from "../../../compiler/sql/rules.ts";
import { Bug } from "../../../grammar/unreachable.ts";
import type { Database, Instant, Session } from "../../ports.ts";
import { instant, printed, text } from "../engine.ts";
import { type Refreshed, refreshSegments } from "./refresh.ts";
import { storedAt } from "./store.ts";

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
  const rules = rulesOf(plan, []);
  return database.transaction(async (session) => {
    const at = await storedAt(session);
    if (at !== null && at > now) return null;
    const refreshed = await refreshSegments({ session, plan, calendar, rules, now });
    return read({ session, ...refreshed });
  });
}

/** SQL that is true in `segment_member AS m` for the members of a segment. */
async function printIsIn(session: Session, segment: string): Promise<string> {
  const [row] = await session.run({
    text: "SELECT slot FROM segment_slot WHERE name = $name",
    params: { name: text(segment) },
  });
  if (!row) throw new Bug(`the segment ${segment} is not stored`);
  return printBit("m", Number(row.slot));
}

/** SELECT of contact_id of the members. */
export async function printStored(session: Session, segment: string): Promise<string> {
  return `SELECT m.contact_id FROM segment_member AS m WHERE ${await printIsIn(session, segment)}`;
}

export interface Size {
  readonly count: number;
  readonly lastDay: { readonly entered: number; readonly left: number } | null;
}

/** How many are in each segment, and how many came and went within the last day. */
export async function sizesOf(session: Session, plan: Plan, now: Instant): Promise<ReadonlyMap<string, Size>> {
  if (plan.segments.length === 0) return new Map();
  const yesterday = calendarOf(plan.project.zone, plan.project.firstWeekday).shift(now, { amount: -1, unit: "d" });
  const slots = await session.run({ text: "SELECT name, slot, since FROM segment_slot", params: {} });
  const known = new Map(slots.map((row) => [String(row.name), { slot: Number(row.slot), since: Number(row.since) }]));
  const places = plan.segments.map(({ id }) => known.get(id) ?? { slot: 0, since: now });
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
