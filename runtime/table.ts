// Plain text tables, two spaces between columns.

import { printable } from "./printable.ts";

/** Numbers stand right, all else left; the last column is not padded. */
export function table(head: readonly string[], given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(printable));
  const widths = head.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, (row[column] ?? "").length), title.length),
  );
  const isNumber = (column: number) =>
    rows.length > 0 && rows.every((row) => /^(~?-?[\d.,]+%?|-|)$/.test(row[column] ?? ""));
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? "";
        return isNumber(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return `${[head, ...rows].map(line).join("\n")}\n`;
}
