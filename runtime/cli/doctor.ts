// cadenza doctor: what of the set-up would keep mails from going out, or from arriving.

import { resolve } from "node:path";
import { countOf, doctor, emptyProject, renderChecks } from "../index.ts";
import type { Define } from "./command.ts";
import { stateFolder } from "./engine.ts";
import type { ExitCode, ProjectOptions, Shell } from "./shell.ts";

export const doctorCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("doctor"))
    .description("check the set-up: machine, database, settings, Mailgun, DNS; exit code 1 where there is a problem")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nIt changes nothing, and prints no secret. Settings are read from the environment, as `run` reads them; CADENZA_DNS names a name\nserver to ask in place of the system's, such as 1.1.1.1.\n\nExamples:\n  cadenza doctor\n  cadenza doctor --json | jq '.checks[] | select(.verdict == \"problem\")'\n",
    )
    .action((options: ProjectOptions) => finish(examine(shell, options)));
};

async function examine(shell: Shell, options: ProjectOptions): Promise<ExitCode> {
  const { root } = emptyProject(resolve(shell.cwd, options.project));
  const { env, clock, node, uid, version } = shell;
  const checks = await doctor({ root, folder: stateFolder(root), env, clock, node, uid, version });
  const [problems, warnings] = [countOf(checks, "problem"), countOf(checks, "warning")];
  shell.out(options.json ? `${JSON.stringify({ problems, warnings, checks }, null, 2)}\n` : renderChecks(checks));
  return problems > 0 ? 1 : 0;
}
