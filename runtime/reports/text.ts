// A report as a terminal shows it, and as a table for other programs.

import type { Cell } from "../ports.ts";
import { printable } from "../printable.ts";
import type { ReportOfProgram, ReportRow, ReportView } from "../report.ts";
import { table } from "../table.ts";
import { cellText, figure, liftText, percent, periodText } from "./figures.ts";

export function renderReport(view: ReportView): string {
  const title = `${view.report}, ${periodText(view)}`;
  const head = [printable(title), ...(view.doc === null ? [] : [printable(view.doc)])];
  const width = Math.max(...view.measures.map(({ name }) => name.length));
  const how = view.measures.map((measure) => `  ${measure.name.padEnd(width)}  ${measure.how}`);
  const parts = view.programs.map((program) => programText(view, program));
  return [`${head.join("\n")}\n`, ...parts, `How it is counted\n${how.join("\n")}\n`].join("\n");
}

function programText(view: ReportView, { program, why, target, total, rows }: ReportOfProgram): string {
  const names = view.by.length === 0 ? [""] : view.by;
  const columns = [...names, ...view.measures.map(({ name }) => name)];
  const line = (titles: readonly string[], { cells }: ReportRow) => [
    ...titles,
    ...cells.map((cell, place) => {
      const measure = view.measures[place];
      return measure ? figure(cell, measure) : "";
    }),
  ];
  const all = names.map((_, place) => (place === 0 ? "all" : ""));
  const lines = [line(all, total), ...rows.map((row) => line(row.by.map(cellText), row))];
  const lifts = total.cells.flatMap((cell, place) => {
    const measure = view.measures[place];
    return (measure && liftText(cell, measure)) ?? [];
  });
  const notes = [...lifts, ...targetText(view, total, target)].map((note) => `  ${note}\n`);
  const title = why === null ? program : `${program}: ${why}`;
  return `${printable(title)}\n${table(columns, lines)}${notes.join("")}`;
}

function targetText({ measures }: ReportView, { cells }: ReportRow, target: number | null): readonly string[] {
  const rate = cells[measures.findIndex(({ name }) => name === "goal rate")]?.value ?? null;
  if (target === null || rate === null) return [];
  return [
    `goal: ${percent(rate)}, ${rate >= target ? "at least the target of" : "below the target of"} ${percent(target)}`,
  ];
}

/** Comma-separated with a line of names; shares are 0 to 1, times are seconds. The whole program has `(all)` in the first column behind it. */
export function reportCsv(views: readonly ReportView[]): string {
  return views.map(csvOf).join("\r\n");
}

function csvOf({ report, by, measures, programs }: ReportView): string {
  const head = ["report", "program", ...by, ...measures.map(({ name }) => name)];
  const line = (program: string, values: readonly Cell[], { cells }: ReportRow): readonly string[] => [
    ...[report, program, ...values.map((value) => (value === null ? "" : cellText(value)))].map(harmless),
    ...cells.map(({ value }) => (value === null ? "" : String(value))),
  ];
  const lines = programs.flatMap(({ program, total, rows }) => [
    line(
      program,
      by.map(() => "(all)"),
      total,
    ),
    ...rows.map((row) => line(program, row.by, row)),
  ]);
  return [head.map(harmless), ...lines].map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/** A cell that a spreadsheet would run as a formula gets an apostrophe in front. */
const harmless = (cell: string): string => (/^[-=+@\t\r\0]/.test(cell) ? `'${cell}` : cell);
const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
