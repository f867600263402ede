// cadenza consent: what a person said of a topic, told by hand.

import { chosen, type ConsentView, type Instant, printable } from "../index.ts";
import type { Define } from "./command.ts";
import { instantOf, withEngine } from "./engine.ts";
import { type ExitCode, instantText, type ProjectOptions, type Shell, whoOf, withValue } from "./shell.ts";

interface ConsentOptions extends ProjectOptions {
  readonly by?: string;
}
interface Told {
  readonly contact: string;
  readonly topic: string;
  readonly word: string;
}

export const consentCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("consent"))
    .argument("<contact>", "the contact's key")
    .argument("<topic>", "a topic of the project")
    .argument("<word>", "yes or no")
    .description("record that a person agrees to a topic or refuses it")
    .option("--by <name>", "who records it (default: the user of the system)")
    .option("--now <time>", "when it was said (default: the clock)")
    .option("--json", "print JSON")
    .action((contact: string, topic: string, word: string, options: ConsentOptions) =>
      finish(consent(shell, { contact, topic, word }, options)),
    );
};

async function consent(shell: Shell, { contact, topic, word }: Told, options: ConsentOptions): Promise<ExitCode> {
  return withValue(shell, chosen("consent", word, ["yes", "no"]), (said) =>
    withEngine(shell, options, { needsDatabase: true }, ({ engine, plan }) =>
      withValue(shell, instantOf(shell, plan, options.now), async (at) => {
        const by = whoOf(shell, options.by);
        const isAgreed = said === "yes";
        const made = await engine.consent({ contact, topic, isAgreed, by, at });
        return withValue(shell, made, (view) => {
          shell.out(options.json ? `${JSON.stringify(consentJson(contact, view, at))}\n` : consentText(view, isAgreed));
          return 0;
        });
      }),
    ),
  );
}

const wordOf = (isAgreed: boolean) => (isAgreed ? "yes" : "no");

function consentJson(contact: string, { holds, ...view }: ConsentView, at: Instant) {
  const { isAgreed, source, ofAllMail } = holds;
  const shown = { word: wordOf(isAgreed), at: new Date(holds.at).toISOString(), source, ofAllMail };
  return { contact, ...view, now: new Date(at).toISOString(), holds: shown };
}

function consentText({ topic, address, contacts, isNew, holds, suppressed }: ConsentView, isAgreed: boolean): string {
  const whose = contacts > 1 ? ` (${contacts} contacts have the address)` : "";
  const verb = isAgreed ? "agrees to" : "refuses";
  const lines = [`${address} ${verb} ${topic}${isNew ? "" : ": that was known already"}${whose}.`];
  if (holds.isAgreed !== isAgreed) {
    const what = holds.ofAllMail ? "all mail" : topic;
    const word = holds.isAgreed ? "agreement to" : "refusal of";
    lines.push(`The ${word} ${what} of ${instantText(holds.at)} (${holds.source}) is not older, and holds.`);
  }
  if (suppressed !== null) lines.push(`The address gets no mail all the same: ${suppressed}.`);
  return lines.map((line) => `${printable(line)}\n`).join("");
}
