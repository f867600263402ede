// cadenza forget: a person is erased for good.

import { printable } from "../index.ts";
import type { Define } from "./command.ts";
import { askedInstant, withEngine } from "./engine.ts";
import { type ExitCode, plural, type ProjectOptions, type Shell, withValue } from "./shell.ts";

interface ForgetOptions extends ProjectOptions {
  readonly withSameAddress?: boolean;
}

export const forgetCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("forget"))
    .argument("<contact>", "the contact's key")
    .description("erase a person everywhere, so that no later load brings them back")
    .option("--with-same-address", "other contacts of the same address too")
    .option("--now <time>", "when it was asked for (default: the clock)")
    .option("--json", "print JSON")
    .action((contact: string, options: ForgetOptions) => finish(forgetOne(shell, contact, options)));
};

function forgetOne(shell: Shell, contact: string, options: ForgetOptions): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, ({ engine, plan }) =>
    withValue(shell, askedInstant(shell, plan, options.now), async (at) => {
      const asked = { contact, withSameAddress: options.withSameAddress === true, ...(at === null ? {} : { at }) };
      return withValue(shell, await engine.forget(asked), (done) => {
        const more =
          done.contacts > 1 ? `, with ${plural(done.contacts - 1, "other contact")} of the same address` : "";
        const text = done.isNew
          ? `Forgot ${printable(contact)}${more}.`
          : `${printable(contact)} was forgotten before.`;
        shell.out(options.json ? `${JSON.stringify(done, null, 2)}\n` : `${text}\n`);
        return 0;
      });
    }),
  );
}
