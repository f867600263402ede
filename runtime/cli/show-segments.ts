// cadenza show segments: the sizes of all, from the stored membership.

import type { Instant, SegmentsView, SegmentView } from "../index.ts";
import { instantOf, withEngine } from "./engine.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, type Shell, withValue } from "./shell.ts";
import { table } from "./table.ts";

export async function showSegments(shell: Shell, options: ProjectOptions): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (at) =>
      withValue(shell, await engine.segments(at), (view) => {
        shell.out(options.json ? `${JSON.stringify(segmentsJson(view, at), null, 2)}\n` : segmentsText(view, at));
        return 0;
      }),
    ),
  );
}

function segmentsJson({ refreshedAt, ...rest }: SegmentsView, at: Instant) {
  const iso = (instant: Instant | null) => (instant === null ? null : new Date(instant).toISOString());
  return { now: iso(at), refreshedAt: iso(refreshedAt), ...rest };
}

const counted = (count: number): string => count.toLocaleString("en-US");

function lastDayText({ lastDay }: SegmentView): string {
  return lastDay === null ? "not known" : `+${counted(lastDay.entered)} -${counted(lastDay.left)}`;
}

function segmentsText(view: SegmentsView, at: Instant): string {
  const rows = view.segments.map((one) => [one.segment, counted(one.count), lastDayText(one), counted(one.rows)]);
  const head = ["segment", "members", "last day", "rows read"];
  const sum = plural(view.segments.length, "segment");
  return `${rows.length > 0 ? table(head, rows) : ""}${sum} at ${instantText(at)}: ${refreshText(view)}\n`;
}

function refreshText({ refreshedAt, looked }: SegmentsView): string {
  if (refreshedAt === null) return "judged anew, since they are stored for a later time";
  if (looked === null) return "everybody was judged";
  if (looked === 0) return "nobody can have changed since the last refresh";
  return `${plural(looked, "contact")} that can have changed ${looked === 1 ? "was" : "were"} judged`;
}
