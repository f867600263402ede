// One program: its steps as a picture, with who is where, and why people left.

import { cut, fill } from "./cells.ts";
import { type GraphRow, graphOf } from "./graph.ts";
import { blank, type Column, type Line, line } from "./row.ts";
import { type ProgramRow, programsOf, stateText } from "./screen-programs.ts";
import { type Canvas, flowing, indent, listed, matches } from "./screens.ts";
import { countText, instantText, rateText, sparkText, untilText } from "./words.ts";

export function programScreen(canvas: Canvas): readonly Line[] {
  const { selected } = canvas.state;
  const row = programsOf({ seen: canvas.seen, filter: "" }).find(({ view }) => view.name === selected);
  if (!row) {
    return [line(`${indent}${selected === null ? "No program" : `The program ${selected}`} is not live.`)];
  }
  return [
    line(indent + cut(`Program ${row.view.name}`, canvas.width - indent.length), "title"),
    ...facts(canvas, row),
    blank,
    ...graphRows(canvas, row),
    blank,
    ...listed(
      canvas,
      [
        { title: "Why people left", isFlexible: true, text: ({ reason }) => reason },
        { title: "people", side: "right", text: ({ people }) => countText(people) },
      ],
      row.view.left,
      "Nobody has left.",
    ),
  ];
}

function facts({ seen, width }: Canvas, { view, pulse }: ProgramRow): readonly Line[] {
  const { at } = seen.snapshot;
  const due = view.nextDue;
  const response = pulse?.response ?? null;
  const paused = pulse?.paused ?? null;
  const why = paused?.reason == null ? "" : `: ${paused.reason}`;
  return [
    ...(paused === null
      ? []
      : flowing([`${stateText(pulse)} since ${instantText(paused.since)}${why}`], width, "alert")),
    ...flowing(
      [
        ...(paused === null ? ["live"] : []),
        `${countText(view.active)} inside`,
        `${countText(view.entered)} entered`,
        `${countText(view.goals)} reached the goal (${rateText(view.goals, view.entered)})`,
        due === null ? "nothing due" : `due next ${instantText(due)} (${untilText(due, at)})`,
        `${countText(pulse?.sentToday ?? 0)} sent today`,
      ],
      width,
    ),
    ...(response === null
      ? []
      : flowing(
          [
            `Last 14 days: ${countText(response.delivered)} people got mail`,
            `${rateText(response.opened, response.delivered)} opened`,
            `${rateText(response.clicked, response.delivered)} clicked`,
            `opens by day ${sparkText(
              response.days.map(({ delivered, opened }) => (delivered === 0 ? null : opened / delivered)),
            )}`,
          ],
          width,
        )),
  ];
}

interface Drawn extends GraphRow {
  readonly title: string;
  readonly counts: readonly (number | null)[];
}

const heads = ["people", "due 1h", "held", "sent", "failed", "left"] as const;

function graphRows(canvas: Canvas, { view, pulse }: ProgramRow): readonly Line[] {
  const digits = String(view.steps.length).length;
  const drawn = graphOf(pulse?.steps ?? []).map((row): Drawn => {
    const step = row.step === null ? undefined : view.steps[row.step];
    const beat = row.step === null ? undefined : pulse?.steps[row.step];
    if (!step || !beat) return { ...row, title: row.rail + row.text, counts: heads.map(() => null) };
    const number = fill(String((row.step ?? 0) + 1), digits, "right");
    return {
      ...row,
      title: `${row.rail}${number} ${step.title}`,
      counts: [step.people, beat.dueSoon, beat.held, beat.sent, beat.failed, beat.left],
    };
  });
  const columns: readonly Column<Drawn>[] = [
    { title: `Steps (${view.steps.length})`, isFlexible: true, text: ({ title }) => title },
    ...heads.map((title, index) => ({
      title,
      side: "right" as const,
      ...(index === 0 ? {} : { rank: [0, 2, 4, 3, 5, 1][index] ?? 0 }),
      text: ({ counts }: Drawn) => numberText(counts[index] ?? null, index),
    })),
  ];
  const shown = drawn.filter(
    ({ title, step }) => canvas.filter === "" || (step !== null && matches(title, canvas.filter)),
  );
  return listed(canvas, columns, shown, "No step is called so.");
}

/** What is usually nothing is left blank, so that the rest stands out. */
const numberText = (count: number | null, index: number): string =>
  count === null || (count === 0 && index > 0) ? "" : countText(count);
