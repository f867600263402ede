// Counts the rows of a report: one statement for each subject, in all and by what it is broken down by.

import type { ReportDimension } from "../../../compiler/ir/report.ts";
import type { Cell, Row } from "../../ports.ts";
import { run, type Turn } from "../engine.ts";
import { applies, dimensionSql } from "./dimensions.ts";
import { tables } from "./facts.ts";
import type { Subject } from "./measures.ts";

export interface Count {
  readonly program: string;
  readonly isHeldOut: boolean;
  readonly by: readonly Cell[];
  readonly values: Row;
}

const distinct = (when: string): string => `count(DISTINCT m.contact_id) FILTER (${when})`;

const enteredColumns: Readonly<Record<string, string>> = {
  entered: "count(DISTINCT m.contact_id)",
  active: distinct("m.left_at IS NULL"),
  gone: distinct("m.left_at IS NOT NULL"),
  goals: distinct("m.goal_at IS NOT NULL"),
  seconds: `median(epoch(m.goal_at) - epoch(m."at"))`,
};

/** `columns`: what is asked for, as measures name it. null where the subject cannot be told apart that way. */
export async function countsOf(
  turn: Turn,
  subject: Subject,
  columns: readonly string[],
  by: readonly ReportDimension[],
): Promise<readonly Count[] | null> {
  if (by.some((dimension) => !applies(dimension, subject))) return null;
  const rows = await run(turn, (builder) => {
    const dimensions = by.map((dimension, place) => dimensionSql(turn, dimension, place, builder));
    const values = dimensions.map(({ value }, place) => `, ${value} AS d${place}`).join("");
    const joins = dimensions.map(({ join }) => join).join(" ");
    const names = ["m.program", "m.is_held_out", ...by.map((_, place) => `m.d${place}`)].join(", ");
    const from = `(SELECT m.* ${values} FROM ${tables[subject]} AS m ${joins}) AS m`;
    return subject === "sums"
      ? printSums(names, from, columns)
      : `SELECT ${names}, ${selected(subject, columns)} FROM ${from} GROUP BY ${names} ORDER BY ${names}`;
  });
  return rows.map((row) => ({
    program: String(row.program),
    isHeldOut: row.is_held_out === true,
    by: by.map((_, place) => row[`d${place}`] ?? null),
    values: row,
  }));
}

function selected(subject: Exclude<Subject, "sums">, columns: readonly string[]): string {
  if (subject === "entered")
    return Object.entries(enteredColumns)
      .map(([name, sql]) => `${sql} AS ${name}`)
      .join(", ");
  if (subject === "skipped") return "count(DISTINCT m.contact_id) AS skipped";
  if (subject === "hand-offs") return "count(DISTINCT m.handoff_id) AS handoffs";
  const doings = columns
    .filter((column) => column !== "sent")
    .map((column) => `, ${distinct(`m.${column}`)} AS ${column}`);
  return `count(DISTINCT m.contact_id) AS sent ${doings.join("")}`;
}

/** Sums, and what each is for one person: on average, and how much that varies. */
function printSums(names: string, from: string, columns: readonly string[]): string {
  const each = columns.map((column) => `coalesce(sum(CAST(m.${column} AS DOUBLE)), 0) AS ${column}`);
  const all = columns.map(
    (column) =>
      `sum(m.${column}) AS ${column}, avg(m.${column}) AS mean_${column}, coalesce(var_samp(m.${column}), 0) AS var_${column}`,
  );
  return `SELECT ${names}, count(*) AS people, ${all.join(", ")}
    FROM (SELECT ${names}, m.contact_id, ${each.join(", ")} FROM ${from} GROUP BY ${names}, m.contact_id) AS m
    GROUP BY ${names} ORDER BY ${names}`;
}
