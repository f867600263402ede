// Which mails are claimed next. To find the earliest means to look at all that are pending, so many are picked at once and
// then claimed block by block. A pick promises nothing: what is no longer due when its block is claimed stays where it is.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { type Copied, copyPicked, type Read, readCopies, wholeTables } from "./copies.ts";
import { printEmailKey } from "./editions.ts";
import { fill, integer, run, texts, type Turn } from "./engine.ts";
import { type Gate, printAdmitted } from "./gates.ts";
import { unlessPaused } from "./pauses.ts";

/** What one delivery has picked; the temporary table `picked` holds it. */
export interface Picks {
  /** How many are picked at once. */
  readonly most: number;
  /** How many were picked the last time. */
  count: number;
  /** How many of them blocks were made of. */
  taken: number;
  /** null: they were too few to copy anything about them. */
  copied: Copied | null;
}

const mostPicked = 20_000;

export const newPicks = (most = mostPicked): Picks => ({
  most,
  count: 0,
  taken: 0,
  copied: null,
});

/** False where all that was due has been looked at. */
export const holdsMore = ({ most, count, taken }: Picks): boolean => taken < count || count === most;

export interface Picking {
  readonly picks: Picks;
  /** Most mails of a block. */
  readonly limit: number;
  /** Names of the emails that may go out; null: all. */
  readonly emails: readonly string[] | null;
  /** Rates that leave room for so many mails now. */
  readonly gates: readonly Gate[];
}

/** Places of `picked` that make up a block, and where to read about its mails. */
export interface Block {
  readonly behind: number;
  readonly upTo: number;
  readonly emails: readonly string[] | null;
  readonly read: Read;
}

/** The next block; null where nothing is due. */
export async function nextBlock(turn: Turn, { picks, limit, emails, gates }: Picking): Promise<Block | null> {
  if (picks.taken >= picks.count) {
    picks.count = await fill(
      turn,
      "picked",
      (builder) => `SELECT q.outbox_row, q.send_id, q.contact_id, q.enrollment_id, q.mailbox,
          row_number() OVER (ORDER BY q.planned_at, q.program, q.send_id) AS place
        FROM (
          SELECT o.outbox_row, o.send_id, o.contact_id, o.enrollment_id, o.mailbox, o.planned_at, o.program
          FROM ${printDue(turn, { emails, gates }, builder)} AS o
          ORDER BY o.planned_at, o.program, o.send_id LIMIT ${builder.param(integer(picks.most))}
        ) AS q`,
    );
    picks.taken = 0;
    picks.copied = picks.count > 2 * limit ? await copyPicked(turn) : null;
  }
  if (picks.count === 0) return null;
  const read = picks.copied === null ? wholeTables : await readCopies(turn, picks.copied);
  const behind = picks.taken;
  picks.taken = Math.min(picks.count, behind + limit);
  return { behind, upTo: picks.taken, emails, read };
}

/** A FROM item of what is due and has room. */
function printDue({ engine }: Turn, { emails, gates }: Pick<Picking, "emails" | "gates">, builder: Builder): string {
  const due = `(SELECT o.rowid AS outbox_row, o.* FROM outbox AS o ${unlessPaused("o")} WHERE ${printIsDue(engine.plan, emails, builder)})`;
  return printAdmitted(engine.plan, gates, due, builder);
}

/** Whether some mail is due. */
export async function isDue(turn: Turn): Promise<boolean> {
  const rows = await run(
    turn,
    (builder) =>
      `SELECT 1 FROM outbox AS o ${unlessPaused("o")} WHERE ${printIsDue(turn.engine.plan, null, builder)} LIMIT 1`,
  );
  return rows.length > 0;
}

/**
 * SELECT of the mails of a block that are still due, with where they are in the outbox: a row is found at its place much sooner
 * than by its key. A mail that is elsewhere by now stays there.
 */
export function printBlock(plan: Plan, { behind, upTo, emails, read }: Block, builder: Builder): string {
  return `SELECT q.outbox_row, o.* FROM outbox AS o
    JOIN (SELECT outbox_row, send_id FROM picked WHERE place > ${builder.param(integer(behind))} AND place <= ${builder.param(integer(upTo))}) AS q
      ON q.outbox_row = o.rowid AND q.send_id = o.send_id ${read.mayBePaused ? unlessPaused("o") : ""}
    WHERE ${printIsDue(plan, emails, builder)}`;
}

function printIsDue(plan: Plan, emails: readonly string[] | null, builder: Builder): string {
  const isAllowed =
    emails === null ? "" : `AND list_contains(${builder.param(texts(emails))}, ${printEmailKey(plan, "o", builder)})`;
  return `o.state = 'pending' AND o.not_before <= ${builder.now()} ${isAllowed}`;
}
