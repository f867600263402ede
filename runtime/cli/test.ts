// cadenza test: runs the `test` blocks, each in an empty world on a virtual clock.

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  compileProjectTests,
  countTests,
  coverageSummary,
  type Failure,
  failure,
  readProject,
  renderJunit,
  renderPretty,
  renderTests,
  renderTestsJson,
  runTests,
  systemReason,
  type TestedProject,
  type TestReport,
  testsNamed,
} from "../index.ts";
import type { Define } from "./command.ts";
import { type ExitCode, plural, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";
import { table } from "./table.ts";

interface TestOptions extends ProjectOptions {
  readonly junit?: string;
  readonly coverage?: boolean;
}

export const testCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("test"))
    .argument("[names...]", "only tests whose title contains one of these")
    .description("run the `test` blocks of the project, on a virtual clock and in memory")
    .option("--junit <file>", "write the results as JUnit XML, too")
    .option("--coverage", "tell which branches of programs and conditions of segments the tests have met")
    .option("--json", "print the results as JSON")
    .action((names: readonly string[], options: TestOptions) => finish(test(shell, names, options)));
};

async function test(shell: Shell, names: readonly string[], options: TestOptions): Promise<ExitCode> {
  return withValue(shell, readProject(options.project, shell.cwd), async (folder) => {
    const project = compileProjectTests(folder);
    const { suite, diagnostics, sources } = project;
    if (suite === null) {
      shell.err(
        renderPretty(
          diagnostics.filter(({ severity }) => severity === "error"),
          sources,
        ),
      );
      return 1;
    }
    return withValue(shell, testsNamed(suite, names), async (tests) => {
      const { clock, interrupted: signal } = shell;
      const hasCoverage = options.coverage === true;
      const ran = await runTests({ suite, tests, sources, hasCoverage, stopwatch: () => clock.now(), signal });
      return withValue(shell, ran, (found) => {
        const code = tell(shell, options, project, found);
        const unwritten = writeResults(shell, options, project, found);
        if (unwritten) return report(shell, unwritten);
        if (found.results.length === tests.length) return code;
        shell.err(`Interrupted: ${found.results.length} of ${plural(tests.length, "test")} came to an end.\n`);
        return 2;
      });
    });
  });
}

function tell(shell: Shell, options: TestOptions, { sources }: TestedProject, found: TestReport): ExitCode {
  const { tests, passed, failed } = countTests(found);
  if (options.json) shell.out(`${renderTestsJson(found, sources)}\n`);
  else {
    shell.out(renderTests(found, sources));
    if (options.coverage) shell.out(`\n${coverageText(found, sources)}`);
    shell.out(`\n${plural(tests, "test")}: ${passed} passed, ${failed} failed.\n`);
  }
  return passed === tests ? 0 : 1;
}

/** Behind what is printed, so that a file that cannot be written costs nobody the results. */
function writeResults(
  shell: Shell,
  { junit }: TestOptions,
  { sources }: TestedProject,
  found: TestReport,
): Failure | null {
  if (junit === undefined) return null;
  try {
    writeFileSync(resolve(shell.cwd, junit), renderJunit(found, sources));
    return null;
  } catch (error) {
    return failure("F161", { path: junit, reason: systemReason(error) });
  }
}

function coverageText({ coverage }: TestReport, sources: TestedProject["sources"]): string {
  const { rows, missed } = coverageSummary(coverage, sources);
  if (rows.length === 0) return "There is nothing to be covered.\n";
  const cells = rows.map(({ kind, name, met, all }) => [
    `${kind} ${name}`,
    String(met),
    String(all),
    `${Math.floor((100 * met) / all)}%`,
  ]);
  const places =
    missed.length === 0
      ? ""
      : `\n${table(
          ["not met", ""],
          missed.map(({ place, text }) => [place, text]),
        )}`;
  return `${table(["", "met", "of", ""], cells)}${places}`;
}
