// The screens of mail, problems, ticks, segments and keys.

import { wrap } from "./cells.ts";
import { bindings } from "./keys.ts";
import { blank, type Line, line, table } from "./row.ts";
import { type Canvas, flowing, indent, indented, listed, matches, type Problem, problemLines } from "./screens.ts";
import { countText, instantText, plural, tookText, untilText } from "./words.ts";

export function mailScreen(canvas: Canvas): readonly Line[] {
  const { mail } = canvas.seen.snapshot;
  const { errors } = canvas.seen.outbox;
  const reasons = (title: string, rows: typeof mail.skipped, none: string) =>
    listed(
      canvas,
      [
        { title, isFlexible: true, text: ({ reason }) => reason },
        { title: "mails", side: "right", text: ({ mails }) => countText(mails) },
      ],
      rows.filter(({ reason }) => matches(reason, canvas.filter)),
      none,
    );
  return [
    ...outboxRows(canvas),
    blank,
    ...reasons("Delayed now, by", mail.delayed, "Nothing is delayed."),
    blank,
    ...reasons("Skipped, by", mail.skipped, "Nothing was skipped."),
    blank,
    ...listed(
      canvas,
      [
        { title: "Last errors", text: ({ at }) => instantText(at) },
        { title: "mails", side: "right", text: ({ mails }) => countText(mails) },
        { title: "reason", isFlexible: true, text: ({ reason }) => reason },
      ],
      errors.filter(({ reason }) => matches(reason, canvas.filter)),
      "None.",
    ),
  ];
}

function outboxRows({ seen, width }: Canvas): readonly Line[] {
  const { mail, at } = seen.snapshot;
  const { lastMinute, lastHour, today, backingOff, brake, quarantine } = seen.outbox;
  const states = [
    `${countText(mail.sent)} sent`,
    `${countText(mail.pending)} pending`,
    `${countText(mail.claimed)} claimed`,
    `${countText(mail.failed)} failed`,
    `${countText(mail.unknown)} unknown`,
  ];
  const rates = [
    `Rate: ${countText(lastMinute)} in the last minute`,
    `${countText(lastHour)} in the last hour`,
    `${countText(today)} today`,
  ];
  const retried =
    backingOff && `${plural(backingOff.mails, "mail")} tried again, the first ${untilText(backingOff.nextAt, at)}`;
  const resting =
    quarantine && `${plural(quarantine.mails, "mail")} of unknown outcome since ${instantText(quarantine.since)}`;
  return [
    line(`${indent}Outbox`, "head"),
    ...flowing(states, width),
    ...flowing(rates, width),
    ...told("Back-off", retried, width),
    ...told("Brake", brake && `marketing mails wait: ${brake}`, width),
    ...told("Quarantine", resting, width),
  ];
}

const told = (title: string, text: string | null, width: number): readonly Line[] =>
  wrap(`${title}: ${text ?? "none"}`, width - indent.length).map((part) =>
    line(indent + part, text === null ? "plain" : "alert"),
  );

export const problemsOf = ({ seen, filter }: Pick<Canvas, "seen" | "filter">): readonly Problem[] =>
  seen.snapshot.problems.filter(({ text, help }) => matches(`${text} ${help}`, filter));

/** The lines, and at which of them the chosen problem begins and ends. */
export function problemsScreen(
  canvas: Canvas,
  chosen: number,
): { readonly lines: readonly Line[]; readonly focus: readonly [first: number, last: number] } {
  const problems = problemsOf(canvas);
  const { seen } = canvas;
  if (problems.length === 0) {
    return { lines: [line(`${indent}Problems: ${seen.problems === 0 ? "none" : "none that says so"}`)], focus: [0, 0] };
  }
  const more = seen.problems - seen.snapshot.problems.length;
  const parts = problems.map((problem, index) => problemLines(problem, canvas.width, index === chosen));
  const first = parts.slice(0, chosen).reduce((sum, part) => sum + part.length, 1);
  return {
    lines: [
      line(`${indent}${plural(seen.problems, "problem")}`, "head"),
      ...parts.flat(),
      ...(more > 0 ? [line(`${indent}and ${countText(more)} more`)] : []),
    ],
    focus: [first, first + (parts[chosen]?.length ?? 1) - 1],
  };
}

export function logScreen(canvas: Canvas): readonly Line[] {
  const { seen } = canvas;
  return listed(
    canvas,
    [
      { title: "Tick of", text: ({ at }) => instantText(at) },
      { title: "took", side: "right", text: ({ tickMs }) => tookText(tickMs) },
      { title: "mailing", side: "right", rank: 1, text: ({ deliverMs }) => tookText(deliverMs) },
      { title: "rounds", side: "right", text: ({ rounds }) => countText(rounds) },
      { title: "rows", side: "right", text: ({ rows }) => countText(rows) },
      { title: "sent", side: "right", text: ({ sent }) => countText(sent) },
      { title: "failed", side: "right", isFlexible: true, text: ({ failed }) => countText(failed) },
    ],
    seen.ticks.filter(({ at }) => matches(instantText(at), canvas.filter)),
    "This engine has not ticked yet.",
  );
}

export function segmentsScreen(canvas: Canvas): readonly Line[] {
  const { segments: view } = canvas.state;
  if (view === null) return [line(`${indent}Counting the segments.`)];
  const { refreshedAt, looked, segments } = view;
  const day =
    (text: (change: { entered: number; left: number }) => string) =>
    ({ lastDay }: (typeof segments)[number]) =>
      lastDay === null ? "-" : text(lastDay);
  return [
    ...indented(
      wrap(
        refreshedAt === null
          ? "Judged anew for everybody. r: count again"
          : `As of ${instantText(refreshedAt)}, after a look at ${looked === null ? "all contacts" : plural(looked, "contact")}. r: count again`,
        canvas.width - indent.length,
      ),
    ),
    ...listed(
      canvas,
      [
        { title: `Segments (${segments.length})`, isFlexible: true, text: ({ segment }) => segment },
        { title: "people", side: "right", text: ({ count }) => countText(count) },
        { title: "in, 24h", side: "right", text: day(({ entered }) => `+${countText(entered)}`) },
        { title: "out, 24h", side: "right", text: day(({ left }) => `-${countText(left)}`) },
        { title: "rows read", side: "right", rank: 1, text: ({ rows }) => countText(rows) },
      ],
      segments.filter(({ segment }) => matches(segment, canvas.filter)),
      "No segment is called so.",
    ),
  ];
}

export function helpScreen(width: number): readonly Line[] {
  const { rows } = table(
    [
      { title: "", text: ({ shown }) => shown },
      { title: "", isFlexible: true, text: ({ text }) => text },
    ],
    bindings,
    width - indent.length,
  );
  return [line(`${indent}Keys`, "head"), ...indented(rows)];
}
