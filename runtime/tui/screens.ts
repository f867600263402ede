// What every screen is drawn for, and small pieces that several of them have.

import type { Watched } from "../index.ts";
import { wrap } from "./cells.ts";
import { type Column, flow, type Line, line, table, type Tone } from "./row.ts";
import type { UiState } from "./state.ts";
import { instantText } from "./words.ts";

export const indent = "  ";

export interface Canvas {
  readonly seen: Watched;
  readonly state: UiState;
  readonly width: number;
  /** What rows must hold to be shown; empty: all are. */
  readonly filter: string;
}

export type Problem = Watched["snapshot"]["problems"][number];

export const matches = (text: string, filter: string): boolean => text.toLowerCase().includes(filter.toLowerCase());

export const indented = (texts: readonly string[], tone: Tone = "plain"): readonly Line[] =>
  texts.map((text) => line(indent + text, tone));

/** Head and rows, or one line that says that there are none. */
export function listed<Item>(
  { width }: Pick<Canvas, "width">,
  columns: readonly Column<Item>[],
  items: readonly Item[],
  none: string,
): readonly Line[] {
  const { head, rows } = table(columns, items, width - indent.length);
  return [line(indent + head, "head"), ...(items.length === 0 ? [line(indent + none)] : indented(rows))];
}

export const flowing = (texts: readonly string[], width: number, tone: Tone = "plain"): readonly Line[] =>
  indented(flow(texts, width - indent.length), tone);

/** What is wrong, since when, and what to do; `isChosen` null: nothing is chosen. */
export function problemLines(
  { since, text, help, remedy }: Problem,
  width: number,
  isChosen: boolean | null,
): readonly Line[] {
  const inner = width - 2 * indent.length;
  const mark = isChosen === null ? "! " : isChosen ? "> ! " : "  ! ";
  const pad = " ".repeat(mark.length);
  const deed = remedy === undefined || isChosen === null ? [] : [`Enter: ${remedyText(remedy)}`];
  return [
    ...wrap(`${text} (since ${instantText(since)})`, inner).map((part, index) =>
      line(`${index === 0 ? mark : pad}${part}`, isChosen ? "selected" : "alert"),
    ),
    ...[`What to do: ${help}`, ...deed].flatMap((part) => wrap(part, inner)).map((part) => line(pad + part)),
  ];
}

function remedyText(remedy: NonNullable<Problem["remedy"]>): string {
  switch (remedy.kind) {
    case "resume":
      return `let ${remedy.program} go on`;
    case "resume all":
      return "let everything go on";
    case "retry":
      return "try again at once";
  }
}
