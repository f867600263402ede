// cadenza preview: a mail as one person gets it.

import { resolve } from "node:path";
import { type MailPreview, printable } from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, withEngine } from "./engine.ts";
import { mailingOf } from "./mailing.ts";
import { replaceFile } from "./replace-file.ts";
import { type ExitCode, type ProjectOptions, report, type Shell, withValue } from "./shell.ts";

interface PreviewOptions extends ProjectOptions {
  readonly as: string;
  readonly variant?: string;
  readonly html?: string;
}

export const previewCommand: Define = (program, { shell, withDatabase, finish }) => {
  withDatabase(program.command("preview"))
    .argument("<email>", "the email's name")
    .requiredOption("--as <contact>", "key of the contact who would get it")
    .description("a mail as one person gets it")
    .option("--variant <name>", "a variant (default: the one that the person would get)")
    .option("--html <file>", "write the page that the person sees")
    .option("--now <time>", "the instant (default: the clock)")
    .option("--json", "print JSON")
    .action((email: string, options: PreviewOptions) => finish(preview(shell, email, options)));
};

async function preview(shell: Shell, email: string, options: PreviewOptions): Promise<ExitCode> {
  const choices = { needsDatabase: true, mailer: mailingOf(shell, "none") };
  return withEngine(shell, options, choices, ({ engine, plan }) =>
    withValue(shell, instantOf(shell, plan, options.now), async (at) => {
      const { as, variant, html } = options;
      const made = await engine.preview({ email, as, at, ...(variant === undefined ? {} : { variant }) });
      return withValue(shell, made, (mail) => {
        const failed = html === undefined ? null : replaceFile(resolve(shell.cwd, html), html, mail.html);
        if (failed) return report(shell, failed);
        shell.out(options.json ? `${JSON.stringify(mail, null, 2)}\n` : textOf(mail, html ?? null));
        return 0;
      });
    }),
  );
}

function textOf(mail: MailPreview, html: string | null): string {
  const { from, to, replyTo, subject, variant, files, text, without } = mail;
  const head = [
    ["From", from],
    ["To", to],
    ...(replyTo === null ? [] : [["Reply to", replyTo]]),
    ["Subject", subject],
    ...(variant === null ? [] : [["Variant", variant]]),
    ...files.map(({ name, bytes }) => ["File", `${name}, ${bytes} bytes`]),
  ].map(([name, value = ""]) => `${`${name}:`.padEnd(10)}${printable(value)}\n`);
  const body = text
    .trimEnd()
    .split("\n")
    .map((line) => `${printable(line)}\n`);
  const empty = without.map(
    (name) => `Nothing stands for \`${printable(name)}\`, which is unknown or fits no such place.\n`,
  );
  const written = html === null ? [] : [`The page is in ${printable(html)}.\n`];
  const notes = [...empty, ...written];
  return [...head, "\n", ...body, ...(notes.length === 0 ? [] : ["\n", ...notes])].join("");
}
