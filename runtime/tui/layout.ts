// The whole screen as rows: a pure function of what is seen, of what the person looks at, and of the screen's size.

import type { Watched } from "../index.ts";
import { cut, wrap } from "./cells.ts";
import { allPrintable } from "./printable.ts";
import { blank, fitting, type Line, line } from "./row.ts";
import { helpScreen, logScreen, mailScreen, problemsOf, problemsScreen, segmentsScreen } from "./screen-lists.ts";
import { programScreen } from "./screen-program.ts";
import { programsOf, programsScreen } from "./screen-programs.ts";
import type { Canvas } from "./screens.ts";
import { clamp, type Extent, lookOf, type Typing, type UiState } from "./state.ts";
import { countText, instantText, plural } from "./words.ts";

export const leastColumns = 60;
export const leastRows = 12;

export interface View {
  readonly lines: readonly Line[];
  readonly extent: Extent;
}

/** At most `rows - 1` lines of at most `columns` cells, so that the terminal never scrolls. */
export function layout(seen: Watched | null, state: UiState, columns: number, rows: number): readonly Line[] {
  return viewOf(seen, state, columns, rows).lines;
}

/** The lines together with how far keys may move in them. */
export function viewOf(raw: Watched | null, asked: UiState, columns: number, rows: number): View {
  const seen = raw && allPrintable(raw);
  const state = asked.segments === null ? asked : { ...asked, segments: allPrintable(asked.segments) };
  const bodyRows = Math.max(0, rows - 3);
  const none: Extent = { programs: [], problems: [], pageRows: Math.max(1, bodyRows - 1), scrollMax: 0 };
  if (columns < leastColumns || rows < leastRows) return { lines: tooSmall(columns, rows), extent: none };
  if (!seen) return { lines: waiting(state, columns, rows), extent: none };
  const look = lookOf(state);
  const canvas: Canvas = { seen, state, width: columns, filter: look.filter };
  // A filter of another look hides no program from the keys.
  const names = programsOf(look.kind === "programs" ? canvas : { seen, filter: "" }).map(({ view }) => view.name);
  const { body, start, scrollMax } = bodyOf(canvas, bodyRows);
  const shown = body.slice(start, start + bodyRows);
  const lines = [
    line(header(canvas), "title"),
    ...shown,
    ...Array.from({ length: bodyRows - shown.length }, () => blank),
    footer(canvas, { start, scrollMax }),
  ];
  return {
    lines: lines.map((one) => ({ ...one, text: cut(one.text, columns) })),
    extent: {
      ...none,
      programs: names,
      problems: problemsOf(look.kind === "problems" ? canvas : { seen, filter: "" }).map(
        ({ remedy }) => remedy ?? null,
      ),
      scrollMax,
    },
  };
}

interface Body {
  readonly body: readonly Line[];
  readonly start: number;
  readonly scrollMax: number;
}

function bodyOf(canvas: Canvas, bodyRows: number): Body {
  const look = lookOf(canvas.state);
  if (look.kind === "programs") return { body: programsScreen(canvas, bodyRows), start: 0, scrollMax: 0 };
  if (look.kind === "problems") {
    const chosen = clamp(look.chosen, Math.max(0, problemsOf(canvas).length - 1));
    const { lines, focus } = problemsScreen(canvas, chosen);
    const scrollMax = Math.max(0, lines.length - bodyRows);
    // The chosen one is seen whole, where it fits.
    return { body: lines, start: clamp(chosen === 0 ? 0 : Math.max(0, focus[1] - bodyRows + 1), scrollMax), scrollMax };
  }
  const body = scrolled(canvas);
  const scrollMax = Math.max(0, body.length - bodyRows);
  return { body, start: clamp(look.scroll, scrollMax), scrollMax };
}

