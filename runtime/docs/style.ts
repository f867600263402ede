// The one style sheet of the pages: light and dark, printable, from phone to desk. It loads nothing.

import { html, type Markup } from "../markup.ts";

export const style: Markup = html`<style>
:root { color-scheme: light dark; --text: #1d2430; --quiet: #5b6675; --page: #ffffff; --card: #f5f7fa; --line: #d5dbe3;
  --link: #0b5cad; --send: #e3f0ff; --wait: #fff3d6; --choose: #eee7fb; --act: #e6f5e9; --end: #fbe6e6; --edge: #7a8696; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8ee; --quiet: #a3adba; --page: #14181f; --card: #1d232c; --line: #39424f; --link: #7ab8ff;
    --send: #17324f; --wait: #463812; --choose: #34285a; --act: #1c3d26; --end: #4d2424; --edge: #8d99a8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
nav a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
footer { margin-top: 2rem; color: var(--quiet); font-size: .85rem; padding-bottom: 2rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.25rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
.quiet { color: var(--quiet); }
.said { font-size: 1.05rem; }
.entry { border: 1px solid var(--line); border-radius: 8px; padding: .25rem 1rem .75rem; margin: 1rem 0; break-inside: avoid; }
.entry > h2 { margin-top: .5rem; }
.entry:target, tr:target { outline: 2px solid var(--link); outline-offset: 2px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 600; }
td { overflow-wrap: break-word; min-width: 5rem; } td:last-child { overflow-wrap: anywhere; }
code, pre { font: .9em/1.5 ui-monospace, Consolas, monospace; background: var(--card); border-radius: 4px; }
code { padding: .1em .3em; }
pre { padding: .6rem .8rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(5rem, max-content) 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
ul.counts { columns: 14rem auto; padding-left: 1.2rem; }
summary { cursor: pointer; color: var(--quiet); }
iframe { width: 100%; height: 26rem; border: 1px solid var(--line); border-radius: 6px; background: #ffffff; resize: vertical; }
svg.flow { display: block; width: 100%; height: auto; margin: .5rem 0; }
svg.flow text { font: 14px system-ui, "Segoe UI", Roboto, sans-serif; fill: var(--text); text-anchor: middle; }
svg.flow .label { font-size: 12.5px; fill: var(--quiet); }
svg.flow rect { stroke: var(--line); stroke-width: 1; }
svg.flow path { fill: none; stroke: var(--edge); stroke-width: 1.5; }
svg.flow a text { fill: var(--link); text-decoration: underline; }
svg.flow .send { fill: var(--send); } svg.flow .wait { fill: var(--wait); } svg.flow .choose { fill: var(--choose); }
svg.flow .act { fill: var(--act); } svg.flow .end { fill: var(--end); } svg.flow .edge-label { fill: var(--page); stroke: none; }
@media (max-width: 40rem) { thead { display: none; } tr { display: block; padding: .4rem 0; border-bottom: 1px solid var(--line); }
  td { display: block; border: 0; padding: 0; } td:empty { display: none; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } .entry { padding: .25rem .75rem .75rem; } }
@media print { :root { color-scheme: light; } nav, summary { display: none; } a { color: inherit; } .entry { border-color: #999; }
  main, header, footer { max-width: none; } iframe { height: 18rem; } }
</style>`;
