// Makes text that came from data safe to show: nothing in it can move the cursor, colour the screen or turn the line round.

import { printable as withoutControls, type Snapshot } from "../index.ts";

/** Longest text worth showing, in UTF-16 units: a screen is smaller, and a megabyte must not slow it down. */
const longest = 2_000;

/** Shows every character that could drive a terminal as its code: `‹U+202E›`. */
export function printable(text: string): string {
  return withoutControls(text.length > longest ? `${text.slice(0, longest)}…` : text);
}

/** The same snapshot with every text in it printable. */
export function printableSnapshot(snapshot: Snapshot): Snapshot {
  const reasons = <Row extends { readonly reason: string }>(rows: readonly Row[]): readonly Row[] =>
    rows.map((row) => ({ ...row, reason: printable(row.reason) }));
  return {
    ...snapshot,
    programs: snapshot.programs.map((program) => ({
      ...program,
      name: printable(program.name),
      left: reasons(program.left),
      steps: program.steps.map((step) => ({
        ...step,
        step: printable(step.step),
        title: printable(step.title),
        kind: printable(step.kind),
      })),
    })),
    mail: { ...snapshot.mail, delayed: reasons(snapshot.mail.delayed), skipped: reasons(snapshot.mail.skipped) },
    problems: snapshot.problems.map((problem) => ({
      ...problem,
      text: printable(problem.text),
      help: printable(problem.help),
    })),
  };
}
