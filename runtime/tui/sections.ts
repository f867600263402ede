// The parts of the screen, each a few rows made from the snapshot.

import type { Snapshot } from "../index.ts";
import { cut, fill, wrap } from "./cells.ts";
import { bindings } from "./keys.ts";
import { blank, type Column, flow, type Line, line, rangeText, table, windowStart } from "./row.ts";
import { countText, instantText, plural, untilText } from "./words.ts";

type ProgramView = Snapshot["programs"][number];
type StepCount = ProgramView["steps"][number];

const indent = "  ";
const nothing = "-";

/** What every section is drawn for. */
export interface Canvas {
  readonly snapshot: Snapshot;
  readonly width: number;
}

const dueTexts = (at: number) => ({
  moment: (due: number | null) => (due === null ? nothing : instantText(due)),
  distance: (due: number | null) => (due === null ? nothing : untilText(due, at)),
});

export function programRows({ snapshot, width }: Canvas, selected: number, height: number): readonly Line[] {
  const { programs, at } = snapshot;
  if (programs.length === 0)
    return [line(`${indent}Programs`, "head"), line(`${indent}No program is live.`)].slice(0, height);
  const { moment, distance } = dueTexts(at);
  const shown = height - 1;
  const start = windowStart(programs.length, shown, selected);
  const columns: readonly Column<ProgramView>[] = [
    { title: `Programs ${rangeText(programs.length, shown, start)}`, isFlexible: true, text: ({ name }) => name },
    { title: "inside", side: "right", text: ({ active }) => countText(active) },
    { title: "entered", side: "right", rank: 1, text: ({ entered }) => countText(entered) },
    { title: "goals", side: "right", rank: 2, text: ({ goals }) => countText(goals) },
    { title: "due at", rank: 3, text: ({ nextDue }) => moment(nextDue) },
    { title: "due", text: ({ nextDue }) => distance(nextDue) },
  ];
  const { head, rows } = table(columns, programs, width - indent.length);
  const marked = rows.map((text, index) => (index === selected ? line(`> ${text}`, "selected") : line(indent + text)));
  return [line(indent + head, "head"), ...marked.slice(start, start + shown)];
}

interface NumberedStep extends StepCount {
  readonly number: number;
}

const barCells = 24;

function stepTable(program: ProgramView, steps: readonly NumberedStep[], canvas: Canvas, title: string) {
  const { moment, distance } = dueTexts(canvas.snapshot.at);
  const digits = String(program.steps.length).length;
  const most = Math.max(1, ...program.steps.map(({ people }) => people));
  const columns: readonly Column<NumberedStep>[] = [
    {
      title,
      isFlexible: true,
      text: ({ number, title: words }) => `${fill(String(number), digits, "right")} ${words}`,
    },
    { title: "people", side: "right", text: ({ people }) => countText(people) },
    { title: "", rank: 4, text: ({ people }) => "=".repeat(Math.ceil((people / most) * barCells)) },
    { title: "due at", rank: 3, text: ({ nextDue }) => moment(nextDue) },
    { title: "due", text: ({ nextDue }) => distance(nextDue) },
  ];
  const shown = columns.filter(({ rank }) => rank !== 4 || canvas.width >= 100);
  return table(shown, steps, canvas.width - indent.length);
}

const numbered = (program: ProgramView): readonly NumberedStep[] =>
  program.steps.map((step, index) => ({ ...step, number: index + 1 }));

/** Rows that the steps would like, and the fewer that they are content with: then only those at which people are. */
export function stepWishes(program: ProgramView | undefined): { readonly all: number; readonly fewer: number } {
  if (!program) return { all: 0, fewer: 0 };
  const occupied = program.steps.filter(({ people }) => people > 0).length;
  return { all: 1 + program.steps.length, fewer: 1 + (occupied === 0 ? program.steps.length : occupied) };
}

export function stepRows(canvas: Canvas, program: ProgramView | undefined, height: number): readonly Line[] {
  if (!program) return [];
  const steps = numbered(program);
  const shown = height - 1;
  const occupied = steps.filter(({ people }) => people > 0);
  const isCut = steps.length > shown;
  const chosen = isCut && occupied.length > 0 ? occupied : steps;
  const note = isCut ? `${Math.min(shown, chosen.length)} of ${steps.length}` : `(${steps.length})`;
  const { head, rows } = stepTable(program, chosen, canvas, `Steps of ${cut(program.name, 24)} ${note}`);
  return [line(indent + head, "head"), ...rows.slice(0, shown).map((text) => line(indent + text))];
}

