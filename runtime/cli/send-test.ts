// cadenza send-test: a mail as one person gets it, sent to somebody who wants to see it.

import { printable } from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, withEngine } from "./engine.ts";
import { mailingOf } from "./mailing.ts";
import { type ExitCode, type ProjectOptions, type Shell, withValue } from "./shell.ts";

interface TestOptions extends ProjectOptions {
  readonly as: string;
  readonly to: string;
  readonly variant?: string;
  readonly mailer: string;
}

export const sendTestCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("send-test"))
    .argument("<email>", "the email's name")
    .requiredOption("--to <address>", "who gets it")
    .requiredOption("--as <contact>", "key of the contact whose mail it is")
    .description("send a mail, as one person gets it, to an address of yours")
    .option("--variant <name>", "a variant (default: the one that the person would get)")
    .option("--mailer <mailer>", "mailgun or files", "mailgun")
    .option("--now <time>", "the instant (default: the clock)")
    .option("--json", "print JSON")
    .action((email: string, options: TestOptions) => finish(sendTest(shell, email, options)));
};

async function sendTest(shell: Shell, email: string, options: TestOptions): Promise<ExitCode> {
  const choices = { needsDatabase: true, mailer: mailingOf(shell, options.mailer) };
  return withEngine(shell, options, choices, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (at) => {
      const { as, to, variant } = options;
      const made = await engine.sendTest({ email, as, to, at, ...(variant === undefined ? {} : { variant }) });
      return withValue(shell, made, (sent) => {
        const called = sent.variant === null ? sent.email : `${sent.email} variant ${sent.variant}`;
        const told = `${called} as ${as} went to ${sent.to} by ${sent.mailer}: “${sent.subject}”`;
        shell.out(options.json ? `${JSON.stringify(sent, null, 2)}\n` : `${printable(told)}\n`);
        return 0;
      });
    }),
  );
}
