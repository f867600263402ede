// How many mails go out in a time in all, and when there is room for those that are too many now.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { integer, text } from "./engine.ts";
import { printIsMarketing, type Restraint, restraintsOf } from "./restraints.ts";

type Rate = Restraint<"at most in total">;

const lengths = { hour: "INTERVAL 1 HOUR", day: "INTERVAL 24 HOUR" } as const;

/** Which mails are looked at, as in `Capping`. */
interface Pacing {
  readonly from: string;
  /** A boolean over the row `d`: the mail would go out as far as all else is concerned. */
  readonly isOpen: string;
  readonly sendId: string;
}

/**
 * CTEs of which the last, `paced`, has per mail that is too many its enrollment_id, the rate in words, and until when it
 * waits: those that fell due first go first. All mails count, transactional ones too, which do not wait. As with caps, a
 * mail that is promised and not yet handed over counts as handed over now.
 */
export function printPaced(plan: Plan, { from, isOpen, sendId }: Pacing, builder: Builder): readonly string[] {
  const rates = restraintsOf(plan, "at most in total");
  if (rates.length === 0) {
    return ["paced AS (SELECT '' AS enrollment_id, '' AS rate, CAST(NULL AS TIMESTAMP) AS until WHERE false)"];
  }
  const since = ({ rule }: Rate) => `${builder.now()} - ${lengths[rule.per]}`;
  const longest = rates.some(({ rule }) => rule.per === "day") ? lengths.day : lengths.hour;
  const times = rates.map(
    (rate, i) => `coalesce(list(h."at" ORDER BY h."at") FILTER (h."at" > ${since(rate)}), []) AS times_${i}`,
  );
  const isMarketing = printIsMarketing(plan, "d", builder);
  const slots = rates.map((rate, index) => printSlot(rate, index, builder));
  const found = slots.map((_, index) => `s.slot_${index}`);
  const last = found.length > 1 ? `greatest(${found.join(", ")})` : found.join("");
  const which = rates.map(
    ({ rule }, index) => `WHEN s.slot_${index} = ${last} THEN ${builder.param(text(rule.title))}`,
  );
  return [
    `queue AS (
      SELECT d.enrollment_id, row_number() OVER (ORDER BY d.owed_at, d.program, ${sendId}) AS place
      FROM ${from} AS d WHERE ${isOpen} AND ${isMarketing}
    )`,
    `gone AS (
      SELECT CASE WHEN o.state IN ('pending', 'claimed') THEN ${builder.now()} ELSE coalesce(o.settled_at, o.claimed_at) END AS "at"
      FROM outbox AS o WHERE o.state IN ('pending', 'claimed', 'sent', 'unknown')
        AND (o.state IN ('pending', 'claimed') OR coalesce(o.settled_at, o.claimed_at) > ${builder.now()} - ${longest})
      UNION ALL
      SELECT ${builder.now()} AS "at" FROM ${from} AS d WHERE ${isOpen} AND NOT (${isMarketing})
    )`,
    `used AS (SELECT ${times.join(", ")} FROM gone AS h)`,
    `slotted AS (SELECT q.enrollment_id, ${slots.join(", ")} FROM queue AS q CROSS JOIN used AS u)`,
    `paced AS (
      SELECT s.enrollment_id, CASE ${which.join(" ")} END AS rate, ${last} AS until FROM slotted AS s WHERE ${last} IS NOT NULL
    )`,
  ];
}

/**
 * When the mail at a place of the queue has room; NULL: now. The mails of the last time, those that go out now and those
 * that are to come make one row, and each goes out when the one that many places before it no longer counts.
 */
function printSlot({ rule }: Rate, index: number, builder: Builder): string {
  const most = builder.param(integer(rule.emails));
  const used = `len(u.times_${index})`;
  const nth = `(${used} + q.place)`;
  // How many times over the row has to move on until the place lies among the mails that have gone or go now.
  const times = `((${nth} - greatest(${used}, ${most}) + ${most} - 1) // ${most})`;
  const before = `u.times_${index}[${nth} - ${times} * ${most}]`;
  return `CASE WHEN ${nth} > ${most} THEN coalesce(${before}, ${builder.now()}) + ${times} * ${lengths[rule.per]} END AS slot_${index}`;
}
