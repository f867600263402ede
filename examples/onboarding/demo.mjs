// npm run demo: makes the data, checks, loads, runs 60 virtual days with opens and clicks from a seeded model, and prints
// a funnel; DEMO_DAYS says how many else. It uses nothing but the built library, as any program that embeds Cadenza would.
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileProject, mailerNamed, open, readProject, renderPretty, virtualClock } from "../../dist/index.js";
import { makeData, start } from "./make-data.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const lastDay = Number(process.env.DEMO_DAYS ?? 60);
const folder = mkdtempSync(join(tmpdir(), "cadenza-demo-"));
const began = process.hrtime.bigint();
const seconds = () => `${(Number(process.hrtime.bigint() - began) / 1e9).toFixed(1).padStart(5)} s`;
const say = (text) => console.log(`${seconds()}  ${text}`);
const number = (value) => value.toLocaleString("en-US");

/** The value of a result, or the end of the demo with what went wrong. */
function expectFine(result) {
  if (result.ok) return result.value;
  throw new Error(`${result.failure.code} ${result.failure.text}\n${result.failure.help}`);
}

function tableText({ title, head, rows }) {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column].length)));
  const line = (cells) =>
    cells
      .map((cell, column) => (/^[\d.,]+%?$/.test(cell) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ");
  return `\n${title}\n${[head, ...rows].map(line).join("\n")}`;
}

try {
  for (const name of ["project.cdz", "onboarding.cdz", "mail"])
    cpSync(join(here, name), join(folder, name), { recursive: true });
  const made = makeData(folder);
  say(`made   ${number(made.contacts)} contacts and ${number(made.events)} events`);

  const project = expectFine(readProject(folder));
  const compiled = compileProject(project);
  const { plan } = compiled;
  if (plan === null) throw new Error(renderPretty(compiled.diagnostics, compiled.sources));
  say(
    `check  ${project.sources.length} files, ${plan.segments.length} segments, ${plan.programs.length} program: no errors`,
  );

  const mailer = expectFine(
    await mailerNamed("files", {
      folder: join(folder, ".cadenza/mail"),
      mailgun: { key: null, domain: null, url: null },
    }),
  );
  const clock = virtualClock(start);
  const request = { plan, database: { folder: join(folder, ".cadenza") }, dataDir: folder, clock, mailer };
  // Large files are read by all cores; the few rows of each tick are dealt with soonest by one.
  const loading = expectFine(await open(request));
  const loaded = expectFine(await loading.load());
  await loading.close();
  const cadenza = expectFine(await open({ ...request, threads: 1 }));
  const rows = loaded.reduce((sum, { added }) => sum + added, 0);
  const rejected = loaded.reduce((sum, report) => sum + report.rejected, 0);
  say(`load   ${number(rows)} rows, ${number(rejected)} rejected`);

  let sentInAll = 0;
  let days = 0;
  const run = expectFine(
    await cadenza.run({
      clock,
      isReplay: true,
      until: start + lastDay * 86_400_000,
      every: { amount: 6, unit: "h" },
      engagement: {
        seed: "demo",
        rates: { open: 0.45, click: 0.135, reply: 0, bounce: 0, unsubscribe: 0.009, complaint: 0 },
        hours: 9,
      },
      onTick: ({ at, sent }) => {
        sentInAll += sent;
        const day = Math.floor((at - start) / 86_400_000);
        if (day < days + 10) return;
        days = day;
        say(`run    day ${String(day).padStart(2)}: ${number(sentInAll)} mails`);
      },
    }),
  );
  say(`run    ${lastDay} virtual days, ${number(run.ticks)} ticks, ${number(sentInAll)} mails written as .eml`);
  // Thousands of files: all folders at once, while the rest goes on.
  const mails = join(folder, ".cadenza/mail");
  const removed = Promise.all(readdirSync(mails).map((name) => rm(join(mails, name), { recursive: true })));
  for (const table of expectFine(await cadenza.funnels())) console.log(tableText(table));
  await cadenza.close();
  await removed;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
