// Waits for a date: their ends are read anew in every tick, because the dates of contacts change.

import type { Program, Step, WaitUntil } from "../../compiler/ir/program.ts";
import type { Term } from "../../compiler/ir/condition.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { printTerms } from "../../compiler/sql/print.ts";
import { instantOf, interval, isExact, wallClockAt } from "../../compiler/sql/shift.ts";
import { change, printed, text, type Turn } from "./engine.ts";
import { zoneOf } from "./zones.ts";

type DateWait = Extract<WaitUntil, { kind: "date" }>;
interface DateStep {
  readonly program: Program;
  readonly step: Step;
  readonly until: DateWait;
}

export function dateSteps(programs: readonly Program[]): readonly DateStep[] {
  return programs.flatMap((program) =>
    program.steps.flatMap((step) =>
      step.kind === "wait until" && step.until.kind === "date" ? [{ program, step, until: step.until }] : [],
    ),
  );
}

/** Moves the due instants of all who wait for a date; where it is unknown, their turn is now. */
export async function refreshDates(turn: Turn): Promise<void> {
  const steps = dateSteps(turn.engine.plan.programs);
  if (steps.length === 0) return;
  await change(turn, (builder) => {
    const dated = steps.map((step) => `SELECT * FROM (${printDates(turn, step, builder)}) AS d`);
    return `UPDATE positions SET due = coalesce(d.due, ${builder.now()})
      FROM (${dated.join(" UNION ALL ")}) AS d
      WHERE positions.enrollment_id = d.enrollment_id AND positions.due IS DISTINCT FROM coalesce(d.due, ${builder.now()})`;
  });
}

/** SELECT of enrollment_id and due, NULL where the date is unknown. */
function printDates(turn: Turn, { program, step, until }: DateStep, builder: Builder): string {
  const { engine } = turn;
  const from = printed(
    (inner) => `(SELECT s.enrollment_id, s.program, s.contact_id, s.started_at, s.start_event, s.start_event_id,
        s.wait_from, s.wait_until
      FROM positions AS s
      WHERE s.program = ${inner.param(text(program.name))} AND s.step = ${inner.param(text(step.id))})`,
  );
  const terms = [{ name: "field_value", term: until.field }];
  const fields = builder.include(printTerms(engine.plan, { kind: "enrollment", from }, terms));
  const project = builder.param(text(engine.plan.project.zone));
  const offset = until.offset ? ` + ${interval(until.offset)}` : "";
  if (typeOf(until.field) === "instant") {
    if (!until.offset || isExact(until.offset)) {
      return `SELECT f.enrollment_id, f.field_value${offset} AS due FROM (${fields}) AS f`;
    }
    const rows = `SELECT f.enrollment_id, f.field_value, ${project} AS "zone" FROM (${fields}) AS f`;
    const clock = wallClockAt('r."zone"', "r.field_value", "b");
    const moved = `SELECT r.enrollment_id, r."zone", ${clock.value}${offset} AS clock FROM (${rows}) AS r ${clock.join}`;
    const end = instantOf('m."zone"', "m.clock", "g");
    return `SELECT m.enrollment_id, ${end.value} AS due FROM (${moved}) AS m ${end.join}`;
  }
  const time = until.time ?? { hour: 9, minute: 0, isLocal: false };
  const [days, exact] = until.offset && isExact(until.offset) ? ["", offset] : [offset, ""];
  const clock = `CAST(f.field_value AS TIMESTAMP)${days} + INTERVAL (${time.hour * 60 + time.minute}) MINUTE`;
  const place = zoneOf({ engine, zones: null }, "f", builder);
  const local = `SELECT f.enrollment_id, ${clock} AS clock, ${place.zone} AS "zone"
    FROM (SELECT v.*, ${place.columns.join(", ")} FROM (${fields}) AS v LEFT JOIN contact AS c ON c.contact_id = v.contact_id) AS f
    ${place.join}`;
  // Few days and few zones stand behind many people: each pair is turned into an instant once.
  const rows = time.isLocal
    ? local
    : `SELECT f.enrollment_id, ${clock} AS clock, ${project} AS "zone" FROM (${fields}) AS f`;
  const end = instantOf('p."zone"', "p.clock", "g");
  return `WITH r AS MATERIALIZED (${rows}),
    q AS (SELECT p.clock, p."zone", ${end.value}${exact} AS due
      FROM (SELECT DISTINCT r.clock, r."zone" FROM r WHERE r.clock IS NOT NULL) AS p ${end.join})
    SELECT r.enrollment_id, q.due FROM r LEFT JOIN q ON q.clock = r.clock AND q."zone" = r."zone"`;
}

/** How a term's values are kept: a day or an instant. */
function typeOf(term: Term): "day" | "instant" {
  return "type" in term && term.type.scalar.kind === "datetime" ? "instant" : "day";
}
