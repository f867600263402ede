// cadenza run: the engine. Live on the machine's clock, or a replay of history on a virtual one.

import { Option } from "commander";
import {
  type Cadenza,
  type Instant,
  ownStation,
  parseEvery,
  printable,
  type Plan,
  type ReportRun,
  type Result,
  type RunReport,
  type RunRequest,
  virtualClock,
} from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, withEngine } from "./engine.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";
import { callingOf, mailingOf } from "./mailing.ts";
import { portOf, whileServing } from "./serving.ts";
import { whileControlled } from "./controlling.ts";
import { canShow, openUi } from "./screen.ts";
import { table } from "./table.ts";

interface RunOptions extends ProjectOptions {
  readonly ui?: boolean;
  readonly once?: boolean;
  readonly until?: string;
  readonly every?: string;
  readonly mailer: string;
  readonly despiteComplaints?: boolean;
  readonly webhookPort?: string;
  readonly webhookHost?: string;
}

export const runCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("run"))
    .description("run the engine: take in facts, tick, deliver")
    .option("--once", "one tick, then stop")
    .option("--now <time>", "replay on a virtual clock that starts here; needs --until or --once")
    .option("--until <time>", "stop at this time")
    .option("--every <duration>", "how often facts are judged (default: 1min live, 1h in a replay)")
    .option("--mailer <mailer>", "files, mailgun or none", "files")
    .option("--despite-complaints", "mail on though too many people complained")
    .option("--webhook-port <port>", "serve the pages to unsubscribe, and Mailgun's webhooks, on this port")
    .option("--webhook-host <host>", "and on this address of the machine (default: 127.0.0.1)")
    .addOption(new Option("--ui", "watch the run on a screen").conflicts("json"))
    .option("--json", "print what the run did as JSON, when it has ended")
    .action((options: RunOptions) => finish(run(shell, options)));
};

async function run(shell: Shell, options: RunOptions): Promise<ExitCode> {
  const misuse = misuseOf(options);
  if (misuse !== null) {
    shell.err(`${misuse}\n`);
    return 2;
  }
  const isReplay = options.now !== undefined;
  const port = portOf(options.webhookPort);
  if (!port.ok) return report(shell, port.failure);
  const every = parseEvery(options.every, isReplay ? { amount: 1, unit: "h" } : { amount: 1, unit: "min" });
  if (every === null) {
    shell.err(
      `--every takes a duration such as 1min, 6h or 1d (beyond 24h in d, w, mo or y), not \`${options.every}\`.\n`,
    );
    return 2;
  }
  const choices = {
    mailer: mailingOf(shell, options.mailer),
    caller: callingOf(shell, options.mailer),
    needsFile: true,
  };
  return withEngine(shell, options, choices, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (start) =>
      withValue(shell, untilOf(shell, plan, options.until), (until) => {
        if (until !== null && until < start) {
          shell.err(`--until ${options.until} lies before ${instantText(start)}, where this run would start.\n`);
          return 2;
        }
        const stop = new AbortController();
        shell.interrupted.addEventListener("abort", () => stop.abort(), { once: true });
        const request: RunRequest = {
          clock: isReplay ? virtualClock(start) : shell.clock,
          every,
          ...(until === null ? {} : { until }),
          ...(options.once ? { isOnce: true } : {}),
          ...(isReplay ? { isReplay: true } : {}),
          ...(options.despiteComplaints ? { isDespiteComplaints: true } : {}),
          signal: stop.signal,
        };
        const work = () =>
          options.ui && canShow(shell)
            ? runOnScreen(shell, engine, request, stop)
            : runInLines(shell, engine, { ...request, isJson: options.json === true });
        const served = () =>
          port.value === null
            ? work()
            : whileServing(shell, engine, { port: port.value, host: options.webhookHost }, work);
        // A replay takes in nothing from outside.
        return isReplay ? served() : whileControlled(shell, engine, served);
      }),
    ),
  );
}

/** Options that go against each other, in words; null where all is well. */
function misuseOf({ now, once, until, mailer, webhookPort, webhookHost }: RunOptions): string | null {
  if (webhookHost !== undefined && webhookPort === undefined)
    return "--webhook-host says where --webhook-port is served: add it, or leave both out.";
  if (now === undefined) return null;
  if (!once && until === undefined) return "A replay with --now would never end: add --until TIME, or --once.";
  if (mailer === "mailgun")
    return "A replay with --now must not mail people: leave out --now, or write files with --mailer files.";
  return webhookPort === undefined
    ? null
    : "A replay with --now takes in nothing from outside: leave out --webhook-port.";
}

