// The first screen: whether all is well, in one glance.

import type { Watched } from "../index.ts";
import { cut, fill, wrap } from "./cells.ts";
import { allot, blank, type Column, type Line, line, rangeText, table, windowStart } from "./row.ts";
import { type Canvas, flowing, indent, matches, problemLines } from "./screens.ts";
import { selectedIndex } from "./state.ts";
import { countText, plural, rateText, sparkText } from "./words.ts";

type View = Watched["snapshot"]["programs"][number];
type Pulse = Watched["programs"][number];

export interface ProgramRow {
  readonly view: View;
  readonly pulse: Pulse | undefined;
}

/** Those that the filter leaves. */
export function programsOf({ seen, filter }: Pick<Canvas, "seen" | "filter">): readonly ProgramRow[] {
  return seen.snapshot.programs
    .map((view) => ({ view, pulse: seen.programs.find(({ name }) => name === view.name) }))
    .filter(({ view }) => matches(view.name, filter));
}

/** `live`, or why nobody moves. */
export function stateText(pulse: Pulse | undefined): string {
  if (!pulse?.paused) return "live";
  const { reason } = pulse.paused;
  if (reason === null) return "paused";
  return reason === "pause all" ? "stopped" : "failed";
}

const responseOf = ({ pulse }: ProgramRow) => pulse?.response ?? { delivered: 0, opened: 0, clicked: 0, days: [] };

/** As many as leave room for all else on a screen of 80 columns. */
const sparkDays = 10;

const columns = (title: string): readonly Column<ProgramRow>[] => [
  { title, isFlexible: true, text: ({ view }) => view.name },
  { title: "state", text: ({ pulse }) => stateText(pulse) },
  { title: "inside", side: "right", text: ({ view }) => countText(view.active) },
  { title: "due 1h", side: "right", rank: 2, text: ({ pulse }) => countText(pulse?.dueSoon ?? 0) },
  { title: "today", side: "right", rank: 3, text: ({ pulse }) => countText(pulse?.sentToday ?? 0) },
  { title: "open", side: "right", rank: 4, text: (row) => rateText(responseOf(row).opened, responseOf(row).delivered) },
  {
    title: "click",
    side: "right",
    rank: 5,
    text: (row) => rateText(responseOf(row).clicked, responseOf(row).delivered),
  },
  { title: "goal", side: "right", rank: 6, text: ({ view }) => rateText(view.goals, view.entered) },
  {
    title: "opens 10d",
    rank: 7,
    text: (row) =>
      sparkText(
        responseOf(row)
          .days.slice(-sparkDays)
          .map(({ delivered, opened }) => (delivered === 0 ? null : opened / delivered)),
      ),
  },
  { title: "entered", side: "right", rank: 8, text: ({ view }) => countText(view.entered) },
];

function programRows(canvas: Canvas, rows: readonly ProgramRow[], selected: number, height: number): readonly Line[] {
  if (rows.length === 0) {
    const none = canvas.filter === "" ? "No program is live." : "No program is called so.";
    return [line(`${indent}Programs`, "head"), line(indent + none)].slice(0, height);
  }
  const shown = height - 1;
  const start = windowStart(rows.length, shown, selected);
  const title = `Programs ${rangeText(rows.length, shown, start)}`;
  const { head, rows: texts } = table(columns(title), rows, canvas.width - indent.length);
  const marked = texts.map((text, index) => (index === selected ? line(`> ${text}`, "selected") : line(indent + text)));
  return [line(indent + head, "head"), ...marked.slice(start, start + shown)];
}

