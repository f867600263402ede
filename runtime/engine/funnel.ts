// Fixed questions to the journal: how far people came in each program, and what happened month by month.

import type { Plan } from "../../compiler/ir/plan.ts";
import { wallClockAt } from "../../compiler/sql/shift.ts";
import type { Database, Row } from "../ports.ts";
import { createEngine, run, text } from "./engine.ts";

/** Enrollments of a program: each is counted once per column. Machine opens and clicks are left out. */
export interface Funnel {
  readonly program: string;
  readonly entered: number;
  readonly active: number;
  readonly sent: number;
  readonly received: number;
  readonly opened: number;
  readonly clicked: number;
  readonly goals: number;
  /** Most frequent first. */
  readonly left: readonly { readonly reason: string; readonly people: number }[];
}

/** What happened in one month of the project's zone (yyyy-mm). `mailed` counts mails handed over. */
export interface Month {
  readonly program: string;
  readonly month: string;
  readonly entered: number;
  readonly mailed: number;
  readonly goals: number;
  readonly left: number;
}

export async function funnels(database: Database, plan: Plan): Promise<readonly Funnel[]> {
  const read = (sql: string) => database.run({ text: sql, params: {} });
  const moves = await read(
    `SELECT program, count(*) FILTER (outcome = 'started') AS entered, count(*) FILTER (outcome = 'goal') AS goals
     FROM journal GROUP BY program`,
  );
  const left = await read(
    `SELECT program, reason, count(*) AS people FROM journal WHERE outcome = 'left'
     GROUP BY program, reason ORDER BY people DESC, reason`,
  );
  const reached = new Map<string, readonly Row[]>();
  for (const event of ["sent", "received", "opened", "clicked"]) {
    reached.set(
      event,
      await read(
        `SELECT o.program, count(DISTINCT o.enrollment_id) AS people
         FROM outbox AS o JOIN event_${event} AS e ON e."message" = o.send_id AND e."machine" IS NOT TRUE
         GROUP BY o.program`,
      ),
    );
  }
  return plan.programs.map(({ name }) => {
    const own = (rows: readonly Row[] | undefined) => rows?.find((row) => row.program === name);
    const people = (event: string) => Number(own(reached.get(event))?.people ?? 0);
    const gone = left.filter((row) => row.program === name);
    const entered = Number(own(moves)?.entered ?? 0);
    return {
      program: name,
      entered,
      active: entered - gone.reduce((sum, row) => sum + Number(row.people), 0),
      sent: people("sent"),
      received: people("received"),
      opened: people("opened"),
      clicked: people("clicked"),
      goals: Number(own(moves)?.goals ?? 0),
      left: gone.map((row) => ({ reason: String(row.reason), people: Number(row.people) })),
    };
  });
}

/** Months in order, each program's by itself; months in which nothing happened are left out. */
export async function months(database: Database, plan: Plan): Promise<readonly Month[]> {
  const engine = createEngine(database, plan, 0);
  const rows = await run({ engine, session: database, now: 0 }, (builder) => {
    const zone = builder.param(text(plan.project.zone));
    const clock = wallClockAt('h."zone"', 'h."at"', "s");
    return `WITH happened AS (
        SELECT program, outcome, tick AS "at", ${zone} AS "zone" FROM journal WHERE outcome IN ('started', 'goal', 'left')
        UNION ALL
        SELECT program, 'mailed', settled_at, ${zone} FROM outbox WHERE state = 'sent'
      ),
      dated AS (SELECT h.program, h.outcome, strftime(${clock.value}, '%Y-%m') AS "month" FROM happened AS h ${clock.join})
      SELECT program, "month", count(*) FILTER (outcome = 'started') AS entered,
        count(*) FILTER (outcome = 'mailed') AS mailed, count(*) FILTER (outcome = 'goal') AS goals,
        count(*) FILTER (outcome = 'left') AS "left"
      FROM dated GROUP BY program, "month" ORDER BY program, "month"`;
  });
  return rows.map((row) => ({
    program: String(row.program),
    month: String(row.month),
    entered: Number(row.entered),
    mailed: Number(row.mailed),
    goals: Number(row.goals),
    left: Number(row.left),
  }));
}
