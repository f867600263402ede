// cadenza retry: what failed for reasons that pass is tried again at once.

import type { Retried } from "../index.ts";
import type { Define } from "./command.ts";
import { withEngine } from "./engine.ts";
import { type ActOptions, type ExitCode, plural, type Shell, whoOf, withValue } from "./shell.ts";

export const retryCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("retry"))
    .argument("[program]", "only what is of this program")
    .description(
      "try again at once what failed for reasons that pass: mails, calls, and programs that stopped by a failure",
    )
    .option("--by <name>", "who asks for it (default: the user of the system)")
    .option("--json", "print JSON")
    .action((name: string | undefined, options: ActOptions) => finish(retry(shell, name, options)));
};

function retry(shell: Shell, name: string | undefined, options: ActOptions): Promise<ExitCode> {
  const request = { by: whoOf(shell, options.by), ...(name === undefined ? {} : { program: name }) };
  return withEngine(shell, options, { needsDatabase: true }, async ({ engine }) =>
    withValue(shell, await engine.retry(request), (retried) => {
      shell.out(options.json ? `${JSON.stringify(retried, null, 2)}\n` : textOf(retried));
      return 0;
    }),
  );
}

function textOf({ mails, calls, programs, unknown }: Retried): string {
  const work = [...(mails > 0 ? [plural(mails, "mail")] : []), ...(calls > 0 ? [plural(calls, "call")] : [])].join(
    " and ",
  );
  const lines = [
    ...(work === "" ? [] : [`${work}: tried again with the next tick.`]),
    ...programs.map((program) => `\`${program}\` goes on.`),
    ...(work === "" && programs.length === 0 ? ["There is nothing to try again."] : []),
    ...(unknown > 0
      ? [
          `Of ${plural(unknown, "mail")} it is unknown whether they went out: nobody may get a mail twice, so the provider is asked first.`,
        ]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
