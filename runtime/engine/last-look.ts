// The last look at mails before they are handed over: why each may not go out after all, or not now.

import type { Builder } from "../../compiler/sql/builder.ts";
import { printChecks, printRefusal } from "./decide.ts";
import type { Read } from "./copies.ts";
import { change, type Engine, fill, type Turn } from "./engine.ts";
import { findClosures, placeColumns, placeKey, printClosures } from "./hours.ts";
import { type Block, nextBlock, type Picking, printBlock } from "./picks.ts";
import { printJudged, printNever } from "./policies.ts";
import { audiences, printIsMarketing, restrainsMail } from "./restraints.ts";

/** Columns of the outbox that the temporary table `claiming` has, besides `outbox_row`, the place of the row, and `refusal`. */
const looked = [
  "send_id",
  "program",
  "version",
  "step",
  "enrollment_id",
  "contact_id",
  "email",
  "pinned",
  "variant",
  "address",
  "mailbox",
  "attempt",
  "planned_at",
] as const;

interface Looked {
  readonly count: number;
  /** Where to read about these mails. */
  readonly read: Read;
}

/**
 * The last look at the next mails: the temporary table `claiming` says of each why it may not go out, or NULL. What may go out
 * at other times only is left for later. @returns null where nothing is due
 */
export async function lookAgain(turn: Turn, picking: Picking): Promise<Looked | null> {
  for (;;) {
    const block = await nextBlock(turn, picking);
    if (block === null) return null;
    const count = await fill(turn, "claiming", (builder) => printClaiming(turn.engine, block, builder));
    if (count === 0) continue;
    if (restrainsMail(turn.engine.inside)) await postpone(turn);
    return { count, read: block.read };
  }
}

function printClaiming(engine: Engine, block: Block, builder: Builder): string {
  const { plan } = engine;
  const { contacts, ended } = block.read;
  const checks = printChecks(
    plan.emails,
    { row: "d", words: { ...block.read, of: block.read.hasFewWords ? null : "due" } },
    builder,
  );
  const never = restrainsMail(engine.inside)
    ? {
        reason: `${printNever(plan, "d", "j", builder)},`,
        join: `LEFT JOIN (${printJudged(engine, { people: "(SELECT DISTINCT contact_id FROM due)", contacts }, builder)}) AS j ON j.contact_id = d.contact_id`,
        columns: [...audiences(plan), ...placeColumns(plan)].map((column) => `, j.${column}`).join(""),
      }
    : { reason: "", join: "", columns: "" };
  const left =
    ended === null
      ? { reason: "NULL", join: "" }
      : {
          reason: "CASE WHEN n.reason IN ('exit', 'ejected', 'goal') THEN 'left before it was sent' END",
          join: `LEFT JOIN ${ended} AS n ON n.enrollment_id = d.enrollment_id`,
        };
  return `WITH due AS (${printBlock(plan, block, builder)})
    SELECT d.outbox_row, ${looked.map((name) => `d.${name}`).join(", ")}${never.columns},
      coalesce(${printRefusal(plan, plan.emails, "d", builder)}, ${never.reason} ${left.reason}) AS refusal
    FROM due AS d ${checks} ${never.join}
    ${left.join}`;
}

/** Leaves mails for later that policies let go out at other times only. */
async function postpone(turn: Turn): Promise<void> {
  const { plan } = turn.engine;
  const closures = await findClosures(turn, "claiming AS d WHERE d.refusal IS NULL");
  if (closures.length === 0) return;
  await fill(
    turn,
    "postponing",
    (
      builder,
    ) => `SELECT d.outbox_row, coalesce(h.until, ${builder.now()} + INTERVAL 24 HOUR) AS until, h.closed_by FROM claiming AS d JOIN (${printClosures(closures, builder)}) AS h
      ON h.place = ${placeKey(plan, "d")} WHERE d.refusal IS NULL AND ${printIsMarketing(plan, "d", builder)}`,
  );
  await change(
    turn,
    () =>
      `UPDATE outbox SET not_before = p.until, reason = p.closed_by FROM postponing AS p WHERE outbox.rowid = p.outbox_row`,
  );
  await change(turn, () => "DELETE FROM claiming USING postponing AS p WHERE claiming.outbox_row = p.outbox_row");
}

/** Skips what the last look refused, and writes it down. */
export async function skipRefused(turn: Turn): Promise<void> {
  await change(
    turn,
    (builder) => `UPDATE outbox SET state = 'skipped', reason = c.refusal, settled_at = ${builder.now()}
      FROM claiming AS c WHERE outbox.rowid = c.outbox_row AND c.refusal IS NOT NULL`,
  );
  await noteRefused(turn);
}

export async function noteRefused(turn: Turn): Promise<void> {
  await change(turn, (builder) =>
    printNote("skipped", "o.refusal", "claiming AS o WHERE o.refusal IS NOT NULL", builder),
  );
}

/** Writes into the journal what became of mails after the people had walked on. `from`: with what the outbox says of them, as `o`. */
export function printNote(outcome: string, reason: string, from: string, builder: Builder): string {
  return `INSERT INTO journal (tick, round, program, version, enrollment_id, contact_id, seq, step, email, outcome, reason)
    SELECT ${builder.now()}, 0, o.program, o.version, o.enrollment_id, o.contact_id, 0, o.step, o.email, '${outcome}', ${reason}
    FROM ${from}`;
}
