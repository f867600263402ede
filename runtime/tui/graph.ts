// The steps of a program as a picture in text: one row for each, branches below the step that forks, joined behind them.

import type { Watched } from "../index.ts";

type Step = Watched["programs"][number]["steps"][number];

export interface GraphRow {
  /** Lines of the picture, before the step. */
  readonly rail: string;
  /** Index of the step; null: the row is the way to one. */
  readonly step: number | null;
  readonly text: string;
}

interface Pen {
  readonly steps: readonly Step[];
  readonly drawn: Set<number>;
  readonly rows: GraphRow[];
}

/** Every step once, those that nothing leads to at the end. */
export function graphOf(steps: readonly Step[]): readonly GraphRow[] {
  const pen: Pen = { steps, drawn: new Set(), rows: [] };
  if (steps.length > 0) draw(pen, { from: 0, until: null, rail: "" });
  for (const index of steps.keys()) {
    if (!pen.drawn.has(index)) draw(pen, { from: index, until: null, rail: "" });
  }
  return pen.rows;
}

interface Stretch {
  readonly from: number | null;
  /** Where the branch joins the others; null: it ends with the program. */
  readonly until: number | null;
  readonly rail: string;
}

function draw(pen: Pen, { from, until, rail }: Stretch): void {
  let at = from;
  while (at !== null && at !== until) {
    if (pen.drawn.has(at)) {
      pen.rows.push({ rail, step: null, text: `→ ${at + 1}` });
      return;
    }
    pen.drawn.add(at);
    pen.rows.push({ rail, step: at, text: "" });
    const ways = pen.steps[at]?.ways ?? [];
    if (ways.length <= 1) {
      at = ways[0]?.to ?? null;
      continue;
    }
    const join = joinOf(pen.steps, at);
    for (const [index, { label, to }] of ways.entries()) {
      const isLast = index === ways.length - 1;
      const isEmpty = to === join || to === until;
      const aside = isEmpty ? (to === null ? ": the end" : `: on to ${to + 1}`) : "";
      pen.rows.push({ rail: `${rail}${isLast ? "└─ " : "├─ "}`, step: null, text: `${label ?? ""}${aside}` });
      if (!isEmpty) draw(pen, { from: to, until: join ?? until, rail: `${rail}${isLast ? "   " : "│  "}` });
    }
    at = join;
  }
}

/** The first step behind a fork that several of its branches lead to; null: each goes its own way to the end. */
function joinOf(steps: readonly Step[], fork: number): number | null {
  const reached = (steps[fork]?.ways ?? []).map(({ to }) => reachOf(steps, to, fork));
  for (let index = fork + 1; index < steps.length; index++) {
    if (reached.filter((branch) => branch.has(index)).length >= 2) return index;
  }
  return null;
}

/** All steps that lie ahead on a way, without going back. */
function reachOf(steps: readonly Step[], start: number | null, fork: number): ReadonlySet<number> {
  const found = new Set<number>();
  const ahead = start === null ? [] : [start];
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
    if (at <= fork || found.has(at)) continue;
    found.add(at);
    for (const { to } of steps[at]?.ways ?? []) if (to !== null) ahead.push(to);
  }
  return found;
}
