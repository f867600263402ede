// cadenza fmt: the one canonical layout.

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failure, type Failure, formatSource, readProject, renderPretty, systemReason } from "../index.ts";
import type { Define } from "./command.ts";
import { type ExitCode, plural, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";

interface FmtOptions extends ProjectOptions {
  readonly check?: boolean;
}

export const fmtCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("fmt"))
    .description("bring every file into the one canonical layout")
    .option("--check", "change nothing; list files that are laid out otherwise and exit with 1")
    .action((options: FmtOptions) => finish(fmt(shell, options)));
};

/** A file that is no text or has syntax errors is left as it is and reported. */
async function fmt(shell: Shell, options: FmtOptions): Promise<ExitCode> {
  return withValue(shell, readProject(options.project), (folder) => {
    let isClean = folder.unreadable.length === 0;
    let changed = 0;
    if (!isClean) shell.out(renderPretty(folder.unreadable, folder.sources));
    for (const source of folder.sources) {
      const formatted = formatSource(source);
      if (formatted.text === null) {
        shell.out(renderPretty(formatted.diagnostics, folder.sources));
        isClean = false;
        continue;
      }
      const path = join(folder.root, source.path);
      if (formatted.text === readFileSync(path, "utf8")) continue;
      const refused = options.check ? null : replaceFile(path, source.path, formatted.text);
      if (refused) return report(shell, refused);
      changed++;
      shell.out(`${source.path}\n`);
      if (options.check) isClean = false;
    }
    shell.out(`${plural(changed, "file")} ${options.check ? "would change" : "changed"}.\n`);
    return isClean ? 0 : 1;
  });
}

/** A file is replaced as a whole or not at all; what forbids it is returned. */
function replaceFile(path: string, name: string, text: string): Failure | null {
  const draft = `${path}.new`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
    return null;
  } catch (error) {
    rmSync(draft, { force: true });
    return failure("F119", { path: name, reason: systemReason(error) });
  }
}
