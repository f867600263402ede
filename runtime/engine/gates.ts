// Rates that are shorter than the step from one instant to the next: how many mails may be claimed now, and when more may.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import type { Instant } from "../ports.ts";
import { integer, run, type Turn } from "./engine.ts";
import { isCounted, isFine, type Rate, ratesOf, windowMs } from "./rates.ts";
import { printIsMarketing } from "./restraints.ts";

/** A rate with what was handed over by it. */
export interface Gate {
  readonly rate: Rate;
  /** How many mails may go out now. */
  readonly room: number;
  /** When there is more room. */
  readonly more: Instant | null;
}

/** Rates that the handing over keeps to, where instants lie that far apart. */
export const gatedRates = (plan: Plan, stepMs: number): readonly Rate[] =>
  ratesOf(plan).filter((rate) => isFine(rate, stepMs));

/** Mails that are being handed over count as handed over now. */
export async function readGates(turn: Turn, rates: readonly Rate[]): Promise<readonly Gate[]> {
  const gates: Gate[] = [];
  for (const rate of rates) {
    const [row] = await run(turn, (builder) => {
      const at = `CASE WHEN o.state = 'claimed' THEN ${builder.now()} ELSE coalesce(o.settled_at, o.claimed_at) END`;
      return `SELECT count(*) AS n, min(g."at") AS oldest FROM (
          SELECT ${at} AS "at" FROM outbox AS o
          WHERE o.state IN ('claimed', 'sent', 'unknown') AND ${isCounted(rate, "o", builder)}
        ) AS g WHERE g."at" > ${builder.now()} - INTERVAL ${windowMs(rate) / 1000} SECOND`;
    });
    const oldest = row?.oldest == null ? null : Number(row.oldest);
    const room = Math.max(0, rate.emails - Number(row?.n ?? 0));
    gates.push({ rate, room, more: oldest === null ? null : oldest + windowMs(rate) });
  }
  return gates;
}

/** The due mails that have room, narrower rates first. `from`: a relation of rows of the outbox; transactional ones pass. */
export function printAdmitted(plan: Plan, gates: readonly Gate[], from: string, builder: Builder): string {
  const isMarketing = printIsMarketing(plan, "g", builder);
  return gates.reduce((inner, { rate, room }) => {
    const isHeld = `(${isMarketing}) AND ${isCounted(rate, "g", builder)}`;
    return `(SELECT g.* EXCLUDE (gate_place, is_held) FROM (
        SELECT g.*, ${isHeld} AS is_held, row_number() OVER (PARTITION BY ${isHeld} ORDER BY g.planned_at, g.program, g.send_id) AS gate_place
        FROM ${inner} AS g
      ) AS g WHERE NOT g.is_held OR g.gate_place <= ${builder.param(integer(room))})`;
  }, from);
}
