// The rows that a report counts: who entered in its time, what was mailed in it, and what became of them by now.

import type { Report, ReportMeasure } from "../../../compiler/ir/report.ts";
import { printTerms } from "../../../compiler/sql/print.ts";
import { eventTable, quote } from "../../../compiler/sql/tables.ts";
import type { Builder } from "../../../compiler/sql/builder.ts";
import type { Instant } from "../../ports.ts";
import { fill, instant, texts, type Turn } from "../engine.ts";
import { countingOf, type Subject } from "./measures.ts";

/** `from` null: ever. `until` is not part of it. */
export interface Period {
  readonly from: Instant | null;
  readonly until: Instant;
}

export interface Counted {
  readonly report: Report;
  readonly measures: readonly ReportMeasure[];
  readonly programs: readonly string[];
  readonly period: Period;
}

/** The table behind each subject. */
export const tables: Readonly<Record<Subject, string>> = {
  entered: "report_enrollment",
  mails: "report_mail",
  skipped: "report_skip",
  "hand-offs": "report_handoff",
  sums: "report_sum",
};

/** What people do with a mail, by the column that says so. */
const doings = [
  ["delivered", "received"],
  ["opened", "opened"],
  ["clicked", "clicked"],
  ["replied", "replied"],
  ["bounced", "bounced"],
  ["complained", "complained"],
  ["unsubscribed", "unsubscribed"],
] as const;

export async function fillFacts(turn: Turn, counted: Counted): Promise<ReadonlySet<Subject>> {
  const countings = counted.measures.map(countingOf);
  const asked = new Set(countings.map(({ subject }) => subject));
  await fillEnrollments(turn, counted);
  if (asked.has("mails")) {
    const columns = new Set(countings.flatMap(({ column, of }) => [column, ...(of === null ? [] : [of])]));
    await fillMails(turn, counted, columns);
  }
  if (asked.has("skipped")) await fillSkips(turn, counted);
  if (asked.has("hand-offs")) await fillHandOffs(turn);
  if (asked.has("sums")) await fillSums(turn, counted);
  const people = ["entered", ...asked].filter((subject): subject is Subject => subject !== "sums");
  await fill(turn, "report_person", () =>
    [...new Set(people)].map((subject) => `SELECT contact_id FROM ${tables[subject as Subject]}`).join(" UNION "),
  );
  return asked;
}

const within = (column: string, { from, until }: Period, builder: Builder): string =>
  `${column} < ${builder.param(instant(until))}${from === null ? "" : ` AND ${column} >= ${builder.param(instant(from))}`}`;

async function fillEnrollments(turn: Turn, { programs, period }: Counted): Promise<void> {
  const held = turn.engine.plan.programs.flatMap(({ steps }) =>
    steps.flatMap(({ kind, id }) => (kind === "held out" ? [id] : [])),
  );
  await fill(turn, "report_enrollment", (builder) => {
    const known = (column: string) => `CASE WHEN e.${column} <= ${builder.now()} THEN e.${column} END`;
    return `SELECT e.enrollment_id, e.contact_id, e.program, e.started_at AS "at", ${known("left_at")} AS left_at, ${known("goal_at")} AS goal_at,
        e.start_event, e.start_event_id, coalesce(e.goal_until, e.left_at) AS wait_until, j.enrollment_id IS NOT NULL AS is_held_out
      FROM enrollment AS e LEFT JOIN (
        SELECT DISTINCT enrollment_id FROM journal
        WHERE outcome = 'started' AND list_contains(${builder.param(texts([...new Set(held)]))}, "next")
      ) AS j ON j.enrollment_id = e.enrollment_id
      WHERE list_contains(${builder.param(texts(programs))}, e.program) AND ${within("e.started_at", period, builder)}`;
  });
}

async function fillMails(turn: Turn, { programs, period }: Counted, columns: ReadonlySet<string>): Promise<void> {
  const wanted = doings.filter(([column]) => columns.has(column));
  await fill(turn, "report_mail", (builder) => {
    const flags = wanted.map(([column, event]) => `, ${event}."message" IS NOT NULL AS ${column}`);
    const joins = wanted.map(
      ([, event]) => `LEFT JOIN (
        SELECT DISTINCT e."message" FROM ${quote(eventTable(event))} AS e
        WHERE e."machine" IS NOT TRUE AND e.occurred_at <= ${builder.now()}
      ) AS ${event} ON ${event}."message" = o.send_id`,
    );
    return `SELECT o.contact_id, o.enrollment_id, o.program, o.settled_at AS "at", o.email, o.step, o.variant, false AS is_held_out ${flags.join("")}
      FROM outbox AS o ${joins.join(" ")}
      WHERE o.state = 'sent' AND list_contains(${builder.param(texts(programs))}, o.program) AND ${within("o.settled_at", period, builder)}`;
  });
}

async function fillSkips(turn: Turn, { programs, period }: Counted): Promise<void> {
  await fill(
    turn,
    "report_skip",
    (
      builder,
    ) => `SELECT j.contact_id, j.enrollment_id, j.program, j.tick AS "at", j.email, j.step, CAST(NULL AS VARCHAR) AS variant, false AS is_held_out
      FROM journal AS j
      WHERE j.outcome = 'skipped' AND list_contains(${builder.param(texts(programs))}, j.program) AND ${within("j.tick", period, builder)}`,
  );
}

async function fillHandOffs(turn: Turn): Promise<void> {
  await fill(
    turn,
    "report_handoff",
    (builder) => `SELECT m.contact_id, m.enrollment_id, m.program, m."at", m.is_held_out, h.handoff_id
      FROM handoff AS h JOIN report_enrollment AS m ON m.enrollment_id = h.enrollment_id WHERE h."at" <= ${builder.now()}`,
  );
}

/** Each enrollment with what its sums are. */
async function fillSums(turn: Turn, { measures }: Counted): Promise<void> {
  const terms = measures.flatMap((measure, place) =>
    measure.kind === "sum" ? [{ name: `sum_${place}`, term: measure.term }] : [],
  );
  const from = {
    text: `(SELECT m.*, m."at" AS started_at, m."at" AS wait_from FROM report_enrollment AS m SEMI JOIN contact AS c ON c.contact_id = m.contact_id)`,
    params: {},
  };
  await fill(turn, "report_sum", (builder) =>
    builder.include(printTerms(turn.engine.plan, { kind: "enrollment", from, cuts: "enrollment" }, terms)),
  );
}
