// How many mails go out in a time in all, and when there is room for those that are too many now.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { RateUnit } from "../../compiler/ir/policy.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { integer, text } from "./engine.ts";
import { isFor, printIsMarketing, restraintsOf } from "./restraints.ts";

/** What a rate is about: the mails of a program, those to whom a policy held for when they were decided, or all. */
type Scope =
  | { readonly kind: "program"; readonly program: string }
  | { readonly kind: "policy"; readonly policy: string; readonly audience: string }
  | { readonly kind: "all" };

export interface Rate {
  /** In a writer's words. */
  readonly title: string;
  readonly emails: number;
  readonly per: RateUnit;
  readonly scope: Scope;
}

const lengthMs = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

export const windowMs = ({ per }: Rate): number => lengthMs[per];

/** All rates of a plan, the narrower ones first: what they hold back takes no place among the others. */
export function ratesOf(plan: Plan): readonly Rate[] {
  const ofPrograms = plan.programs.flatMap(({ name, sendAtMost }): readonly Rate[] =>
    sendAtMost ? [{ ...sendAtMost, scope: { kind: "program", program: name } }] : [],
  );
  const ofPolicies = restraintsOf(plan, "at most in total").map(({ rule, audience, policy }): Rate => {
    const { title, emails, per } = rule;
    return { title, emails, per, scope: audience === null ? { kind: "all" } : { kind: "policy", policy, audience } };
  });
  const kinds = ["program", "policy", "all"] as const;
  const all = [...ofPrograms, ...ofPolicies];
  return kinds.flatMap((kind) => all.filter(({ scope }) => scope.kind === kind));
}

/** SQL of whether a row of the outbox, or one that is like it, counts for a rate. */
export function isCounted({ scope }: Pick<Rate, "scope">, row: string, builder: Builder): string {
  if (scope.kind === "all") return "true";
  if (scope.kind === "program") return `${row}.program = ${builder.param(text(scope.program))}`;
  return `coalesce(list_contains(${row}.policies, ${builder.param(text(scope.policy))}), false)`;
}

/** SQL of the policies by whose rates the mail in a row is counted, which is written down with the mail. */
export function printPolicies(plan: Plan, row: string, builder: Builder): string {
  const named = ratesOf(plan).flatMap(({ scope }) => (scope.kind === "policy" ? [scope] : []));
  const distinct = [...new Map(named.map((scope) => [scope.policy, scope])).values()];
  if (distinct.length === 0) return noPolicies;
  const held = distinct.map((scope) => `CASE WHEN ${isFor(scope, row)} THEN ${builder.param(text(scope.policy))} END`);
  return `list_filter([${held.join(", ")}], lambda name: name IS NOT NULL)`;
}

export const noPolicies = "CAST(NULL AS VARCHAR[])";

/** Which mails are looked at, as in `Capping`. */
interface Pacing {
  readonly from: string;
  /** A boolean over the row `d`: the mail would go out as far as all else is concerned. */
  readonly isOpen: string;
  readonly sendId: string;
  /** How long it is until the next instant; 0: whenever something is due there is one. */
  readonly stepMs: number;
}

/** Rates of one scope share one queue. */
function queuesOf(plan: Plan): readonly (readonly Rate[])[] {
  const queues = new Map<string, Rate[]>();
  for (const rate of ratesOf(plan)) {
    const key = JSON.stringify(rate.scope);
    queues.set(key, [...(queues.get(key) ?? []), rate]);
  }
  return [...queues.values()];
}

/**
 * CTEs of which the last, `paced`, has per mail that is too many its enrollment_id, the rate in words, and until when it
 * waits: those that fell due first go first. All mails count, transactional ones too, which do not wait. As with caps, a
 * mail that is promised and not yet handed over counts as handed over now.
 *
 * A rate whose time is no longer than the step from one instant to the next allows what that step has room for, and the
 * handing over keeps to it (see `gates.ts`).
 */
export function printPaced(plan: Plan, pacing: Pacing, builder: Builder): readonly string[] {
  const queues = queuesOf(plan);
  if (queues.length === 0) {
    return ["paced AS (SELECT '' AS enrollment_id, '' AS rate, CAST(NULL AS TIMESTAMP) AS until WHERE false)"];
  }
  const { from, isOpen } = pacing;
  const longest = ratesOf(plan).some(({ per }) => per === "day") ? lengthMs.day : lengthMs.hour;
  const isMarketing = printIsMarketing(plan, "d", builder);
  const ctes = queues.flatMap((rates, index) => printQueue({ plan, rates, index, pacing }, builder));
  const all = queues.map((_, index) => `SELECT * FROM paced_${index}`);
  return [
    `gone AS (
      SELECT CASE WHEN o.state IN ('pending', 'claimed') THEN ${builder.now()} ELSE coalesce(o.settled_at, o.claimed_at) END AS "at",
        o.state IN ('pending', 'claimed') AS is_promised, o.program, o.policies
      FROM outbox AS o WHERE o.state IN ('pending', 'claimed', 'sent', 'unknown')
        AND (o.state IN ('pending', 'claimed') OR coalesce(o.settled_at, o.claimed_at) > ${builder.now()} - ${interval(longest)})
      UNION ALL
      SELECT ${builder.now()} AS "at", true AS is_promised, d.program, ${printPolicies(plan, "d", builder)} AS policies
      FROM ${from} AS d WHERE ${isOpen} AND NOT (${isMarketing})
    )`,
    ...ctes,
    `paced AS (${all.join(" UNION ALL ")})`,
  ];
}