/** Where people are in the selected program. */
function stepRows({ seen, width }: Canvas, row: ProgramRow | undefined, height: number): readonly Line[] {
  if (!row || height < 2) return [];
  const numbered = row.view.steps.map((step, index) => ({ ...step, number: index + 1 }));
  const occupied = numbered.filter(({ people }) => people > 0);
  const chosen = numbered.length > height - 1 && occupied.length > 0 ? occupied : numbered;
  const shown = chosen.slice(0, height - 1);
  const digits = String(numbered.length).length;
  const most = Math.max(1, ...numbered.map(({ people }) => people));
  const note = shown.length < numbered.length ? `${shown.length} of ${numbered.length}` : `(${numbered.length})`;
  const dueSoon = new Map(row.pulse?.steps.map((step) => [step.step, step.dueSoon]));
  const { head, rows } = table<(typeof numbered)[number]>(
    [
      {
        title: `Steps of ${cut(row.view.name, 24)} ${note}`,
        isFlexible: true,
        text: ({ number, title }) => `${fill(String(number), digits, "right")} ${title}`,
      },
      { title: "people", side: "right", text: ({ people }) => countText(people) },
      { title: "due 1h", side: "right", text: ({ step }) => countText(dueSoon.get(step) ?? 0) },
      { title: "", rank: 1, text: ({ people }) => "=".repeat(Math.ceil((people / most) * 20)) },
    ],
    shown,
    width - indent.length,
  );
  return seen.snapshot.programs.length === 0
    ? []
    : [line(indent + head, "head"), ...rows.map((text) => line(indent + text))];
}

function mailRows({ seen, width }: Canvas): readonly Line[] {
  const { mail } = seen.snapshot;
  const { outbox } = seen;
  const sum = (of: typeof mail.skipped) => of.reduce((total, { mails }) => total + mails, 0);
  const isWrong = mail.failed > 0 || mail.unknown > 0 || outbox.brake !== null;
  const parts = [
    `Mail: ${countText(outbox.today)} sent today`,
    `${countText(outbox.lastHour)} in the last hour`,
    `${countText(mail.pending + mail.claimed)} waiting`,
    `${countText(sum(mail.delayed))} delayed`,
    ...(mail.failed > 0 ? [`${countText(mail.failed)} failed`] : []),
    ...(mail.unknown > 0 ? [`${countText(mail.unknown)} unknown`] : []),
    ...(outbox.brake === null ? [] : ["held back: complaints"]),
  ];
  return flowing(parts, width, isWrong ? "alert" : "plain");
}

/** As many rows of the problems as fit; where some do not, the first line says how many there are. */
function problemRows({ seen, width }: Canvas, height: number): readonly Line[] {
  const { problems } = seen.snapshot;
  if (problems.length === 0) return [line(`${indent}Problems: none`)];
  const rows = problems.slice(0, height).flatMap((problem) => problemLines(problem, width, null));
  if (rows.length + 1 <= height) return [line(`${indent}${plural(seen.problems, "problem")}`, "head"), ...rows];
  const title = `! ${plural(seen.problems, "problem")}; ! shows all`;
  const [first] = problems;
  if (height <= 1 && first) return [line(cut(`${title}: ${first.text}`, width), "alert")];
  const fitted: Line[] = [line(title, "alert")];
  for (const problem of problems) {
    const left = height - fitted.length;
    const whole = problemLines(problem, width, null);
    if (left === 0) break;
    // What to do about it stands on the screen of its own, where there is no room here.
    fitted.push(...(whole.length <= left ? whole : [line(cut(`! ${problem.text}`, width), "alert")]));
  }
  return fitted;
}

const wantedByProblems = ({ seen, width }: Canvas): number =>
  1 +
  seen.snapshot.problems.slice(0, 8).reduce((sum, { text, help }) => {
    const rows = [text, help].map((part) => wrap(part, width - 12).length);
    return sum + rows.reduce((total, count) => total + count, 0) + 1;
  }, 0);

/** Everything at once, each section cut to its share of the rows. */
export function programsScreen(canvas: Canvas, height: number): readonly Line[] {
  const rows = programsOf(canvas);
  const selected = selectedIndex(
    canvas.state,
    rows.map(({ view }) => view.name),
  );
  const mail = mailRows(canvas);
  const gaps = height >= 18 ? 4 : 0;
  const steps = rows[selected]?.view.steps.length ?? 0;
  const [forPrograms = 0, forSteps = 0, , forProblems = 0] = allot(height - gaps, [
    { least: 2, wanted: 1 + Math.max(1, rows.length) },
    { least: 0, wanted: steps === 0 ? 0 : 1 + steps },
    { least: mail.length, wanted: mail.length },
    { least: 1, wanted: wantedByProblems(canvas) },
  ]);
  const sections = [
    programRows(canvas, rows, selected, forPrograms),
    stepRows(canvas, rows[selected], forSteps),
    mail,
    problemRows(canvas, forProblems),
  ].filter((section) => section.length > 0);
  return sections.flatMap((section) => (gaps > 0 ? [blank, ...section] : section));
}
