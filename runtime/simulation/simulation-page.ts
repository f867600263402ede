// What a simulation found, as one page with charts: light and dark, printable, complete in itself.

import type { Table } from "../cadenza.ts";
import { bars, chartStyle } from "../docs/charts.ts";
import { style } from "../docs/style.ts";
import { html, type Markup } from "../markup.ts";
import type { Simulation } from "./simulated.ts";
import { engagementTable, simulationTables } from "./simulation-report.ts";

export function renderSimulation(simulation: Simulation): string {
  const { days, mails, perPerson, contacts, engagement } = simulation;
  const title = `Simulation of ${days[0]} to ${days.at(-1)}`;
  const mailed = perPerson.reduce((sum, { people }) => sum + people, 0);
  const number = (value: number) => value.toLocaleString("en-US");
  const tables = simulationTables(simulation);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
${style}${chartStyle}</head><body><header><h1>${title}</h1>
<p class="said">${number(mails)} mails to ${number(mailed)} of ${number(contacts)} contacts.</p>
<p class="quiet">Nothing was sent. ${
    engagement
      ? "What people do was drawn at the rates below."
      : "People do what the database tells of these days, and nothing else."
  }</p></header><main>
${mailsByDay(simulation)}${mailsPerPerson(simulation)}${peopleAtSteps(simulation)}
<h2>In figures</h2>
${[...(engagement ? [engagementTable(engagement)] : []), ...tables].map(tableMarkup)}</main></body></html>
`.markup;
}

const shortDay = (day: string) => day.slice(5);

function mailsByDay({ days, programs, mails }: Simulation): Markup {
  if (mails === 0) return html``;
  const series = programs.map(({ program, mails: values }) => ({ name: program, values }));
  return html`<h2>Mails by day</h2>
${bars({ about: "How many mails go out on each day, by program", labels: days.map(shortDay), series })}`;
}

/** People with more mails than this share a bar. */
const mostMails = 20;

function mailsPerPerson({ perPerson, mails }: Simulation): Markup {
  if (mails === 0) return html``;
  const most = Math.min(mostMails, Math.max(...perPerson.map((one) => one.mails)));
  const labels = Array.from({ length: most }, (_, index) => `${index + 1}${index + 1 === mostMails ? "+" : ""}`);
  const values = labels.map((_, index) => {
    const fits = perPerson.filter((one) => Math.min(mostMails, one.mails) === index + 1);
    return fits.reduce((sum, { people }) => sum + people, 0);
  });
  return html`<h2>Mails per person</h2>
<p class="quiet">How many people get how many mails, without those who get none.</p>
${bars({ about: "How many people get how many mails", labels, series: [{ name: "people", values }] })}`;
}

function peopleAtSteps({ days, programs }: Simulation): Markup {
  const charts = programs.flatMap(({ program, steps }) => {
    const series = steps.map(({ title, people }) => ({ name: title, values: people }));
    if (series.every(({ values }) => values.every((value) => value === 0))) return [];
    const about = `How many people stand at each step of ${program} at the end of each day`;
    return [
      html`<h3>${program}</h3>
${bars({ about, labels: days.map(shortDay), series })}`,
    ];
  });
  return charts.length === 0 ? html`` : html`<h2>People at each step</h2>${charts}`;
}

function tableMarkup({ title, head, rows }: Table): Markup {
  const isNumber = head.map((_, column) => rows.every((row) => /^([\d,.]+%?|)$/.test(row[column] ?? "")));
  const cells = (row: readonly string[], tag: "th" | "td") =>
    row.map((cell, column) => {
      const kind = isNumber[column] ? "number" : "";
      return tag === "th" ? html`<th class="${kind}">${cell}</th>` : html`<td class="${kind}">${cell}</td>`;
    });
  return html`<section class="entry"><h3>${title}</h3><div class="wide"><table><thead><tr>${cells(head, "th")}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${cells(row, "td")}</tr>`,
  )}</tbody></table></div></section>
`;
}
