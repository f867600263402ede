// A program as a picture: steps from top to bottom, branches side by side, drawn by a small layout of our own.

import type { FlowStep } from "../../compiler/describe/program.ts";
import type { Reference } from "../../compiler/describe/uses.ts";
import { html, type Markup } from "../markup.ts";

const boxWidth = 220;
const lineHeight = 18;
const padding = 10;
const gap = 24;
/** Between a step and what comes below it. */
const drop = 26;
const charsInBox = 25;

export type Href = (reference: Reference) => string | null;

export function diagram(name: string, steps: readonly FlowStep[], href: Href): Markup {
  const width = Math.max(widthOf(steps), boxWidth) + 2 * padding;
  const middle = width / 2;
  const start = pill(middle, padding, "start");
  const drawn = column(steps, { middle, top: padding + pillHeight, href });
  const end = drawn.isOpen
    ? [arrow(middle, drawn.bottom, drawn.bottom + drop), pill(middle, drawn.bottom + drop, "end")]
    : [];
  const height = drawn.bottom + (drawn.isOpen ? drop + pillHeight : 0) + padding;
  // As wide as it is, but for narrow screens: there it shrinks to what can still be read, and scrolls.
  const sizes = `max-width:${width}px;min-width:${Math.min(width, Math.round(width * 0.62))}px`;
  return html`<div class="wide"><svg class="flow" viewBox="0 0 ${width} ${height}" style="${sizes}" role="group" aria-label="The steps of ${name}">
${[start, ...drawn.parts, ...end]}</svg></div>`;
}

const pillHeight = 26;

function pill(middle: number, top: number, text: string): Markup {
  return html`<rect class="end-of-way" x="${middle - 34}" y="${top}" width="68" height="${pillHeight}" rx="13" fill="none"/><text class="label" x="${middle}" y="${top + 17}">${text}</text>
`;
}

function path(points: string): Markup {
  return html`<path d="${points}"/>
`;
}

/** A line with a head. */
function arrow(x: number, from: number, to: number): Markup {
  return path(`M${x} ${from}V${to}M${x - 4} ${to - 6}L${x} ${to}L${x + 4} ${to - 6}`);
}

function widthOf(steps: readonly FlowStep[]): number {
  return Math.max(boxWidth, ...steps.map(({ branches }) => branchesWidth(branches)));
}

function branchesWidth(branches: FlowStep["branches"]): number {
  const widths = branches.map(({ steps }) => widthOf(steps));
  return widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, widths.length - 1);
}

interface Spot {
  readonly middle: number;
  readonly top: number;
  readonly href: Href;
}
interface Drawn {
  readonly parts: readonly Markup[];
  readonly bottom: number;
  /** False where everybody left on the way. */
  readonly isOpen: boolean;
}

function column(steps: readonly FlowStep[], { middle, top, href }: Spot): Drawn {
  let bottom = top;
  let isOpen = true;
  const parts: Markup[] = [];
  for (const step of steps) {
    if (isOpen) parts.push(arrow(middle, bottom, bottom + drop));
    const drawn = one(step, { middle, top: bottom + drop, href });
    parts.push(...drawn.parts);
    bottom = drawn.bottom;
    isOpen = drawn.isOpen;
  }
  return { parts, bottom, isOpen };
}

function one(step: FlowStep, spot: Spot): Drawn {
  const lines = wrapped(step.text, charsInBox);
  const height = lines.length * lineHeight + 2 * padding;
  const bottom = spot.top + height;
  const box = boxOf(step, lines, spot, height);
  if (step.branches.length === 0) return { parts: [box], bottom, isOpen: step.kind !== "end" };
  const fork = forked(step.branches, { ...spot, top: bottom });
  return { ...fork, parts: [box, ...fork.parts] };
}

function boxOf(step: FlowStep, lines: readonly string[], { middle, top, href }: Spot, height: number): Markup {
  const left = middle - boxWidth / 2;
  const round = step.kind === "choose" || step.kind === "wait" ? 18 : 5;
  const first = top + padding + 13;
  const texts = lines.map(
    (line, index) => html`<tspan x="${middle}" y="${first + index * lineHeight}">${line}</tspan>`,
  );
  const text = html`<text>${texts}</text>`;
  const target = step.link ? href(step.link) : null;
  const content = target === null ? text : html`<a href="${target}">${text}</a>`;
  return html`<rect class="${step.kind}" x="${left}" y="${top}" width="${boxWidth}" height="${height}" rx="${round}"/>${content}
`;
}

/** Branches side by side below `top`, joined again where somebody comes through. */
function forked(branches: FlowStep["branches"], { middle, top, href }: Spot): Drawn {
  const widths = branches.map(({ steps }) => widthOf(steps));
  const left = middle - branchesWidth(branches) / 2;
  const middles = widths.map(
    (width, index) => left + widths.slice(0, index).reduce((sum, before) => sum + before + gap, 0) + width / 2,
  );
  const labels = branches.map(({ label }) => wrapped(label, 30));
  const labelHeight = Math.max(...labels.map(({ length }) => length)) * 16 + 8;
  const below = top + 14 + labelHeight;
  const columns = branches.map(({ steps }, index) =>
    column(steps, { middle: middles[index] ?? middle, top: below, href }),
  );
  const join = Math.max(...columns.map(({ bottom }) => bottom)) + 16;
  const ways = columns.flatMap(({ parts, bottom, isOpen }, index) => {
    const x = middles[index] ?? middle;
    const fork = path(`M${middle} ${top}V${top + 14}H${x}V${below}`);
    const back = isOpen ? [path(`M${x} ${bottom}V${join}H${middle}`)] : [];
    return [fork, ...back, labelOf(labels[index] ?? [], x, top + 18), ...parts];
  });
  const isOpen = columns.some((drawn) => drawn.isOpen);
  return { parts: ways, bottom: join, isOpen };
}

/** On a patch of the page's colour, so that the line behind does not run through the words. */
function labelOf(lines: readonly string[], x: number, top: number): Markup {
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * 3.5 + 6) * 2;
  const texts = lines.map((line, index) => html`<tspan x="${x}" y="${top + 13 + index * 16}">${line}</tspan>`);
  return html`<rect class="edge-label" x="${x - width / 2}" y="${top}" width="${width}" height="${lines.length * 16 + 2}"/><text class="label">${texts}</text>
`;
}

/** Words in lines of at most so many characters; a longer word is cut. */
export function wrapped(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  const words = text.split(/\s+/).flatMap((word) => word.match(new RegExp(`.{1,${most}}`, "gsu")) ?? []);
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
