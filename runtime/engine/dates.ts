// Waits for a date: their ends are read anew in every tick, because the dates of contacts change.

import type { Step, WaitUntil } from "../../compiler/ir/program.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printTerms } from "../../compiler/sql/print.ts";
import { printMoments } from "./date-moments.ts";
import { type Edition, isOf } from "./editions.ts";
import { change, printed, text, type Turn } from "./engine.ts";

type DateWait = Extract<WaitUntil, { kind: "date" }>;
interface DateStep {
  readonly program: Edition;
  readonly step: Step;
  readonly until: DateWait;
}

export function dateSteps(programs: readonly Edition[]): readonly DateStep[] {
  return programs.flatMap((program) =>
    program.steps.flatMap((step) =>
      step.kind === "wait until" && step.until.kind === "date" ? [{ program, step, until: step.until }] : [],
    ),
  );
}

/** Moves the due instants of all who wait for a date; where it is unknown, their turn is now. */
export async function refreshDates(turn: Turn): Promise<void> {
  const steps = dateSteps(turn.engine.inside.programs);
  if (steps.length === 0) return;
  await change(turn, (builder) => {
    const dated = steps.map((step) => `SELECT * FROM (${printDates(turn, step, builder)}) AS d`);
    return `UPDATE positions SET due = coalesce(d.due, ${builder.now()})
      FROM (${dated.join(" UNION ALL ")}) AS d
      WHERE positions.enrollment_id = d.enrollment_id AND positions.due IS DISTINCT FROM coalesce(d.due, ${builder.now()})`;
  });
}

/** SELECT of enrollment_id and due, NULL where the date is unknown. An anniversary is the next one from the arrival on. */
function printDates(turn: Turn, { program, step, until }: DateStep, builder: Builder): string {
  const { engine } = turn;
  const from = printed(
    (inner) => `(SELECT s.enrollment_id, s.program, s.contact_id, s.started_at, s.start_event, s.start_event_id,
        s.wait_from, s.wait_until, s.arrived_at AS from_at
      FROM positions AS s
      WHERE ${isOf(program, "s", inner)} AND s.step = ${inner.param(text(step.id))})`,
  );
  const terms = [{ name: "field_value", term: until.field }];
  const fields = builder.include(printTerms(engine.plan, { kind: "enrollment", from }, terms));
  const rows = `SELECT f.enrollment_id, f.contact_id, f.field_value, f.from_at FROM (${fields}) AS f`;
  const moments = printMoments({ engine, zones: null }, until, { rows, years: 0 }, builder);
  if (!until.isAnniversary) return `SELECT m.enrollment_id, m."at" AS due FROM (${moments}) AS m`;
  return `SELECT m.enrollment_id, min(m."at") FILTER (m."at" >= m.from_at) AS due FROM (${moments}) AS m GROUP BY m.enrollment_id`;
}
