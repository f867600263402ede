// cadenza plan: what making the project live would do, before anybody does it.

import type { Foreseen } from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, withEngine } from "./engine.ts";
import { planText } from "./plan-text.ts";
import { type ExitCode, type ProjectOptions, type Shell, withValue } from "./shell.ts";

interface PlanOptions extends ProjectOptions {
  readonly exitCode?: boolean;
  readonly sample: string;
  readonly ahead: boolean;
}

export const planCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("plan"))
    .description("what apply would change: audiences, people inside programs, mails; nothing is changed")
    .option("--now <time>", "the instant (default: the clock)")
    .option("--json", "print JSON")
    .option("--exit-code", "3 where something would change, 0 where nothing would")
    .option("--sample <n>", "how many people are named of each group", "5")
    .option("--no-ahead", "do not run the engine forward by a month: no forecast, and less time")
    .action((options: PlanOptions) => finish(plan(shell, options)));
};

async function plan(shell: Shell, options: PlanOptions): Promise<ExitCode> {
  const samples = Number(options.sample);
  if (!(Number.isInteger(samples) && samples >= 0)) {
    shell.err(`--sample takes a whole number, not \`${options.sample}\`.\n`);
    return 2;
  }
  return withEngine(shell, options, { needsDatabase: true, leavesAsIs: true }, ({ engine, plan: compiled }) =>
    withValue(shell, instantOf(shell, compiled, options.now), async (at) =>
      withValue(shell, await engine.foresee({ at, samples, looksAhead: options.ahead }), (found) => {
        shell.out(options.json ? `${JSON.stringify(planJson(found), null, 2)}\n` : planText(found));
        return options.exitCode && found.isChanged ? 3 : 0;
      }),
    ),
  );
}

/** As `foresee` gives it, with the instant in ISO 8601. */
function planJson({ at, ...rest }: Foreseen) {
  return { format: 1, at: new Date(at).toISOString(), ...rest };
}
