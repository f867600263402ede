// Mails of which nobody knows whether they went out.

import type { Ambiguous } from "../../compiler/ir/policy.ts";
import type { Instant } from "../ports.ts";
import { change, run, text, type Turn } from "./engine.ts";
import { printAmbiguous } from "./policies.ts";

/** Starts a new epoch of delivery: what another one claimed and never settled is unknown from now on. */
export async function openEpoch(turn: Turn): Promise<void> {
  await change(turn, () => "UPDATE engine_state SET epoch = epoch + 1");
  await change(
    turn,
    (
      builder,
    ) => `UPDATE outbox SET state = 'unknown', reason = ${builder.param(text("stopped while it was handed over"))}
      WHERE state = 'claimed' AND claim_epoch < (SELECT epoch FROM engine_state)`,
  );
}

export interface UnknownMail {
  readonly sendId: string;
  /** When it was handed over at the latest. */
  readonly since: Instant;
  /** What policies say is made of it. */
  readonly ambiguous: Ambiguous;
}

/** Mails of which nobody knows whether they went out. */
export async function unknownMails(turn: Turn): Promise<readonly UnknownMail[]> {
  const rows = await run(turn, (builder) => {
    const mode = printAmbiguous(turn.engine, "(SELECT DISTINCT contact_id FROM unknown_mail)", "j", builder);
    return `WITH unknown_mail AS (
          SELECT send_id, contact_id, program, planned_at, coalesce(settled_at, claimed_at) AS since FROM outbox WHERE state = 'unknown'
        )
        SELECT o.send_id, o.since, ${mode.value} AS mode FROM unknown_mail AS o ${mode.join}
        ORDER BY o.planned_at, o.program, o.send_id`;
  });
  return rows.map((row) => {
    const mode = String(row.mode);
    const ambiguous = mode === "resend" || mode === "never" ? mode : "reconcile";
    return { sendId: String(row.send_id), since: Number(row.since), ambiguous };
  });
}