interface Queue {
  readonly plan: Plan;
  readonly rates: readonly Rate[];
  readonly index: number;
  readonly pacing: Pacing;
}

/** CTEs of one queue; `paced_…` has the mails that it holds back. */
function printQueue({ plan, rates, index, pacing }: Queue, builder: Builder): readonly string[] {
  const { from, isOpen, sendId, stepMs } = pacing;
  const [first] = rates;
  if (!first) return [];
  const { scope } = first;
  const isMeant = scope.kind === "policy" ? isFor(scope, "d") : isCounted(first, "d", builder);
  const earlier = Array.from(
    { length: index },
    (_, i) => `ANTI JOIN paced_${i} ON paced_${i}.enrollment_id = d.enrollment_id`,
  );
  const steps = rates.map((rate) => stepped(rate, stepMs));
  const times = steps.map(({ isFine, ms }, i) => {
    const isNew = isFine ? "h.is_promised" : `h."at" > ${builder.now()} - ${interval(ms)}`;
    return `coalesce(list(h."at" ORDER BY h."at") FILTER (${isNew}), []) AS times_${i}`;
  });
  const slots = steps.map((step, i) => printSlot(step, i, builder));
  const found = slots.map((_, i) => `s.slot_${i}`);
  const last = found.length > 1 ? `greatest(${found.join(", ")})` : found.join("");
  const which = rates.map(({ title }, i) => `WHEN s.slot_${i} = ${last} THEN ${builder.param(text(title))}`);
  return [
    `queue_${index} AS (
      SELECT d.enrollment_id, row_number() OVER (ORDER BY d.owed_at, d.program, ${sendId}) AS place
      FROM ${from} AS d ${earlier.join(" ")} WHERE ${isOpen} AND ${printIsMarketing(plan, "d", builder)} AND ${isMeant}
    )`,
    `used_${index} AS (SELECT ${times.join(", ")} FROM gone AS h WHERE ${isCounted(first, "h", builder)})`,
    `slotted_${index} AS (SELECT q.enrollment_id, ${slots.join(", ")} FROM queue_${index} AS q CROSS JOIN used_${index} AS u)`,
    `paced_${index} AS (
      SELECT s.enrollment_id, CASE ${which.join(" ")} END AS rate, ${last} AS until FROM slotted_${index} AS s WHERE ${last} IS NOT NULL
    )`,
  ];
}

interface Stepped {
  readonly emails: number;
  readonly ms: number;
  /** True where the handing over keeps to the rate. */
  readonly isFine: boolean;
}

/** Whether the handing over keeps to a rate, and not the step at which people wait. */
export const isFine = (rate: Rate, stepMs: number): boolean => windowMs(rate) <= stepMs;

function stepped(rate: Rate, stepMs: number): Stepped {
  const ms = windowMs(rate);
  if (!isFine(rate, stepMs)) return { emails: rate.emails, ms, isFine: false };
  const times = Math.floor(stepMs / ms);
  return { emails: rate.emails * times, ms: ms * times, isFine: true };
}

const interval = (ms: number): string =>
  ms % lengthMs.hour === 0 ? `INTERVAL ${ms / lengthMs.hour} HOUR` : `INTERVAL ${ms / 1000} SECOND`;

/**
 * When the mail at a place of the queue has room; NULL: now. The mails of the last time, those that go out now and those
 * that are to come make one row, and each goes out when the one that many places before it no longer counts.
 */
function printSlot({ emails, ms }: Stepped, index: number, builder: Builder): string {
  const most = builder.param(integer(emails));
  const used = `len(u.times_${index})`;
  const nth = `(${used} + q.place)`;
  // How many times over the row has to move on until the place lies among the mails that have gone or go now.
  const times = `((${nth} - greatest(${used}, ${most}) + ${most} - 1) // ${most})`;
  const before = `u.times_${index}[${nth} - ${times} * ${most}]`;
  return `CASE WHEN ${nth} > ${most} THEN coalesce(${before}, ${builder.now()}) + ${times} * ${interval(ms)} END AS slot_${index}`;
}
