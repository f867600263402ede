// cadenza plan: what making the project live would do, before anybody does it.

import { resolve } from "node:path";
import { type Cadenza, type Failure, type Foreseen, type ForeseenRequest, printable, type Result } from "../index.ts";
import type { Define } from "./command.ts";
import { askedInstant, withEngine } from "./engine.ts";
import { planText } from "./plan-text.ts";
import { replacePrivate } from "./replace-file.ts";
import { type ExitCode, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";

interface PlanOptions extends ProjectOptions {
  readonly exitCode?: boolean;
  readonly sample: string;
  readonly ahead?: boolean;
  readonly out?: string;
}

export const planCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("plan"))
    .description("what apply would change: audiences, people inside programs, mails; nothing is changed")
    .option("--now <time>", "the instant (default: the clock)")
    .option("--json", "print JSON")
    .option("--exit-code", "3 where something would change, 0 where nothing would")
    .option("--out <file>", "save the plan, so that `cadenza apply FILE` does what it says or nothing")
    .option("--sample <n>", "how many people are named of each group", "5")
    .option("--ahead", "run the engine forward by a month also for more than 50,000 contacts, which takes long")
    .option("--no-ahead", "do not run it forward: no forecast, and less time")
    .action((options: PlanOptions) => finish(plan(shell, options)));
};

async function plan(shell: Shell, options: PlanOptions): Promise<ExitCode> {
  const samples = Number(options.sample);
  if (!(Number.isInteger(samples) && samples >= 0)) {
    shell.err(`--sample takes a whole number, not \`${options.sample}\`.\n`);
    return 2;
  }
  return withEngine(shell, options, { needsDatabase: true, leavesAsIs: true }, ({ engine, plan: compiled }) =>
    withValue(shell, askedInstant(shell, compiled, options.now), async (at) =>
      withValue(
        shell,
        await foreseen(engine, options, { ...(at === null ? {} : { at }), samples, ...aheadOf(options) }),
        ({ found, text }) => {
          shell.out(options.json ? `${JSON.stringify(planJson(found), null, 2)}\n` : planText(found));
          const failed = options.out === undefined || text === null ? null : save(shell, options.out, text);
          if (failed) return report(shell, failed);
          return options.exitCode && found.isChanged ? 3 : 0;
        },
      ),
    ),
  );
}

const aheadOf = ({ ahead }: PlanOptions) => (ahead === undefined ? {} : { looksAhead: ahead });

/** What is foreseen, with the text to be saved where it is to be. */
async function foreseen(
  engine: Cadenza,
  { out }: PlanOptions,
  request: ForeseenRequest,
): Promise<Result<{ readonly found: Foreseen; readonly text: string | null }>> {
  if (out === undefined) {
    const found = await engine.foresee(request);
    return found.ok ? { ok: true, value: { found: found.value, text: null } } : found;
  }
  const saved = await engine.savePlan(request);
  return saved.ok ? { ok: true, value: { found: saved.value.foreseen, text: saved.value.text } } : saved;
}

function save(shell: Shell, out: string, text: string): Failure | null {
  const failed = replacePrivate(resolve(shell.cwd, out), out, text);
  if (failed === null) shell.err(`Saved: \`cadenza apply ${printable(out)}\` does this, or nothing.\n`);
  return failed;
}

/** As `foresee` gives it, with the instant in ISO 8601. */
function planJson({ at, ...rest }: Foreseen) {
  return { format: 1, at: new Date(at).toISOString(), ...rest };
}
