// cadenza check: parse, type-check, lint.

import { compileProject, type Diagnostic, readProject, renderCompact, renderJson, renderPretty } from "../index.ts";
import type { Define } from "./command.ts";
import { type ExitCode, plural, type ProjectOptions, type Shell, withValue } from "./shell.ts";

type Format = "pretty" | "compact" | "json";
type Level = Diagnostic["severity"];
interface CheckOptions extends ProjectOptions {
  readonly format: Format;
  readonly failLevel: Level;
}

const weight: Readonly<Record<Level, number>> = { hint: 0, warning: 1, error: 2 };

export const checkCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("check"))
    .description("parse, type-check and lint the project")
    .option("--format <format>", "pretty, compact or json", "pretty")
    .option("--json", "the same as --format json")
    .option("--fail-level <level>", "error, warning or hint: what makes the exit code 1", "error")
    .action((options: CheckOptions) => finish(check(shell, options)));
};

async function check(shell: Shell, options: CheckOptions): Promise<ExitCode> {
  if (!["pretty", "compact", "json"].includes(options.format)) return badChoice(shell, "--format", options.format);
  if (!(options.failLevel in weight)) return badChoice(shell, "--fail-level", options.failLevel);
  return withValue(shell, readProject(options.project), (folder) => {
    const { diagnostics, sources } = compileProject(folder);
    if (options.json || options.format === "json") shell.out(`${renderJson(diagnostics, sources)}\n`);
    else if (options.format === "compact") shell.out(renderCompact(diagnostics, sources));
    else shell.out(`${renderPretty(diagnostics, sources)}${summary(diagnostics, folder.sources.length)}`);
    return diagnostics.some(({ severity }) => weight[severity] >= weight[options.failLevel]) ? 1 : 0;
  });
}

function badChoice(shell: Shell, option: string, given: string): ExitCode {
  shell.err(`${option} does not know \`${given}\`; see cadenza check --help.\n`);
  return 2;
}

function summary(diagnostics: readonly Diagnostic[], files: number): string {
  const count = (level: Level) => diagnostics.filter(({ severity }) => severity === level).length;
  const found = [
    plural(count("error"), "error"),
    plural(count("warning"), "warning"),
    ...(count("hint") > 0 ? [plural(count("hint"), "hint")] : []),
  ];
  return `${plural(files, "file")} checked: ${found.join(", ")}.\n`;
}
