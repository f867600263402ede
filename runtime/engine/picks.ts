// Which mails are claimed next. To find the earliest means to look at all that are pending, so many are picked at once and
// then claimed block by block. A pick promises nothing: what is no longer due when its block is claimed stays where it is.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printEmailKey } from "./editions.ts";
import { fill, integer, run, texts, type Turn } from "./engine.ts";
import { type Gate, printAdmitted } from "./gates.ts";
import { allContacts } from "./hours.ts";
import { unlessPaused } from "./pauses.ts";

/** What one delivery has picked; the temporary table `picked` holds it. */
export interface Picks {
  /** How many are picked at once. */
  readonly most: number;
  /** How many were picked the last time. */
  count: number;
  /** How many of them blocks were made of. */
  taken: number;
  /** The table that is read for the people of the picked mails: `allContacts`, or what was copied of it while nobody has written it since. */
  contacts: string;
  /** The count of writes of `contact` when it was copied. */
  copiedAt: number;
}

const copies = "picked_contact";

const mostPicked = 20_000;

export const newPicks = (most = mostPicked): Picks => ({
  most,
  count: 0,
  taken: 0,
  contacts: allContacts,
  copiedAt: 0,
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

/** Places of `picked` that make up a block. */
export interface Block {
  readonly behind: number;
  readonly upTo: number;
  readonly emails: readonly string[] | null;
}

/** The next block; null where nothing is due. */
export async function nextBlock(turn: Turn, { picks, limit, emails, gates }: Picking): Promise<Block | null> {
  if (picks.taken >= picks.count) {
    picks.count = await fill(
      turn,
      "picked",
      (
        builder,
      ) => `SELECT q.send_id, q.contact_id, row_number() OVER (ORDER BY q.planned_at, q.program, q.send_id) AS place
        FROM (
          SELECT o.send_id, o.contact_id, o.planned_at, o.program FROM ${printDue(turn, { emails, gates }, builder)} AS o
          ORDER BY o.planned_at, o.program, o.send_id LIMIT ${builder.param(integer(picks.most))}
        ) AS q`,
    );
    picks.taken = 0;
    await copyContacts(turn, picks, limit);
  } else if (picks.contacts === copies && (await contactWrites(turn)) !== picks.copiedAt) picks.contacts = allContacts;
  if (picks.count === 0) return null;
  const behind = picks.taken;
  picks.taken = Math.min(picks.count, behind + limit);
  return { behind, upTo: picks.taken, emails };
}

/** To find a block's people means to look at all contacts, so those of many blocks are found at once. */
async function copyContacts(turn: Turn, picks: Picks, limit: number): Promise<void> {
  picks.contacts = allContacts;
  if (picks.count <= 2 * limit) return;
  await fill(turn, copies, () => "SELECT c.* FROM contact AS c SEMI JOIN picked AS p ON p.contact_id = c.contact_id");
  picks.copiedAt = await contactWrites(turn);
  picks.contacts = copies;
}

async function contactWrites(turn: Turn): Promise<number> {
  const [row] = await run(
    turn,
    () => "SELECT coalesce(sum(appended + rewritten), 0) AS n FROM table_write WHERE name = 'contact'",
  );
  return Number(row?.n);
}

/** A FROM item of what is due and has room. */
function printDue({ engine }: Turn, { emails, gates }: Pick<Picking, "emails" | "gates">, builder: Builder): string {
  const due = `(SELECT o.* FROM outbox AS o ${unlessPaused("o")} WHERE ${printIsDue(engine.plan, emails, builder)})`;
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

/** SELECT of the mails of a block that are still due. */
export function printBlock(plan: Plan, { behind, upTo, emails }: Block, builder: Builder): string {
  return `SELECT o.* FROM outbox AS o
    JOIN (SELECT send_id FROM picked WHERE place > ${builder.param(integer(behind))} AND place <= ${builder.param(integer(upTo))}) AS q
      ON q.send_id = o.send_id ${unlessPaused("o")}
    WHERE ${printIsDue(plan, emails, builder)}`;
}

function printIsDue(plan: Plan, emails: readonly string[] | null, builder: Builder): string {
  const isAllowed =
    emails === null ? "" : `AND list_contains(${builder.param(texts(emails))}, ${printEmailKey(plan, "o", builder)})`;
  return `o.state = 'pending' AND o.not_before <= ${builder.now()} ${isAllowed}`;
}
