// cadenza report: what programs achieved, in tables.

import { resolve } from "node:path";
import { renderReport, reportCsv, type ReportView } from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, withEngine } from "./engine.ts";
import { replaceFile } from "./replace-file.ts";
import { type ExitCode, type ProjectOptions, report as fail, type Shell, withValue } from "./shell.ts";

interface ReportOptions extends ProjectOptions {
  readonly csv?: string;
}

export const reportCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("report"))
    .argument("[name]", "a report of the project (default: all; without any, one about all programs)")
    .description("what programs achieved: who entered, what was mailed, opened, and reached")
    .option("--csv <file>", "write a table for spreadsheets")
    .option("--now <time>", "as of when (default: the clock)")
    .option("--json", "print JSON")
    .action((name: string | undefined, options: ReportOptions) => finish(report(shell, name, options)));
};

async function report(shell: Shell, name: string | undefined, options: ReportOptions): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (at) =>
      withValue(shell, await engine.reports(name, at), (views) => {
        const { csv, json } = options;
        const failed = csv === undefined ? null : replaceFile(resolve(shell.cwd, csv), csv, reportCsv(views));
        if (failed) return fail(shell, failed);
        shell.out(json ? `${JSON.stringify(views.map(viewJson), null, 2)}\n` : views.map(renderReport).join("\n"));
        return 0;
      }),
    ),
  );
}

const iso = (at: number) => new Date(at).toISOString();

function viewJson({ at, from, until, ...rest }: ReportView) {
  return { ...rest, at: iso(at), from: from === null ? null : iso(from), until: iso(until) };
}
