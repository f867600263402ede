// Caps per person: how many marketing mails somebody got in a time, and when there is room for one more.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { instantOf, interval, isExact, wallClockAt } from "../../compiler/sql/shift.ts";
import { printEmailKey } from "./editions.ts";
import { integer, text, texts } from "./engine.ts";
import { isFor, printIsMarketing, type Restraint, restraintsOf } from "./restraints.ts";

/** A mail that is held back so long is not sent any more. */
const longestDelay = "INTERVAL 48 HOUR";
/** Where the calendar gives no instant to come. */
const lookAgain = "INTERVAL 1 HOUR";

type Cap = Restraint<"at most">;

/** Which mails are looked at: a relation with program, enrollment_id, contact_id, email, owed_at and the columns of audiences. */
export interface Capping {
  readonly from: string;
  /** A boolean over the row `d`: the mail would go out as far as all else is concerned. */
  readonly isOpen: string;
  /** What puts mails of one instant in order, last. */
  readonly sendId: string;
}

/**
 * CTEs of which the last, `capped`, has per mail that a cap holds back its enrollment_id, the cap in words, until when it
 * waits, and whether it has waited too long. A mail that is promised and not yet handed over counts as handed over now:
 * so no cap is exceeded, however late it goes out.
 */
export function printCapped(plan: Plan, capping: Capping, builder: Builder): readonly string[] {
  const caps = restraintsOf(plan, "at most");
  if (caps.length === 0) {
    return [
      "capped AS (SELECT '' AS enrollment_id, '' AS cap, false AS is_late, CAST(NULL AS TIMESTAMP) AS until WHERE false)",
    ];
  }
  const since = (cap: Cap) => {
    const { amount, unit } = cap.rule.length;
    return builder.param({ kind: "moment", moment: { kind: "shift", by: { amount: -amount, unit } }, as: "instant" });
  };
  const isRecent = caps.map((cap) => `h."at" > ${since(cap)}`);
  const times = isRecent.map((when, i) => `list(h."at" ORDER BY h."at" DESC) FILTER (${when}) AS times_${i}`);
  const isFull = caps.map((_, index) => `r.full_${index} IS NOT NULL`);
  const full = caps.map(({ rule }, index) => {
    const most = builder.param(integer(rule.emails));
    const before = `coalesce(len(k.times_${index}), 0)`;
    return `CASE WHEN w.is_for_${index} AND ${before} + coalesce(p.place, 1) > ${most}
      THEN coalesce(k.times_${index}[least(${before}, ${most})], ${builder.now()}) END AS full_${index}`;
  });
  const room = caps.map((cap, index) => printRoom(plan, cap, index, builder));
  const found = caps.map((_, index) => `f.room_${index}`);
  const last = found.length > 1 ? `greatest(${found.join(", ")})` : found.join("");
  const which = caps.map(({ rule }, index) => `WHEN f.room_${index} = f.room THEN ${builder.param(text(rule.title))}`);
  return [
    ...printWaiting(plan, capping, builder),
    `handed AS (
      SELECT o.contact_id, CASE WHEN o.state IN ('pending', 'claimed') THEN ${builder.now()}
        ELSE coalesce(o.settled_at, o.claimed_at) END AS "at"
      FROM outbox AS o SEMI JOIN waiting AS w ON w.contact_id = o.contact_id
      WHERE o.state IN ('pending', 'claimed', 'sent', 'unknown') AND ${printIsMarketing(plan, "o", builder)}
    )`,
    `counted AS (
      SELECT h.contact_id, ${times.join(", ")} FROM handed AS h WHERE ${isRecent.join(" OR ")} GROUP BY h.contact_id
    )`,
    `over_cap AS (
      SELECT w.enrollment_id, w.owed_at, ${full.join(", ")}
      FROM waiting AS w LEFT JOIN placed AS p ON p.enrollment_id = w.enrollment_id
      LEFT JOIN counted AS k ON k.contact_id = w.contact_id
    )`,
    `roomy AS (
      SELECT r.enrollment_id, r.owed_at, ${room.map(({ value }, index) => `${value} AS room_${index}`).join(", ")}
      FROM (SELECT * FROM over_cap AS r WHERE ${isFull.join(" OR ")}) AS r ${room.map(({ join }) => join).join(" ")}
    )`,
    `capped AS (
      SELECT f.enrollment_id, CASE ${which.join(" ")} END AS cap, f.owed_at + ${longestDelay} <= ${builder.now()} AS is_late,
        least(CASE WHEN f.room > ${builder.now()} THEN f.room ELSE ${builder.now()} + ${lookAgain} END,
          f.owed_at + ${longestDelay}) AS until
      FROM (SELECT f.*, ${last} AS room FROM roomy AS f) AS f WHERE f.room IS NOT NULL
    )`,
  ];
}

/** CTEs: the mails that ask for room, and the places of those of people who are to get several at once. */
function printWaiting(plan: Plan, capping: Capping, builder: Builder): readonly string[] {
  const skipping = plan.emails.filter(({ skipsCaps }) => skipsCaps).map(({ name }) => name);
  const isSkipping =
    skipping.length > 0
      ? `list_contains(${builder.param(texts(skipping))}, ${printEmailKey(plan, "d", builder)})`
      : "false";
  const caps = restraintsOf(plan, "at most");
  const columns = caps.map((cap, index) => `${isFor(cap, "d")} AND NOT ${isSkipping} AS is_for_${index}`);
  const isAsking = `${capping.isOpen} AND ${printIsMarketing(plan, "d", builder)}`;
  return [
    `waiting AS (
      SELECT d.enrollment_id, d.contact_id, d.owed_at, ${columns.join(", ")}
      FROM ${capping.from} AS d WHERE ${isAsking}
    )`,
    // To put all in order would be much work, and few have to share their room.
    `several AS (SELECT w.contact_id FROM waiting AS w GROUP BY w.contact_id HAVING count(*) > 1)`,
    `placed AS (
      SELECT d.enrollment_id, row_number() OVER (PARTITION BY d.contact_id ORDER BY d.owed_at, d.program, ${capping.sendId}) AS place
      FROM ${capping.from} AS d SEMI JOIN several AS m ON m.contact_id = d.contact_id WHERE ${isAsking}
    )`,
  ];
}

/** When the mail that fills the cap is so long ago that it no longer counts. */
function printRoom(plan: Plan, { rule }: Cap, index: number, builder: Builder): { value: string; join: string } {
  const full = `r.full_${index}`;
  if (isExact(rule.length)) return { value: `${full} + ${interval(rule.length)}`, join: "" };
  const zone = builder.param(text(plan.project.zone));
  const clock = wallClockAt(zone, full, `a${index}`);
  const end = instantOf(zone, `(${clock.value} + ${interval(rule.length)})`, `b${index}`);
  return { value: end.value, join: `${clock.join} ${end.join}` };
}
