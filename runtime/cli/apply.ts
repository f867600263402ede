// cadenza apply: makes the project live at an instant.

import type { Define } from "./command.ts";
import { instantOf, withEngine } from "./engine.ts";
import { type ExitCode, instantText, plural, type ProjectOptions, type Shell, withValue } from "./shell.ts";

export const applyCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("apply"))
    .description("make the project live: from now on its triggers start people")
    .option("--now <time>", "the instant (default: the clock)")
    .option("--json", "print what is live as JSON")
    .option("--yes", "do not ask; there is no plan to confirm yet, so this changes nothing")
    .action((options: ProjectOptions) => finish(apply(shell, options)));
};

async function apply(shell: Shell, options: ProjectOptions): Promise<ExitCode> {
  return withEngine(shell, options, {}, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (at) =>
      withValue(shell, await engine.apply(at), ({ version, isNew }) => {
        if (options.json) {
          const programs = plan.programs.map(({ name }) => name);
          shell.out(`${JSON.stringify({ version, isNew, at: new Date(at).toISOString(), programs })}\n`);
          return 0;
        }
        const what = isNew ? `Version ${version} is live` : `Version ${version} was live already`;
        shell.out(`${what} at ${instantText(at)}: ${plural(plan.programs.length, "program")}.\n`);
        return 0;
      }),
    ),
  );
}
