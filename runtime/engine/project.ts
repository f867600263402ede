// What a round decided, written down: the journal first, then everything that follows from it.

import type { Builder } from "../../compiler/sql/builder.ts";
import { duckdb } from "../../compiler/sql/dialect.ts";
import { printChanges } from "../../compiler/sql/history.ts";
import { type NamedTerm, printTerms } from "../../compiler/sql/print.ts";
import type { Program, Step } from "../../compiler/ir/program.ts";
import { columnOf, columnType, quote } from "../../compiler/sql/tables.ts";
import { isFolded, type Type } from "../../compiler/types.ts";
import { Bug } from "../../grammar/unreachable.ts";
import { change, fill, integer, printed, run, text, type Turn } from "./engine.ts";
import { moveZones, movesZones } from "./moved-zones.ts";

/** How many rows of the round's verdict ask for which kind of writing. */
export interface Verdict {
  readonly rows: number;
  readonly sends: number;
  readonly leaving: number;
  readonly arriving: number;
  readonly sets: readonly { readonly program: string; readonly step: string }[];
}

/** `maySet`: whether a step that sets a field is among those that people pass. */
export async function readVerdict(turn: Turn, maySet: boolean): Promise<Verdict> {
  const place = maySet ? "CASE WHEN outcome = 'set' THEN program END" : "NULL";
  const step = maySet ? "CASE WHEN outcome = 'set' THEN step END" : "NULL";
  const rows = await run(
    turn,
    () => `SELECT ${place} AS program, ${step} AS step, count(*) AS "rows",
        count(*) FILTER (outcome = 'send') AS sends, count(*) FILTER ("next" IS NULL) AS leaving,
        count(*) FILTER (is_arriving) AS arriving
      FROM verdict ${maySet ? "GROUP BY ALL ORDER BY 1, 2" : ""}`,
  );
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
  return {
    rows: sum("rows"),
    sends: sum("sends"),
    leaving: sum("leaving"),
    arriving: sum("arriving"),
    sets: rows
      .filter((row) => row.program !== null)
      .map((row) => ({ program: String(row.program), step: String(row.step) })),
  };
}

interface Numbers {
  /** Of the writing among those of the tick. */
  readonly round: number;
  /** Of what steps set, among all batches of changes. */
  readonly setBatch: number;
}

/**
 * Writes what the temporary table `verdict` says.
 * @returns the zones in use, where steps have set some on which waits depend
 */
export async function projectVerdict(
  turn: Turn,
  verdict: Verdict,
  { round, setBatch }: Numbers,
): Promise<readonly string[] | null> {
  for (const place of verdict.sets) await writeField(turn, place, setBatch);
  const { plan } = turn.engine;
  const hasMoved = verdict.sets.some((place) => movesZones(plan, setStep(turn, place).step.field));
  const zones = hasMoved ? await moveZones(turn) : null;
  await change(turn, (builder) => printJournal(turn, round, verdict.leaving > 0, builder));
  if (verdict.sends > 0) await change(turn, (builder) => printOutbox(turn, builder));
  if (verdict.leaving > 0) await close(turn);
  if (verdict.leaving === verdict.rows) return zones;
  await change(
    turn,
    (builder) => `UPDATE positions SET step = v."next", due = v.due, arrived_at = ${builder.now()},
        wait_from = v.wait_from, wait_until = v.wait_until, seq = v.seq
      FROM verdict AS v
      WHERE positions.enrollment_id = v.enrollment_id AND v.is_last AND v."next" IS NOT NULL`,
  );
  return zones;
}

function printJournal(turn: Turn, round: number, hasLeaving: boolean, builder: Builder): string {
  const version = builder.param(integer(turn.engine.version));
  const head = `${builder.now()} AS tick, ${builder.param(integer(round))} AS round, v.program, ${version} AS version,
    v.enrollment_id, v.contact_id`;
  // Whoever passes the last step leaves by a row of its own; a step that ends the enrollment says so itself.
  const finished = `UNION ALL SELECT ${head}, v.seq + 1, NULL, NULL, 'left', 'finished', NULL, NULL
    FROM verdict AS v WHERE v."next" IS NULL AND v.outcome <> 'left'`;
  return `INSERT INTO journal
    (tick, round, program, version, enrollment_id, contact_id, seq, step, email, outcome, reason, "next", due)
    SELECT ${head}, v.seq, v.step, v.email, v.outcome, v.reason, v."next", v.due
    FROM verdict AS v ${hasLeaving ? finished : ""}`;
}

