// Charts as SVG: stacked bars over days, and bars side by side. They load nothing and need no script.

import { html, type Markup } from "../markup.ts";

export interface Series {
  readonly name: string;
  /** One for each label. */
  readonly values: readonly number[];
}

export interface BarChart {
  /** For who cannot see it. */
  readonly about: string;
  readonly labels: readonly string[];
  /** Stacked in this order, from below. */
  readonly series: readonly Series[];
}

const width = 960;
const height = 260;
const left = 64;
const right = 8;
const top = 10;
const bottom = 26;
/** As many colours as there are; what comes behind them is put together. */
const colours = 10;

const count = (value: number) => value.toLocaleString("en-US");
const round = (value: number) => Math.round(value * 100) / 100;
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Steps of 1, 2 or 5 times a power of ten, so that up to five of them reach `most`. */
export function ticksUpTo(most: number): readonly number[] {
  const rough = Math.max(1, most) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? 10 * power);
  return Array.from({ length: Math.ceil(Math.max(1, most) / step) + 1 }, (_, index) => index * step);
}

/** The largest keep their order and a colour each; the others become one. */
function gathered(series: readonly Series[]): readonly Series[] {
  const some = series.filter(({ values }) => total(values) > 0);
  if (some.length <= colours) return some;
  const largest = some.toSorted((a, b) => total(b.values) - total(a.values)).slice(0, colours - 1);
  const others = some.filter((one) => !largest.includes(one));
  const values = (others[0]?.values ?? []).map((_, index) => total(others.map((one) => one.values[index] ?? 0)));
  return [...some.filter((one) => largest.includes(one)), { name: `${others.length} others`, values }];
}

export function bars({ about, labels, series: all }: BarChart): Markup {
  const series = gathered(all);
  const heights = labels.map((_, index) => total(series.map(({ values }) => values[index] ?? 0)));
  const ticks = ticksUpTo(Math.max(0, ...heights));
  const most = ticks.at(-1) ?? 1;
  const y = (value: number) => round(height - bottom - (value / most) * (height - top - bottom));
  const slot = (width - left - right) / Math.max(1, labels.length);
  const grid = ticks.map(
    (tick) =>
      html`<line x1="${left}" x2="${width - right}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${left - 6}" y="${y(tick) + 4}">${count(tick)}</text>`,
  );
  const columns = labels.map((label, index) => column({ label, index, series, slot, y }));
  const every = Math.ceil(labels.length / 10);
  const names = labels.map((label, index) =>
    index % every === 0
      ? html`<text class="label" x="${round(left + (index + 0.5) * slot)}" y="${height - 8}">${label}</text>`
      : html``,
  );
  return html`<figure class="chart"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${about}"><g class="grid">${grid}</g>
${columns}
${names}</svg>${legend(series)}</figure>
`;
}

interface Column {
  readonly label: string;
  readonly index: number;
  readonly series: readonly Series[];
  readonly slot: number;
  readonly y: (value: number) => number;
}

/** The name stands in each part, since a pointer shows it. */
function column({ label, index, series, slot, y }: Column): Markup {
  const gap = Math.min(4, slot * 0.2);
  const x = round(left + index * slot + gap / 2);
  let below = 0;
  const parts = series.map(({ name, values }, colour) => {
    const value = values[index] ?? 0;
    if (value === 0) return html``;
    const [from, to] = [below, below + value];
    below = to;
    const said = series.length > 1 ? `${label}, ${name}: ${count(value)}` : `${label}: ${count(value)}`;
    return html`<rect class="c${colour}" x="${x}" y="${y(to)}" width="${round(slot - gap)}" height="${round(y(from) - y(to))}"><title>${said}</title></rect>`;
  });
  return html`${parts}`;
}

function legend(series: readonly Series[]): Markup {
  if (series.length < 2) return html``;
  const entries = series.map(
    ({ name }, colour) =>
      html`<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="c${colour}" width="10" height="10" rx="2"/></svg> ${name}</li>`,
  );
  return html`<figcaption><ul class="legend">${entries}</ul></figcaption>`;
}

/** Colours that are told apart also by who sees few of them, in light and in dark. */
export const chartStyle: Markup = html`<style>
:root { --c0: #2f6fb7; --c1: #d98324; --c2: #3d8f5f; --c3: #b8456b; --c4: #7a5cc0; --c5: #8a6d3b; --c6: #2a9aa5; --c7: #99a23a; --c8: #c96a5a; --c9: #7d8794; }
@media (prefers-color-scheme: dark) {
  :root { --c0: #6ea8e8; --c1: #f0a95a; --c2: #6cc493; --c3: #e57fa1; --c4: #ab92ea; --c5: #c4a46a; --c6: #5fcbd6; --c7: #c6cf66; --c8: #ee9c8e; --c9: #a3adba; } }
.chart { margin: .5rem 0 1.5rem; break-inside: avoid; }
.chart > svg { display: block; width: 100%; height: auto; }
.chart text { font: 12px system-ui, "Segoe UI", Roboto, sans-serif; fill: var(--quiet); }
.chart .label { text-anchor: middle; } .chart .tick { text-anchor: end; }
.chart .grid line { stroke: var(--line); stroke-width: 1; }
.chart rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.c0 { fill: var(--c0); } .c1 { fill: var(--c1); } .c2 { fill: var(--c2); } .c3 { fill: var(--c3); } .c4 { fill: var(--c4); }
.c5 { fill: var(--c5); } .c6 { fill: var(--c6); } .c7 { fill: var(--c7); } .c8 { fill: var(--c8); } .c9 { fill: var(--c9); }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1rem; margin: .4rem 0 0; padding: 0; font-size: .85rem; }
ul.legend svg { width: .75em; height: .75em; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
</style>`;
