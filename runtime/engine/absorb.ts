// A mail sink: whatever is due counts as handed over, in a few statements for all mails together.

import { change, fill, type Turn } from "./engine.ts";
import { lookAgain, skipRefused } from "./last-look.ts";
import { printMailEvents } from "./outbox.ts";
import { newPicks } from "./picks.ts";

/** More than there can be. */
const all = 1_000_000_000;

/**
 * Does what claiming and settling do with a mailer that takes every mail, and renders none. The temporary table `settling`
 * holds the mails afterwards.
 * @param fresh as in `Claiming`
 * @returns how many mails were taken
 */
export async function absorb(turn: Turn, fresh: number | null): Promise<number> {
  if (fresh === 0) return 0;
  const picking = { picks: newPicks(all), limit: all, emails: null, gates: [] };
  const looked = fresh ?? (await lookAgain(turn, picking))?.count ?? 0;
  if (looked === 0) return 0;
  const taken = await fill(turn, "settling", (builder) => {
    const now = builder.now();
    const due =
      fresh === null
        ? "claiming AS o WHERE o.refusal IS NULL"
        : `(SELECT * FROM outbox WHERE state = 'pending' AND not_before <= ${now}) AS o`;
    return `SELECT o.send_id, 'sent' AS state, ${now} AS settled_at, o.contact_id, o.email, o.pinned, o.variant, o.program, o.mailbox, o.planned_at
      FROM ${due}`;
  });
  if (taken < looked) await skipRefused(turn);
  if (taken === 0) return 0;
  await change(turn, (builder) => {
    const sent = `UPDATE outbox SET state = 'sent', attempt = attempt + 1, reason = NULL,
      claimed_at = ${builder.now()}, settled_at = ${builder.now()}`;
    return fresh === null
      ? `${sent} FROM settling AS s WHERE outbox.send_id = s.send_id`
      : `${sent} WHERE state = 'pending' AND not_before <= ${builder.now()}`;
  });
  await change(turn, (builder) => printMailEvents("sent", turn.engine.plan, builder));
  return taken;
}
