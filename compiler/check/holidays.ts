// The file of holidays: a day in each line, and the country whose day it is.

import type { Text } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { countries } from "../countries.ts";
import type { Holiday } from "../ir/policy.ts";
import type { Report } from "../scope.ts";
import type { World } from "../world.ts";
import { readText } from "./file.ts";
import { isDay } from "./moment.ts";

export interface CheckedHolidays {
  readonly days: readonly Holiday[];
  readonly file: SourceFile;
}

/** Lines that are reported: in a file of another kind all of them are wrong. */
const mostReported = 10;

/** null where there are none, or where the file cannot be read, which is reported. */
export function checkHolidays(world: World, report: Report, path: Text | null): CheckedHolidays | null {
  const file = path && readText(world, report, path);
  if (!file) return null;
  const days: Holiday[] = [];
  let wrong = 0;
  const tell: Report = (found) => {
    wrong += 1;
    if (wrong <= mostReported) report(found);
  };
  for (const [index, line] of linesOf(file.text).entries()) {
    if (line.text.trim() === "" || (index === 0 && isHeader(line.text))) continue;
    const holiday = holidayOf(file, line, tell);
    if (holiday) days.push(holiday);
  }
  return { days, file };
}

interface Line {
  readonly text: string;
  readonly start: number;
}

function linesOf(text: string): readonly Line[] {
  let start = 0;
  return text.split("\n").map((text) => {
    const line = { text, start };
    start += text.length + 1;
    return line;
  });
}

/** Names of columns have no digits. */
function isHeader(text: string): boolean {
  return !/\d/.test(text);
}

function holidayOf({ path }: SourceFile, { text, start }: Line, report: Report): Holiday | null {
  const [day = { text: "", start }, country] = cellsOf(text, start);
  const spanOf = (cell: Line) => ({ file: path, start: cell.start, end: cell.start + cell.text.length });
  if (!isDay(day.text) || !/^\d{4}-\d{2}-\d{2}$/.test(day.text)) {
    report(diagnose("E846", spanOf(day), { found: day.text }));
    return null;
  }
  if (country && country.text !== "" && !countries.includes(country.text)) {
    report(diagnose("E847", spanOf(country), { found: country.text }));
    return null;
  }
  return { day: day.text, country: country?.text || null };
}

/** What stands between commas or semicolons, without quotes and outer blanks. */
function cellsOf(text: string, start: number): readonly Line[] {
  return [...text.matchAll(/(?:^|[,;])\s*"?([^,;"]*?)"?\s*(?=[,;]|$)/g)].map((match) => {
    const cell = match[1] ?? "";
    return { text: cell, start: start + match.index + match[0].indexOf(cell, cell === "" ? match[0].length : 0) };
  });
}