function untilOf(shell: Shell, plan: Plan, text: string | undefined): Result<Instant | null> {
  return text === undefined ? { ok: true, value: null } : instantOf(shell, plan, text);
}

/** Real time between two lines of a run without a screen, in milliseconds. */
const lineEveryMs = 2_000;

interface LineRequest extends RunRequest {
  readonly isJson: boolean;
}

async function runInLines(shell: Shell, engine: Cadenza, { isJson, ...request }: LineRequest): Promise<ExitCode> {
  const { lineOf } = await import("../tui/line.ts");
  let last = 0;
  const onTick = async () => {
    const wall = shell.clock.now();
    if (isJson || wall - last < lineEveryMs) return;
    last = wall;
    const seen = await engine.snapshot();
    if (seen.ok) shell.out(`${lineOf(seen.value)}\n`);
  };
  const onReport = ({ report: name, at, path, fault }: ReportRun) => {
    if (!isJson) shell.out(`report ${name} of ${instantText(at)}: ${printable(fault ?? path ?? "done")}\n`);
  };
  const ended = await engine.run({ ...request, onTick, onReport });
  if (!ended.ok) return report(shell, ended.failure);
  return isJson ? finishAsJson(shell, engine, ended.value) : finishRun(shell, engine, ended.value);
}

async function runOnScreen(
  shell: Shell,
  engine: Cadenza,
  request: RunRequest,
  stop: AbortController,
): Promise<ExitCode> {
  const ui = await openUi(shell, ownStation(engine, shell.user()), { onQuit: () => stop.abort() });
  // However the run ends, the terminal must be back before anything else is printed.
  stop.signal.addEventListener("abort", ui.stop, { once: true });
  const ended = await engine.run(request).catch((error: unknown) => {
    ui.stop();
    throw error;
  });
  // The screen stays until the person leaves it; a failure or an interruption ends it at once.
  if (!ended.ok || stop.signal.aborted) ui.stop();
  await ui.finished;
  return ended.ok ? finishRun(shell, engine, ended.value) : report(shell, ended.failure);
}

async function finishRun(shell: Shell, engine: Cadenza, { isBehind }: RunReport): Promise<ExitCode> {
  if (isBehind) shell.err("The project has changes that are not live; `cadenza apply` makes them so.\n");
  const seen = await engine.snapshot();
  if (!seen.ok) return report(shell, seen.failure);
  const { at, ticks, mail, calls, problems } = seen.value;
  const called = calls.made > 0 ? `, ${plural(calls.made, "call")} made` : "";
  shell.out(`${instantText(at)}: ${plural(ticks, "tick")}, ${plural(mail.sent, "mail")} sent${called}.\n`);
  const tables = await engine.funnels();
  if (!tables.ok) return report(shell, tables.failure);
  for (const { title, head, rows } of tables.value) shell.out(`\n${title}\n${table(head, rows)}`);
  for (const { text, help } of problems) shell.err(`${printable(text)}\n  ${printable(help)}\n`);
  return problems.length > 0 ? 1 : 0;
}

/** Instants as ISO 8601 in UTC; counts as numbers, and the printed tables as they are. */
async function finishAsJson(shell: Shell, engine: Cadenza, { isBehind }: RunReport): Promise<ExitCode> {
  return withValue(shell, await engine.snapshot(), async ({ at, ticks, contacts, programs, mail, calls, problems }) =>
    withValue(shell, await engine.funnels(), (tables) => {
      const iso = (instant: Instant) => new Date(instant).toISOString();
      const told = problems.map(({ since, text, help }) => ({ since: iso(since), text, help }));
      const counted = programs.map(({ name, active, entered, goals, left }) => ({
        name,
        active,
        entered,
        goals,
        left,
      }));
      const ended = { at: iso(at), ticks, isBehind, contacts, programs: counted, mail, calls, problems: told, tables };
      shell.out(`${JSON.stringify(ended, null, 2)}\n`);
      return problems.length > 0 ? 1 : 0;
    }),
  );
}
