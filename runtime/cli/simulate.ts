// cadenza simulate: who would get what, and when. The same engine on a copy of the database, with a clock that jumps.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  connect,
  type Engagement,
  engagementTable,
  failure,
  type Instant,
  parseEngagement,
  parseEvery,
  type Plan,
  type Result,
  renderSimulation,
  simulate,
  type Simulation,
  simulationJson,
  simulationTables,
  systemReason,
  usualEngagement,
} from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, stateFolder, withPlan } from "./engine.ts";
import { replaceFile } from "./replace-file.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";
import { table } from "./table.ts";

interface SimulateOptions extends ProjectOptions {
  readonly from?: string;
  readonly to?: string;
  readonly engagement?: string;
  readonly seed: string;
  readonly every?: string;
  readonly html?: string;
}

export const simulateCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("simulate"))
    .description("who would get what, and when: the programs as they are written now, on a copy of the database")
    .option("--from <date>", "where it starts (default: now, or where the engine has been)")
    .option("--to <date>", "where it ends, that instant not included (default: 30 days later)")
    .option("--engagement <file>", "how many people open, click and so on; `replay`: only what is in the database")
    .option("--seed <text>", "another one draws other people", "1")
    .option("--every <duration>", "how often facts are judged (default: 1h)")
    .option("--now <time>", "the instant (default: the clock)")
    .option("--html <file>", "write a page with charts, too")
    .option("--json", "print what was found as JSON")
    .action((options: SimulateOptions) => finish(run(shell, options)));
};

async function run(shell: Shell, options: SimulateOptions): Promise<ExitCode> {
  const every = parseEvery(options.every, { amount: 1, unit: "h" });
  if (every === null) {
    shell.err(
      `--every takes a duration such as 1min, 6h or 1d (beyond 24h in d, w, mo or y), not \`${options.every}\`.\n`,
    );
    return 2;
  }
  return withPlan(shell, options, ({ folder, plan }) =>
    withValue(shell, engagementOf(shell, plan, options), (engagement) =>
      withValue(shell, timesOf(shell, plan, options), async (times) => {
        const place = stateFolder(folder.root);
        const { uid, version } = shell;
        const running = await connect({ plan, folder: place, uid, version });
        if (!running.ok) return report(shell, running.failure);
        const engine = running.value;
        const progress = progressOn(shell);
        const found = await simulate({
          plan,
          folder: place,
          ...(engine ? { copyTo: (file: string) => engine.backup({ file }) } : {}),
          ...times,
          every,
          engagement,
          ...(options.memory === undefined ? {} : { memory: options.memory }),
          signal: shell.interrupted,
          ...progress,
        });
        progress.end();
        await engine?.close();
        if (shell.interrupted.aborted) {
          shell.err("Interrupted.\n");
          return 2;
        }
        return withValue(shell, found, (simulation) => tell(shell, options, simulation));
      }),
    ),
  );
}

/** null: nothing is made up. */
function engagementOf(shell: Shell, plan: Plan, options: SimulateOptions): Result<Engagement | null> {
  const { engagement: path, seed } = options;
  if (path === undefined) return { ok: true, value: usualEngagement(seed) };
  if (path === "replay") return { ok: true, value: null };
  try {
    const text = readFileSync(resolve(shell.cwd, path), "utf8");
    return parseEngagement({ path, text, seed, emails: plan.emails.map(({ name }) => name) });
  } catch (error) {
    return { ok: false, failure: failure("F437", { path, reason: `the system says ${systemReason(error)}` }) };
  }
}

interface Times {
  readonly now: Instant;
  readonly from?: Instant;
  readonly to?: Instant;
}

function timesOf(shell: Shell, plan: Plan, options: SimulateOptions): Result<Times> {
  const now = instantOf(shell, plan, options.now);
  if (!now.ok) return now;
  const from = options.from === undefined ? null : instantOf(shell, plan, options.from);
  if (from && !from.ok) return from;
  const to = options.to === undefined ? null : instantOf(shell, plan, options.to);
  if (to && !to.ok) return to;
  return {
    ok: true,
    value: { now: now.value, ...(from ? { from: from.value } : {}), ...(to ? { to: to.value } : {}) },
  };
}

/** Real time between two signs of life, in milliseconds. */
const signEveryMs = 500;

/** For people only: what is printed for good depends on nothing but the simulation. */
function progressOn(shell: Shell) {
  if (!shell.screen.isTty) return { end: () => undefined };
  let last = shell.clock.now();
  const say = (text: string) => shell.err(`\r${text.padEnd(40)}`);
  return {
    onCopied: () => say("copied; simulating"),
    onTick: (at: Instant) => {
      const wall = shell.clock.now();
      if (wall - last < signEveryMs) return;
      last = wall;
      say(instantText(at));
    },
    end: () => shell.err(`\r${" ".repeat(40)}\r`),
  };
}

function tell(shell: Shell, options: SimulateOptions, simulation: Simulation): ExitCode {
  if (options.json) shell.out(`${JSON.stringify(simulationJson(simulation), null, 2)}\n`);
  else {
    const { from, to, engagement, mails, perPerson, contacts } = simulation;
    const mailed = perPerson.reduce((sum, { people }) => sum + people, 0);
    shell.out(
      `From ${instantText(from)} to ${instantText(to)}: ${plural(mails, "mail")} to ${mailed.toLocaleString("en-US")} of ${plural(contacts, "contact")}.\n`,
    );
    const expected = engagement ? [engagementTable(engagement)] : [];
    if (!engagement) shell.out("People do what the database tells of these days, and nothing else.\n");
    for (const { title, head, rows } of [...expected, ...simulationTables(simulation)]) {
      shell.out(`\n${title}\n${table(head, rows)}`);
    }
  }
  if (options.html === undefined) return 0;
  const unwritten = replaceFile(resolve(shell.cwd, options.html), options.html, renderSimulation(simulation));
  return unwritten ? report(shell, unwritten) : 0;
}