export function mailRows({ snapshot, width }: Canvas): readonly Line[] {
  const { mail } = snapshot;
  const skipped = mail.skipped.reduce((sum, { mails }) => sum + mails, 0);
  const isWrong = mail.failed > 0 || mail.unknown > 0;
  const counts = [
    `Mail: ${countText(mail.sent)} sent`,
    `${countText(mail.failed)} failed`,
    `${countText(mail.unknown)} unknown`,
    `${countText(mail.pending)} pending`,
    ...(mail.claimed > 0 ? [`${countText(mail.claimed)} claimed`] : []),
    `${countText(skipped)} skipped`,
  ];
  const reasons = (of: typeof mail.skipped, title: string) =>
    of.length > 0 ? [title, ...of.map(({ reason, mails }) => `${countText(mails)} ${reason}`)] : [];
  const inner = width - indent.length;
  return [
    ...flow(counts, inner).map((text) => line(indent + text, isWrong ? "alert" : "plain")),
    ...flow(reasons(mail.delayed, "Delayed:"), inner).map((text) => line(indent + text, "faint")),
    ...flow(reasons(mail.skipped, "Skipped:"), inner).map((text) => line(indent + text, "faint")),
  ];
}

/** What is wrong, since when, and what to do; every problem in full. */
export function problemRows({ snapshot, width }: Canvas): readonly Line[] {
  const { problems } = snapshot;
  if (problems.length === 0) return [line(`${indent}Problems: none`)];
  const inner = width - indent.length;
  return [
    line(`${indent}Problems (${problems.length})`, "head"),
    ...problems.flatMap(({ since, text, help }) => [
      ...wrap(`${text} (since ${instantText(since)})`, inner).map((part, index) =>
        line(`${index === 0 ? "! " : indent}${part}`, "alert"),
      ),
      ...wrap(`What to do: ${help}`, inner).map((part) => line(indent + part)),
    ]),
  ];
}

/** As many rows of the problems as fit; one row alone names the first. */
export function problemsAtAGlance(canvas: Canvas, height: number): readonly Line[] {
  const { problems } = canvas.snapshot;
  const rows = problemRows(canvas);
  if (rows.length <= height) return rows;
  const title = `! ${plural(problems.length, "problem")}, press !`;
  const [first] = problems;
  if (height > 1 || !first) return [line(title, "alert"), ...rows.slice(1, height)];
  return [line(cut(`${title}: ${first.text}`, canvas.width), "alert")];
}

export function programDetail(canvas: Canvas, name: string | undefined): readonly Line[] {
  const { snapshot, width } = canvas;
  const program = snapshot.programs.find((one) => one.name === name);
  if (!program) return [line(`${indent}${name === undefined ? "No program" : `The program ${name}`} is not live.`)];
  const inner = width - indent.length;
  const due = program.nextDue;
  const counts = [
    `${countText(program.active)} inside`,
    `${countText(program.entered)} entered`,
    `${countText(program.goals)} reached the goal`,
    due === null ? "nothing due" : `due next ${instantText(due)} (${untilText(due, snapshot.at)})`,
  ];
  const { head, rows } = stepTable(program, numbered(program), canvas, `Steps (${program.steps.length})`);
  const left = table(
    [
      { title: "Why people left", isFlexible: true, text: ({ reason }) => reason },
      { title: "people", side: "right", text: ({ people }) => countText(people) },
    ],
    program.left,
    inner,
  );
  return [
    line(indent + cut(`Program ${program.name}`, inner), "title"),
    ...flow(counts, inner).map((text) => line(indent + text)),
    blank,
    line(indent + head, "head"),
    ...rows.map((text) => line(indent + text)),
    blank,
    line(indent + left.head, "head"),
    ...(program.left.length === 0 ? [line(`${indent}Nobody has left.`)] : []),
    ...left.rows.map((text) => line(indent + text)),
  ];
}

export function helpRows(width: number): readonly Line[] {
  const { rows } = table(
    [
      { title: "", text: ({ shown }) => shown },
      { title: "", isFlexible: true, text: ({ text }) => text },
    ],
    bindings,
    width - indent.length,
  );
  return [line(`${indent}Keys`, "head"), ...rows.map((text) => line(indent + text))];
}
