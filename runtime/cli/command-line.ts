// A command line: the commands that there are, and what their ends come to.

import { Command, CommanderError, Option } from "commander";
import { Failed } from "../index.ts";
import { applyCommand } from "./apply.ts";
import { backupCommand } from "./backup.ts";
import { checkCommand } from "./check.ts";
import type { Definition } from "./command.ts";
import { consentCommand } from "./consent.ts";
import { docsCommand } from "./docs.ts";
import { doctorCommand } from "./doctor.ts";
import { ejectCommand, enrollCommand } from "./enroll.ts";
import { explainCommand } from "./explain.ts";
import { exportCommand } from "./export.ts";
import { fmtCommand } from "./fmt.ts";
import { forgetCommand } from "./forget.ts";
import { handOffsCommand } from "./handoffs.ts";
import { initCommand } from "./init.ts";
import { listCommand } from "./list.ts";
import { loadCommand } from "./load.ts";
import { pauseCommand, resumeCommand } from "./pause.ts";
import { planCommand } from "./plan.ts";
import { previewCommand } from "./preview.ts";
import { reportCommand } from "./report.ts";
import { restoreCommand } from "./restore.ts";
import { retryCommand } from "./retry.ts";
import { runCommand } from "./run.ts";
import { sendTestCommand } from "./send-test.ts";
import { type ExitCode, report, type Shell } from "./shell.ts";
import { showCommand } from "./show.ts";
import { simulateCommand } from "./simulate.ts";
import { testCommand } from "./test.ts";
import { watchCommand } from "./watch.ts";
import { whyCommand } from "./why.ts";

function build(shell: Shell, finish: Definition["finish"]): Command {
  const program = new Command("cadenza")
    .description("Audiences and nurture programs as code.")
    .version(shell.version)
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
  const commands = [
    ...[initCommand, checkCommand, fmtCommand, testCommand, explainCommand, docsCommand, doctorCommand],
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
    watchCommand,
  ];
  for (const define of commands) {
    define(program, { shell, withProject, withDatabase, finish });
  }
  return program;
}

/** Runs the command that the arguments name, and touches nothing but what the shell holds. */
export async function runCommandLine(args: readonly string[], shell: Shell): Promise<ExitCode> {
  let ended: ExitCode = 0;
  const program = build(shell, async (code) => {
    ended = await code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return ended;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failed) return report(shell, error.failure);
    throw error;
  }
}