function scrolled(canvas: Canvas): readonly Line[] {
  switch (lookOf(canvas.state).kind) {
    case "program":
      return programScreen(canvas);
    case "mail":
      return mailScreen(canvas);
    case "log":
      return logScreen(canvas);
    case "segments":
      return segmentsScreen(canvas);
    case "help":
      return helpScreen(canvas.width);
    case "programs":
    case "problems":
      return [];
  }
}

function tooSmall(columns: number, rows: number): readonly Line[] {
  const text = `This screen is too small: ${leastColumns} columns and ${leastRows} rows are needed. q leaves.`;
  return wrap(text, Math.max(1, columns))
    .slice(0, Math.max(0, rows - 1))
    .map((part) => line(part));
}

function waiting({ down }: UiState, columns: number, rows: number): readonly Line[] {
  const text = down === null ? "Starting." : `${down} Waiting for it; q leaves.`;
  return wrap(text, columns - 2)
    .slice(0, rows - 1)
    .map((part) => line(`  ${part}`));
}

function header({ seen, state, width, filter }: Canvas): string {
  const { snapshot } = seen;
  const run = snapshot.isOver ? "ended" : "running";
  const parts = [
    { text: "Cadenza", weight: 1 },
    { text: `${instantText(snapshot.at)} UTC`, weight: 5 },
    { text: `tick ${countText(snapshot.ticks)}`, weight: 3 },
    { text: plural(snapshot.contacts, "contact"), weight: 2 },
    // Who lost the engine must not believe what stands on the screen.
    { text: state.down === null ? run : `NO ENGINE, as of ${instantText(snapshot.at)}`, weight: 9 },
    ...(state.isReadOnly ? [{ text: "read only", weight: 4 }] : []),
    ...(filter === "" ? [] : [{ text: `filter: ${filter}`, weight: 8 }]),
  ];
  return `  ${fitting(parts, width - 2)}`;
}

interface Scroll {
  readonly start: number;
  readonly scrollMax: number;
}

function footer({ seen, state, width }: Canvas, { start, scrollMax }: Scroll): Line {
  const { typing, down, notice } = state;
  if (typing !== null) return line(`  ${cut(promptText(typing), width - 2)}`, "title");
  if (down !== null) return line(`! ${down} Trying again.`, "alert");
  if (notice !== null) return line(`${notice.isBad ? "! " : "  "}${notice.text}`, notice.isBad ? "alert" : "title");
  const { kind } = lookOf(state);
  const leave = state.isApart || seen.snapshot.isOver ? "q: leave" : "q: stop and leave";
  const parts = [
    ...(kind === "programs" ? [{ text: "Enter: program", weight: 1 }] : [{ text: "Esc: back", weight: 4 }]),
    { text: "m: mail", weight: 1 },
    { text: "!: problems", weight: 1 },
    { text: "?: help", weight: 3 },
    { text: leave, weight: 5 },
    ...(start > 0 ? [{ text: `${countText(start)} rows above`, weight: 2 }] : []),
    ...(start < scrollMax ? [{ text: `${countText(scrollMax - start)} rows below`, weight: 2 }] : []),
  ];
  return line(`  ${fitting(parts, width - 2)}`, "faint");
}

/** The end of what is typed is what matters, so it is the question that is cut. */
function promptText(typing: Typing): string {
  switch (typing.kind) {
    case "filter":
      return `/${typing.text}_   Enter keeps the filter, Esc clears it`;
    case "whom":
      return `Key of whom to eject from ${typing.program}: ${typing.text}_`;
    case "confirm":
      return `${deedText(typing)} Type \`${typing.word}\`: ${typing.text}_`;
  }
}

function deedText({ deed }: Extract<Typing, { kind: "confirm" }>): string {
  switch (deed.kind) {
    case "pause":
      return `Pause ${deed.program}?`;
    case "resume":
      return `Let ${deed.program} go on?`;
    case "retry":
      return "Try again what failed for now?";
    case "stop all":
      return "Stop everything?";
    case "resume all":
      return "Let everything go on?";
    case "eject":
      return `Eject ${deed.contact} from ${deed.program}?`;
  }
}
