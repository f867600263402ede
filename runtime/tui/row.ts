// Rows of the screen before they are painted, and the arithmetic that gives each part its place.

import { cut, fill, widthOf } from "./cells.ts";

/** A tone only underlines what the words already say: a screen without colour loses nothing. */
export type Tone = "plain" | "title" | "head" | "selected" | "faint" | "alert";

export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

export const blank: Line = { text: "", tone: "plain" };

export function line(text: string, tone: Tone = "plain"): Line {
  return { text, tone };
}

export interface Column<Item> {
  readonly title: string;
  readonly side?: "right";
  /** Takes the cells that the others leave, and is cut where they are too few. One column has it. */
  readonly isFlexible?: true;
  /** Columns of the highest rank go first where the screen is narrow; without a rank a column stays. */
  readonly rank?: number;
  readonly text: (item: Item) => string;
}

const gap = "  ";

/** Cells below which a flexible column no longer says enough. */
const leastFlexible = 14;

interface Measured<Item> {
  readonly column: Column<Item>;
  readonly width: number;
}

/** A head and one text per item, each at most `width` cells. */
export function table<Item>(
  columns: readonly Column<Item>[],
  items: readonly Item[],
  width: number,
): { readonly head: string; readonly rows: readonly string[] } {
  const measured = measure(columns, items, width);
  const join = (cell: (column: Column<Item>) => string) =>
    measured
      .map(({ column, width: cells }) => fill(cell(column), cells, column.side ?? "left"))
      .join(gap)
      .trimEnd();
  return { head: join(({ title }) => title), rows: items.map((item) => join(({ text }) => text(item))) };
}

function measure<Item>(
  columns: readonly Column<Item>[],
  items: readonly Item[],
  width: number,
): readonly Measured<Item>[] {
  const measured = columns.map((column) => ({
    column,
    width: Math.max(widthOf(column.title), ...items.map((item) => widthOf(column.text(item)))),
  }));
  const asked = measured.find(({ column }) => column.isFlexible)?.width ?? 0;
  const used = measured.reduce((sum, one) => sum + one.width + gap.length, -gap.length);
  const left = asked - Math.max(0, used - width);
  const first = Math.max(...columns.map(({ rank }) => rank ?? 0));
  const title = columns.find(({ isFlexible }) => isFlexible)?.title ?? "";
  if (left < Math.min(asked, Math.max(leastFlexible, widthOf(title))) && first > 0) {
    const kept = columns.filter(({ rank }) => rank !== first);
    return measure(kept, items, width);
  }
  return measured.map((one) => (one.column.isFlexible ? { ...one, width: Math.max(1, left) } : one));
}

/** Puts texts beside each other, two cells apart, on as many rows as they need. */
export function flow(texts: readonly string[], width: number): readonly string[] {
  const rows: string[] = [];
  let row = "";
  for (const text of texts) {
    const joined = row === "" ? text : `${row}${gap}${text}`;
    if (row !== "" && widthOf(joined) > width) {
      rows.push(row);
      row = text;
    } else row = joined;
  }
  return row === "" ? rows : [...rows, row];
}

/** Puts on one row what fits, leaving out the last of `texts` in the order of their weight first. */
export function fitting(texts: readonly { readonly text: string; readonly weight: number }[], width: number): string {
  const joined = texts.map(({ text }) => text).join(gap);
  if (widthOf(joined) <= width || texts.length <= 1) return cut(joined, width);
  const least = Math.min(...texts.map(({ weight }) => weight));
  return fitting(
    texts.filter(({ weight }) => weight !== least),
    width,
  );
}

export interface Want {
  readonly least: number;
  readonly wanted: number;
}

/** Shares `rows` out: everyone the least, then one row each in turn until all are content or nothing is left. */
export function allot(rows: number, wants: readonly Want[]): readonly number[] {
  const given = wants.map(({ least, wanted }) => Math.min(least, wanted));
  let left = rows - given.reduce((sum, count) => sum + count, 0);
  while (left > 0 && given.some((count, index) => count < (wants[index]?.wanted ?? 0))) {
    for (const [index, { wanted }] of wants.entries()) {
      const count = given[index] ?? 0;
      if (left === 0 || count >= wanted) continue;
      given[index] = count + 1;
      left--;
    }
  }
  return given;
}

/** First index of a stretch of `height` items out of `count` that shows `focus`, in the middle where it can be. */
export function windowStart(count: number, height: number, focus: number): number {
  return Math.max(0, Math.min(focus - Math.floor(height / 2), count - height));
}

/** `(12)`, or `4-9 of 12` where not all are seen. */
export function rangeText(count: number, height: number, start: number): string {
  return count <= height ? `(${count})` : `${start + 1}-${Math.min(count, start + height)} of ${count}`;
}
