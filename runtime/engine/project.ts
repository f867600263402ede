// What a round decided, written down: the journal first, then everything that follows from it.

import type { Builder } from "../../compiler/sql/builder.ts";
import type { ActPlace } from "./act-place.ts";
import { act, actStep } from "./acts.ts";
import { sendId } from "./decide.ts";
import { printPlainName } from "./editions.ts";
import { change, integer, run, type Turn } from "./engine.ts";
import { moveZones, movesZones } from "./moved-zones.ts";
import { type Notes, printNotes } from "./notes.ts";
import { actOutcomes } from "./steps/act.ts";

/** How many rows of the round's verdict ask for which kind of writing. */
export interface Verdict {
  readonly rows: number;
  readonly sends: number;
  readonly leaving: number;
  readonly arriving: number;
  /** The steps at which something is written about people. */
  readonly acts: readonly ActPlace[];
}

/** `mayAct`: whether a step that writes something about people is among those that they pass. */
export async function readVerdict(turn: Turn, mayAct: boolean): Promise<Verdict> {
  const at = (column: string) =>
    mayAct
      ? `CASE WHEN outcome IN (${Object.values(actOutcomes)
          .map((word) => `'${word}'`)
          .join(", ")}) THEN ${column} END`
      : "NULL";
  const [place, pinned, step] = [at("program"), at("pinned"), at("step")];
  const rows = await run(
    turn,
    () => `SELECT ${place} AS program, ${pinned} AS pinned, ${step} AS step, count(*) AS "rows",
        count(*) FILTER (outcome = 'send') AS sends, count(*) FILTER ("next" IS NULL) AS leaving,
        count(*) FILTER (is_arriving) AS arriving
      FROM verdict ${mayAct ? "GROUP BY ALL ORDER BY 1, 2, 3" : ""}`,
  );
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
  return {
    rows: sum("rows"),
    sends: sum("sends"),
    leaving: sum("leaving"),
    arriving: sum("arriving"),
    acts: rows
      .filter((row) => row.program !== null)
      .map((row) => ({
        program: String(row.program),
        pinned: row.pinned === null ? null : Number(row.pinned),
        step: String(row.step),
      })),
  };
}

interface Projecting {
  /** Of the writing among those of the tick. */
  readonly round: number;
  /** Of what steps set, among all batches of changes. */
  readonly setBatch: number;
  /** What the journal is to say of those who began and ended before. */
  readonly notes: readonly Notes[];
}

/**
 * Writes what the temporary table `verdict` says.
 * @returns the zones in use, where steps have set some on which waits depend
 */
export async function projectVerdict(
  turn: Turn,
  verdict: Verdict,
  { round, setBatch, notes }: Projecting,
): Promise<readonly string[] | null> {
  for (const place of verdict.acts) await act(turn, place, setBatch);
  const { inside: plan } = turn.engine;
  const hasMoved = verdict.acts.some((place) => {
    const step = actStep(turn.engine, place);
    return step.kind === "set" && movesZones(plan, step.field);
  });
  const zones = hasMoved ? await moveZones(turn) : null;
  await change(turn, (builder) => printJournal(turn, { round, notes, hasLeaving: verdict.leaving > 0 }, builder));
  if (verdict.sends > 0) await change(turn, (builder) => printOutbox(turn, builder));
  if (verdict.leaving > 0) await close(turn);
  if (verdict.leaving === verdict.rows) return zones;
  await change(
    turn,
    (builder) => `UPDATE positions SET step = v."next", due = v.due, arrived_at = ${builder.now()},
        wait_from = v.wait_from, wait_until = v.wait_until, owed_at = v.owed_at, seq = v.seq
      FROM verdict AS v
      WHERE positions.enrollment_id = v.enrollment_id AND v.is_last AND v."next" IS NOT NULL`,
  );
  return zones;
}

function printJournal(
  turn: Turn,
  { round, notes, hasLeaving }: Pick<Projecting, "round" | "notes"> & { readonly hasLeaving: boolean },
  builder: Builder,
): string {
  const version = `coalesce(v.pinned, ${builder.param(integer(turn.engine.version))})`;
  const email = printPlainName(turn.engine.plan, "v.email");
  const head = `${builder.now()} AS tick, ${builder.param(integer(round))} AS round, v.program, ${version} AS version,
    v.enrollment_id, v.contact_id`;
  // Whoever passes the last step leaves by a row of its own; a step that ends the enrollment says so itself.
  const finished = `SELECT ${head}, v.seq + 1, NULL, NULL, 'left', 'finished', NULL, NULL
    FROM verdict AS v WHERE v."next" IS NULL AND v.outcome <> 'left'`;
  const passed = `SELECT ${head}, v.seq, v.step, ${email}, v.outcome, v.reason, v."next", v.due FROM verdict AS v`;
  return `INSERT INTO journal
    (tick, round, program, version, enrollment_id, contact_id, seq, step, email, outcome, reason, "next", due)
    ${[...printNotes(turn, notes, builder), passed, ...(hasLeaving ? [finished] : [])].join("\nUNION ALL\n")}`;
}

/** Mails that are claimed together lie together: a block would else be spread over the whole table. */
function printOutbox(turn: Turn, builder: Builder): string {
  const now = builder.now();
  return `INSERT INTO outbox (send_id, program, version, pinned, enrollment_id, contact_id, step, visit, email, variant, address, mailbox,
      state, attempt, planned_at, not_before, policies)
    SELECT ${sendId(turn.engine.inside, "v", builder)} AS send_id, v.program,
      coalesce(v.pinned, ${builder.param(integer(turn.engine.version))}) AS version, v.pinned, v.enrollment_id, v.contact_id, v.step, v.visit,
      ${printPlainName(turn.engine.plan, "v.email")} AS email, v.variant, v.address, lower(v.address) AS mailbox, 'pending' AS state, 0 AS attempt, ${now} AS planned_at, ${now} AS not_before, v.policies
    FROM verdict AS v WHERE v.outcome = 'send'
    ORDER BY v.program, send_id`;
}

async function close(turn: Turn): Promise<void> {
  await change(
    turn,
    (builder) => `UPDATE enrollment SET left_at = ${builder.now()},
        left_seq = CASE WHEN v.outcome = 'left' THEN v.seq ELSE v.seq + 1 END,
        reason = CASE WHEN v.outcome = 'left' THEN v.reason ELSE 'finished' END
      FROM verdict AS v WHERE enrollment.enrollment_id = v.enrollment_id AND v."next" IS NULL`,
  );
  await change(
    turn,
    () => `DELETE FROM positions USING verdict AS v
      WHERE positions.enrollment_id = v.enrollment_id AND v."next" IS NULL`,
  );
}
