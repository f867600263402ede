// cadenza backup: the database in a file, whether an engine runs or not.

import { resolve } from "node:path";
import { printable } from "../index.ts";
import type { Define } from "./command.ts";
import { withEngine } from "./engine.ts";
import { type ExitCode, instantText, type ProjectOptions, type Shell, withValue } from "./shell.ts";

interface BackupOptions extends ProjectOptions {
  readonly replace?: boolean;
}

export const backupCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("backup"))
    .argument("<file>", "where it is written")
    .description("write the database into a file, while the engine runs or not")
    .option("--replace", "an older backup of that name makes way")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cadenza backup /backups/acme-2026-03-02.backup\n  cadenza backup --replace /backups/acme.backup\n",
    )
    .action((file: string, options: BackupOptions) => finish(backUp(shell, file, options)));
};

function backUp(shell: Shell, given: string, options: BackupOptions): Promise<ExitCode> {
  const request = { file: resolve(shell.cwd, given), replaces: options.replace === true };
  return withEngine(shell, options, { needsDatabase: true, leavesAsIs: true }, async ({ engine }) =>
    withValue(shell, await engine.backup(request), (done) => {
      const { project, at, bytes } = done;
      const json = { ...done, at: new Date(at).toISOString() };
      const text = `Backed up \`${project}\` as of ${instantText(at)} to ${printable(given)} (${sizeText(bytes)}).`;
      shell.out(options.json ? `${JSON.stringify(json, null, 2)}\n` : `${text}\n`);
      return 0;
    }),
  );
}

const sizeText = (bytes: number): string => `${(bytes / 1e6).toLocaleString("en-US", { maximumFractionDigits: 1 })} MB`;
