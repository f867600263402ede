// Wall clocks of rows whose instants lie close together: their few offsets stand in the statement, which saves it the joins.

import type { Length } from "../../compiler/ir/condition.ts";
import type { Builder } from "../../compiler/sql/builder.ts";
import { instantOf, type Joined, wallClockAt } from "../../compiler/sql/shift.ts";
import type { Instant } from "../ports.ts";
import { instant, integer, type Turn } from "./engine.ts";
import { type Span, spansOf } from "./schedule.ts";

const dayMs = 86_400_000;
/** Of more a join is the shorter way. */
const mostSpans = 6;

/** Instants of the rows, the first and the last of them. */
export interface Stretch {
  readonly from: Instant;
  readonly until: Instant;
}

export interface Clocks {
  /** As `wallClockAt` and `instantOf`, in the project's zone, which the rows have in the SQL `zone`. */
  readonly wallClock: (zone: string, at: string, alias: string) => Joined;
  readonly instantAt: (zone: string, wallClock: string, alias: string) => Joined;
}

/** For instants of the stretch, and for wall clocks up to `within` behind them. */
export function clocksNear({ engine }: Turn, { from, until }: Stretch, within: Length, builder: Builder): Clocks {
  const end = engine.calendar.shift(until, within);
  const spans = spansOf(engine.plan.project.zone, from - 2 * dayMs, end + 2 * dayMs);
  if (spans.length > mostSpans) return { wallClock: wallClockAt, instantAt: instantOf };
  const offset = (value: string, until: (span: Span) => Instant) => printOffset(spans, value, until, builder);
  return {
    wallClock: (_, at) => ({ join: "", value: `(${at} + to_seconds(${offset(at, (span) => span.until)}))` }),
    instantAt: (_, clock) => ({
      join: "",
      value: `(${clock} - to_seconds(${offset(clock, (span) => span.untilLocal)}))`,
    }),
  };
}

function printOffset(spans: readonly Span[], value: string, until: (span: Span) => Instant, builder: Builder): string {
  const seconds = spans.map(({ offsetS }) => builder.param(integer(offsetS)));
  const last = seconds[spans.length - 1] ?? "0";
  const earlier = spans
    .slice(0, -1)
    .map((span, index) => `WHEN ${value} < ${builder.param(instant(until(span)))} THEN ${seconds[index]}`);
  return earlier.length > 0 ? `CASE ${earlier.join(" ")} ELSE ${last} END` : last;
}
