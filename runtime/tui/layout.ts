// The whole screen as rows: a pure function of the snapshot, of what the person looks at, and of the screen's size.

import type { Snapshot } from "../index.ts";
import { cut, wrap } from "./cells.ts";
import { printableSnapshot } from "./printable.ts";
import { allot, blank, fitting, type Line, line } from "./row.ts";
import {
  type Canvas,
  helpRows,
  mailRows,
  problemRows,
  problemsAtAGlance,
  programDetail,
  programRows,
  stepRows,
  stepWishes,
} from "./sections.ts";
import { clamp, type Extent, lookOf, selectedIndex, type UiState } from "./state.ts";
import { countText, instantText, plural } from "./words.ts";

const leastColumns = 40;
const leastRows = 10;

/** Body rows from which on the sections stand apart. */
const roomyRows = 18;

export interface View {
  readonly lines: readonly Line[];
  readonly extent: Extent;
}

/** At most `rows - 1` lines of at most `columns` cells, so that the terminal never scrolls. */
export function layout(snapshot: Snapshot | null, state: UiState, columns: number, rows: number): readonly Line[] {
  return viewOf(snapshot, state, columns, rows).lines;
}

/** The lines together with how far keys may move in them. */
export function viewOf(raw: Snapshot | null, state: UiState, columns: number, rows: number): View {
  const snapshot = raw && printableSnapshot(raw);
  const programs = snapshot?.programs.map(({ name }) => name) ?? [];
  const bodyRows = Math.max(0, rows - 3);
  const still: Extent = { programs, pageRows: Math.max(1, bodyRows - 1), scrollMax: 0 };
  if (columns < leastColumns || rows < leastRows) return { lines: tooSmall(columns, rows), extent: still };
  if (!snapshot) return { lines: [line("  Starting.")], extent: still };
  const canvas: Canvas = { snapshot, width: columns };
  const look = lookOf(state);
  const body = look.kind === "overview" ? overview(canvas, state, bodyRows) : scrolled(canvas, state);
  const scrollMax = Math.max(0, body.length - bodyRows);
  const start = clamp(look.scroll, scrollMax);
  const seen = body.slice(start, start + bodyRows);
  const lines = [
    line(header(snapshot, columns), "title"),
    ...seen,
    ...Array.from({ length: bodyRows - seen.length }, () => blank),
    line(footer(snapshot, state, { start, scrollMax }, columns), "faint"),
  ];
  return { lines: lines.map((one) => ({ ...one, text: cut(one.text, columns) })), extent: { ...still, scrollMax } };
}

function tooSmall(columns: number, rows: number): readonly Line[] {
  const text = `This screen is too small: ${leastColumns} columns and ${leastRows} rows are needed. q quits.`;
  return wrap(text, Math.max(1, columns))
    .slice(0, Math.max(0, rows - 1))
    .map((part) => line(part));
}

function header(snapshot: Snapshot, columns: number): string {
  const parts = [
    { text: "Cadenza", weight: 1 },
    { text: `${instantText(snapshot.at)} UTC`, weight: 5 },
    { text: `tick ${countText(snapshot.ticks)}`, weight: 3 },
    { text: plural(snapshot.contacts, "contact"), weight: 2 },
    { text: snapshot.isOver ? "ended" : "running", weight: 4 },
  ];
  return `  ${fitting(parts, columns - 2)}`;
}

function footer(
  snapshot: Snapshot,
  state: UiState,
  scroll: { readonly start: number; readonly scrollMax: number },
  columns: number,
): string {
  const isOverview = lookOf(state).kind === "overview";
  const parts = [
    ...(isOverview ? [{ text: "Enter: program", weight: 1 }] : [{ text: "Esc: back", weight: 4 }]),
    { text: "?: help", weight: 3 },
    { text: snapshot.isOver ? "q: leave" : "q: stop and leave", weight: 5 },
    ...(scroll.start > 0 ? [{ text: `${countText(scroll.start)} rows above`, weight: 2 }] : []),
    ...(scroll.start < scroll.scrollMax
      ? [{ text: `${countText(scroll.scrollMax - scroll.start)} rows below`, weight: 2 }]
      : []),
  ];
  return `  ${fitting(parts, columns - 2)}`;
}

function scrolled(canvas: Canvas, state: UiState): readonly Line[] {
  switch (lookOf(state).kind) {
    case "help":
      return helpRows(canvas.width);
    case "problems":
      return problemRows(canvas);
    case "program":
      return programDetail(canvas, state.selected ?? undefined);
    case "overview":
      return [];
  }
}

/** Everything at once, each section cut to its share of the rows. */
function overview(canvas: Canvas, state: UiState, rows: number): readonly Line[] {
  const { programs } = canvas.snapshot;
  const names = programs.map(({ name }) => name);
  const selected = selectedIndex(state, names);
  const program = programs[selected];
  const mail = mailRows(canvas);
  const problems = problemRows(canvas);
  const gaps = rows >= roomyRows ? 4 : 0;
  const steps = stepWishes(program);
  const share = (forSteps: number) =>
    allot(rows - gaps, [
      { least: 2, wanted: 1 + Math.max(1, programs.length) },
      { least: 2, wanted: forSteps },
      { least: 1, wanted: mail.length },
      { least: 1, wanted: problems.length },
    ]);
  const generous = share(steps.all);
  const isCut = (generous[1] ?? 0) < steps.all;
  const [forPrograms = 0, forSteps = 0, forMail = 0, forProblems = 0] = isCut ? share(steps.fewer) : generous;
  const sections = [
    programRows(canvas, selected, forPrograms),
    stepRows(canvas, program, forSteps),
    mail.slice(0, forMail),
    problemsAtAGlance(canvas, forProblems),
  ];
  return sections.flatMap((section) => (gaps > 0 ? [blank, ...section] : section));
}
