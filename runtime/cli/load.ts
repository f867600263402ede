// cadenza load: runs the project's load statements into its database.

import type { LoadReport } from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, withEngine } from "./engine.ts";
import { type ExitCode, plural, type ProjectOptions, type Shell, withValue } from "./shell.ts";

export const loadCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("load"))
    .argument("[name]", "only the loads of contact, company, an event, a list or a topic")
    .description("run the load statements into the project's database")
    .option("--now <time>", "when the rows arrive (default: the clock)")
    .option("--json", "print the counts as JSON")
    .action((name: string | undefined, options: ProjectOptions) => finish(load(shell, name, options)));
};

async function load(shell: Shell, name: string | undefined, options: ProjectOptions): Promise<ExitCode> {
  return withEngine(shell, options, {}, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (at) => {
      const started = shell.clock.now();
      const show = (report: LoadReport) => {
        if (!options.json) shell.out(linesOf(report));
      };
      const loaded = await engine.load({ at, ...(name === undefined ? {} : { names: [name] }), onLoaded: show });
      return withValue(shell, loaded, (reports) => {
        if (options.json) shell.out(`${JSON.stringify(reports, null, 2)}\n`);
        else if (reports.length === 0) shell.out("This project has no load statements.\n");
        else shell.out(`Loaded in ${((shell.clock.now() - started) / 1000).toFixed(1)} s.\n`);
        return 0;
      });
    }),
  );
}

function linesOf(report: LoadReport): string {
  const count = (value: number, word: string, words = word) =>
    value > 0 ? [`${value.toLocaleString("en-US")} ${value === 1 ? word : words}`] : [];
  const parts = [
    ...count(report.added, "added"),
    ...count(report.updated, "updated"),
    ...count(report.unchanged, "unchanged"),
    ...count(report.rejected, "rejected"),
    ...count(report.duplicates, "duplicate", "duplicates"),
    ...count(report.unknownValues, "value loaded as unknown", "values loaded as unknown"),
    ...count(report.future, "in the future"),
  ];
  const line = `${report.name} from ${report.path}: ${plural(report.rows, "row")}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}\n`;
  return report.rejectsFile === null ? line : `${line}  what was rejected, and why: ${report.rejectsFile}\n`;
}
