// The day of an instant in a zone, for where no table of offsets can be joined. The offsets come with the statement: those
// that a database brings along may be of another year than those that everything else is counted by.

import { offsetsOf } from "../calendar.ts";
import type { Builder } from "./builder.ts";
import type { Dialect } from "./dialect.ts";

/** SQL of a DATE. Slow on many rows: only for instants that are columns compared with days. */
export function printDayOf(
  instant: string,
  zone: string,
  { builder, dialect }: { readonly builder: Builder; readonly dialect: Dialect },
): string {
  const offsets = offsetsOf(zone);
  const [only] = offsets;
  if (offsets.length === 1 && only) {
    return `CAST(${only.offsetS === 0 ? instant : `${instant} + to_seconds(${only.offsetS})`} AS DATE)`;
  }
  const list = (values: readonly string[]) => builder.param({ kind: "text", value: values.join(",") });
  const starts = list(offsets.slice(1).map(({ from }) => new Date(from).toISOString().replace(/[TZ]/g, " ").trim()));
  return dialect.localDay(instant, starts, list(offsets.map(({ offsetS }) => String(offsetS))));
}
