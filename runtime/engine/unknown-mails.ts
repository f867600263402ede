// Mails of which nobody knows whether they went out.

import type { Ambiguous } from "../../compiler/ir/policy.ts";
import type { Instant, MailLike } from "../ports.ts";
import { change, run, text, type Turn } from "./engine.ts";
import { printAmbiguous } from "./policies.ts";
import { maybeRepeated } from "./restored.ts";

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
  /** Between which instants it was handed over. */
  readonly from: Instant;
  readonly since: Instant;
  /** True: it is on record elsewhere that it went out. */
  readonly isSent: boolean;
  /** By what it is looked for where its own id is not the one that it may have gone out by; else null. */
  readonly like: MailLike | null;
  /** What policies say is made of it. */
  readonly ambiguous: Ambiguous;
}

/** Mails of which nobody knows whether they went out. */
export async function unknownMails(turn: Turn): Promise<readonly UnknownMail[]> {
  const rows = await run(turn, (builder) => {
    const mode = printAmbiguous(turn.engine, "(SELECT DISTINCT contact_id FROM unknown_mail)", "j", builder);
    return `WITH unknown_mail AS (
          SELECT u.send_id, u.contact_id, u.program, u.planned_at, coalesce(u.claimed_at, u.settled_at) AS from_at,
            coalesce(u.settled_at, u.claimed_at) AS since, coalesce(r.state = 'sent', false) AS is_sent,
            u.address, u.email, u.reason = ${builder.param(text(maybeRepeated))} AS is_repeated
          FROM outbox AS u LEFT JOIN restored_mail AS r ON r.send_id = u.send_id WHERE u.state = 'unknown'
        )
        SELECT o.send_id, o.from_at, o.since, o.is_sent, o.address, o.program, o.email, o.is_repeated, ${mode.value} AS mode FROM unknown_mail AS o ${mode.join}
        ORDER BY o.planned_at, o.program, o.send_id`;
  });
  return rows.map((row) => {
    const mode = String(row.mode);
    const ambiguous = mode === "resend" || mode === "never" ? mode : "reconcile";
    const told = { from: Number(row.from_at), since: Number(row.since), isSent: row.is_sent === true };
    const like = {
      address: String(row.address),
      program: String(row.program),
      email: String(row.email),
      since: told.from,
    };
    return { sendId: String(row.send_id), ...told, like: row.is_repeated === true ? like : null, ambiguous };
  });
}
