// The day of an instant in a zone, for where no table of offsets can be joined. The offsets stand in the SQL: those that a
// database brings along may be of another year than those that everything else is counted by.

import { type Offset, offsetsOf } from "../calendar.ts";

/** SQL of a DATE. */
export function printDayOf(instant: string, zone: string): string {
  const offsets = offsetsOf(zone);
  const [only] = offsets;
  if (offsets.length === 1 && only?.offsetS === 0) return `CAST(${instant} AS DATE)`;
  return `CAST(${instant} + to_seconds(${printOffset(instant, offsets)}) AS DATE)`;
}

/** A tree of comparisons, so that each row meets few of them however often the clocks were changed. */
function printOffset(instant: string, offsets: readonly Offset[]): string {
  const middle = Math.floor(offsets.length / 2);
  const split = offsets[middle];
  if (offsets.length === 1 || !split) return String(offsets[0]?.offsetS ?? 0);
  const from = new Date(split.from).toISOString().replace("T", " ").replace("Z", "");
  const [before, behind] = [offsets.slice(0, middle), offsets.slice(middle)];
  return `CASE WHEN ${instant} < TIMESTAMP '${from}' THEN ${printOffset(instant, before)} ELSE ${printOffset(instant, behind)} END`;
}
