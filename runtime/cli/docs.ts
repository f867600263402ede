// cadenza docs: a data dictionary of the project, as pages, as JSON, or in short on the terminal.

import { resolve } from "node:path";
import {
  compileProject,
  type Diagnostic,
  dictionaryPages,
  type ProjectDictionary,
  printable,
  projectDictionary,
  readProject,
  renderPretty,
} from "../index.ts";
import type { Define } from "./command.ts";
import { writePages } from "./page-folder.ts";
import { type ExitCode, plural, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";

interface DocsOptions extends ProjectOptions {
  readonly html?: string;
}

export const docsCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("docs"))
    .description("a data dictionary of the project: fields, events, loads, segments in sentences, programs, mails")
    .option("--html <dir>", "write it as pages into a folder of their own")
    .option("--json", "print it as JSON")
    .action((options: DocsOptions) => finish(docs(shell, options)));
};

const isError = ({ severity }: Diagnostic): boolean => severity === "error";

async function docs(shell: Shell, options: DocsOptions): Promise<ExitCode> {
  return withValue(shell, readProject(options.project, shell.cwd), async (folder) => {
    const dictionary = folder.unreadable.length > 0 ? null : await projectDictionary(folder);
    if (!dictionary) {
      const { diagnostics, sources } = compileProject(folder);
      shell.err(renderPretty(diagnostics.filter(isError), sources));
      return 1;
    }
    if (options.html !== undefined) {
      const pages = dictionaryPages(dictionary);
      const refused = writePages(resolve(shell.cwd, options.html), options.html, pages);
      if (refused) return report(shell, refused);
      if (!options.json) shell.out(`${plural(pages.size, "page")} in ${options.html}; begin with index.html.\n`);
    }
    if (options.json) shell.out(`${JSON.stringify(dictionary, null, 2)}\n`);
    else if (options.html === undefined) shell.out(shortText(dictionary));
    return 0;
  });
}

function shortText({ project, segments, programs, emails }: ProjectDictionary): string {
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? "" : `\n${title}\n${lines.map((line) => `  ${printable(line)}\n`).join("")}`;
  return [
    `${project.name}\n`,
    part(
      "Segments",
      segments.map(({ name, sentence }) => `${name}: ${sentence}`),
    ),
    part(
      "Programs",
      programs.map(({ name, why }) => (why === null ? name : `${name}: ${why}`)),
    ),
    part(
      "Emails",
      emails.map(({ name, subject }) => `${name}: ${subject}`),
    ),
    "\nWith --html DIR all of it is written as pages.\n",
  ].join("");
}