function printOutbox(turn: Turn, builder: Builder): string {
  const now = builder.now();
  return `INSERT INTO outbox (send_id, program, version, enrollment_id, contact_id, step, visit, email, address, mailbox,
      state, attempt, planned_at, not_before)
    SELECT md5(concat_ws(chr(31), v.program, v.enrollment_id, v.step, '1')) AS send_id, v.program,
      ${builder.param(integer(turn.engine.version))} AS version, v.enrollment_id, v.contact_id, v.step, 1 AS visit,
      v.email, v.address, lower(v.address) AS mailbox, 'pending' AS state, 0 AS attempt, ${now} AS planned_at, ${now} AS not_before
    FROM verdict AS v WHERE v.outcome = 'send'`;
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

type SetStep = Extract<Step, { kind: "set" }>;

function setStep(turn: Turn, place: Verdict["sets"][number]): { readonly program: Program; readonly step: SetStep } {
  const program = turn.engine.plan.programs.find(({ name }) => name === place.program);
  const step = program?.steps.find(({ id }) => id === place.step);
  if (!program || step?.kind !== "set") throw new Bug(`${place.program} has no step ${place.step} that sets a field`);
  return { program, step };
}

/** One statement per step that sets a field; of two steps in one round the later name's value stays. */
async function writeField(turn: Turn, place: Verdict["sets"][number], setBatch: number): Promise<void> {
  const { step } = setStep(turn, place);
  const field = turn.engine.plan.catalog.contact.fields.find(({ name }) => name === step.field);
  if (!field) throw new Bug(`no contact field ${step.field}`);
  const column = quote(columnOf(field, "contact"));
  const { value } = step;
  const terms = value.kind === "unknown" ? [] : value.kind === "list" ? value.items : [value.term];
  const named: readonly NamedTerm[] = terms.map((term, index) => ({ name: `value_${index}`, term }));
  const changed = await fill(turn, "set_value", (builder) => {
    const judged = builder.include(
      printTerms(turn.engine.plan, { kind: "enrollment", from: printed((inner) => printSetters(place, inner)) }, named),
    );
    const values = named.map(({ name }, index) => `min_by(t."${name}", t.enrollment_id) AS value_${index}`);
    return `SELECT n.* FROM (
        SELECT contact.contact_id, contact.${column} AS old, ${printValue(step, column, field.type)} AS new
        FROM contact JOIN (SELECT ${["t.contact_id", "count(*) AS times", ...values].join(", ")} FROM (${judged}) AS t GROUP BY t.contact_id) AS w
          ON contact.contact_id = w.contact_id
      ) AS n WHERE n.old IS DISTINCT FROM n.new`;
  });
  if (changed === 0) return;
  await change(turn, (builder) => {
    const difference = { field: builder.param(text(field.name)), old: "old", new: "new" };
    return printChanges("set_value", [difference], builder.now(), builder.param(integer(setBatch)));
  });
  await change(
    turn,
    () => `UPDATE contact SET ${column} = n.new FROM set_value AS n WHERE contact.contact_id = n.contact_id`,
  );
}

/** The enrollments that pass a step in this round, as subjects. */
function printSetters({ program, step }: Verdict["sets"][number], builder: Builder): string {
  return `(SELECT s.enrollment_id, s.program, s.contact_id, s.started_at, s.start_event, s.start_event_id,
      s.wait_from, s.wait_until
    FROM positions AS s SEMI JOIN verdict AS v ON v.enrollment_id = s.enrollment_id
      AND v.program = ${builder.param(text(program))} AND v.step = ${builder.param(text(step))})`;
}

/** SQL of the new value, from the old one and the columns of `w`; an empty list is unknown. */
function printValue({ value }: SetStep, column: string, of: Type): string {
  const { isList } = of;
  const type = columnType(of);
  const fold = (sql: string) => (isFolded(of) ? duckdb.fold(sql) : sql);
  const old = `contact.${column}`;
  switch (value.kind) {
    case "unknown":
      return "NULL";
    case "term":
      return isList ? `CAST([w.value_0] AS ${type})` : `CAST(w.value_0 AS ${type})`;
    case "list":
      return `CAST(nullif(list_value(${value.items.map((_, index) => `w.value_${index}`).join(", ")}), []) AS ${type})`;
    case "add":
      if (!isList) return `coalesce(${old}, 0) + w.times * coalesce(w.value_0, 0)`;
      return `CASE WHEN w.value_0 IS NULL OR list_contains(list_transform(coalesce(${old}, []), lambda item: ${fold("item")}), ${fold("w.value_0")}) THEN ${old}
        ELSE list_append(coalesce(${old}, []), w.value_0) END`;
    case "remove":
      return `nullif(list_filter(${old}, lambda item: ${fold("item")} IS DISTINCT FROM ${fold("w.value_0")}), [])`;
  }
}
