// The command. This file alone touches the process: arguments, streams, environment, signals, exit code.

import { userInfo } from "node:os";
import { Command, CommanderError, Option } from "commander";
import { Failed, failure, systemClock, systemReason } from "../index.ts";
import { applyCommand } from "./apply.ts";
import { backupCommand } from "./backup.ts";
import { checkCommand } from "./check.ts";
import { consentCommand } from "./consent.ts";
import { docsCommand } from "./docs.ts";
import { ejectCommand, enrollCommand } from "./enroll.ts";
import { explainCommand } from "./explain.ts";
import { fmtCommand } from "./fmt.ts";
import { initCommand } from "./init.ts";
import { handOffsCommand } from "./handoffs.ts";
import { planCommand } from "./plan.ts";
import { pauseCommand, resumeCommand } from "./pause.ts";
import { listCommand } from "./list.ts";
import { loadCommand } from "./load.ts";
import { previewCommand } from "./preview.ts";
import { reportCommand } from "./report.ts";
import { restoreCommand } from "./restore.ts";
import { retryCommand } from "./retry.ts";
import { runCommand } from "./run.ts";
import { sendTestCommand } from "./send-test.ts";
import { type ExitCode, report, type Shell } from "./shell.ts";
import { showCommand } from "./show.ts";
import { exportCommand } from "./export.ts";
import { forgetCommand } from "./forget.ts";
import { simulateCommand } from "./simulate.ts";
import { whyCommand } from "./why.ts";
import { testCommand } from "./test.ts";

declare const __CADENZA_VERSION__: string;

const version = typeof __CADENZA_VERSION__ === "string" ? __CADENZA_VERSION__ : "development";
const interrupted = new AbortController();

/** What a reader who left does not want to hear is no failure; what a full disk swallows is. */
function unprinted(error: unknown): never {
  const reason = systemReason(error);
  if (reason === "EPIPE") process.exit(0);
  process.exit(report(shell, failure("F132", { reason })));
}

/** In a container there may be no entry for the user's number. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? "unknown";
  }
}

const shell: Shell = {
  out: (text) => {
    try {
      process.stdout.write(text);
    } catch (error) {
      // Into a file Node writes at once, and throws where it cannot.
      unprinted(error);
    }
  },
  err: (text) => {
    try {
      process.stderr.write(text);
    } catch {
      // There is nowhere left to say so; the exit code stays.
    }
  },
  env: process.env,
  cwd: process.cwd(),
  version,
  clock: systemClock(),
  user: systemUser,
  pid: process.pid,
  uid: process.getuid?.() ?? null,
  screen: {
    isTty: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 80,
    rows: process.stdout.rows ?? 24,
  },
  interrupted: interrupted.signal,
  onCrash: (restore) => void process.once("uncaughtExceptionMonitor", restore),
  streams: { stdin: process.stdin, stdout: process.stdout },
};

/** A second signal ends the process at once; the first lets the tick in hand finish. */
function listen(signal: "SIGINT" | "SIGTERM"): void {
  process.once(signal, () => {
    interrupted.abort();
    process.once(signal, () => process.exit(130));
  });
}

function build(): Command {
  const program = new Command("cadenza")
    .description("Audiences and nurture programs as code.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: shell.out, writeErr: shell.err });
  const withProject = (command: Command) =>
    command
      .addOption(new Option("--project <dir>", "folder of the project").default("."))
      .addOption(new Option("--data-dir <dir>", "where relative data paths start (default: the project)"));
  const withDatabase = (command: Command) =>
    withProject(command).addOption(
      new Option("--memory <size>", "what the database may take, such as 1GB (default: four fifths of the memory)"),
    );
  const finish = async (code: Promise<ExitCode>) => {
    process.exitCode = await code;
  };
  const commands = [
    ...[initCommand, checkCommand, fmtCommand, testCommand, explainCommand, docsCommand],
    ...[
      loadCommand,
      listCommand,
      consentCommand,
      handOffsCommand,
      pauseCommand,
      resumeCommand,
      retryCommand,
      enrollCommand,
      ejectCommand,
      showCommand,
      whyCommand,
      exportCommand,
      forgetCommand,
      backupCommand,
      restoreCommand,
      previewCommand,
      sendTestCommand,
      planCommand,
      reportCommand,
      applyCommand,
      simulateCommand,
    ],
    runCommand,
  ];
  for (const define of commands) {
    define(program, { shell, withProject, withDatabase, finish });
  }
  return program;
}

async function main(): Promise<void> {
  listen("SIGINT");
  listen("SIGTERM");
  process.stdout.on("error", unprinted);
  process.stderr.on("error", () => undefined);
  // Of an uncaught exception Node makes 1, which would read as findings.
  process.once("uncaughtExceptionMonitor", () => {
    process.once("exit", () => {
      process.exitCode = 2;
    });
  });
  try {
    await build().parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof Failed) process.exitCode = report(shell, error.failure);
    else throw error;
  }
}

await main();
