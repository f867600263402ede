// cadenza enroll and cadenza eject: a person is put into a program, or taken out of it.

import type { Cadenza, PersonRequest, Result } from "../index.ts";
import type { Define } from "./command.ts";
import { withEngine } from "./engine.ts";
import { type ActOptions, type ExitCode, type Shell, whoOf, withValue } from "./shell.ts";

interface Doing {
  readonly key: "enrolled" | "ejected";
  readonly words: (contact: string, program: string) => string;
  readonly act: (engine: Cadenza, request: PersonRequest) => Promise<Result<void>>;
}

const enrolling: Doing = {
  key: "enrolled",
  words: (contact, program) =>
    `\`${contact}\` enters \`${program}\` with the next tick, where its \`only if\` and \`enter\` allow it.`,
  act: (engine, request) => engine.enroll(request),
};
const ejecting: Doing = {
  key: "ejected",
  words: (contact, program) => `\`${contact}\` leaves \`${program}\` with the next tick.`,
  act: (engine, request) => engine.eject(request),
};

export const enrollCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("enroll"))
    .argument("<contact>", "the contact's key")
    .argument("<program>", "its name")
    .description("put a person into a program; neither its start nor its segment is asked")
    .option("--by <name>", "who does it (default: the user of the system)")
    .option("--json", "print JSON")
    .action((contact: string, name: string, options: ActOptions) =>
      finish(act(shell, { contact, program: name }, options, enrolling)),
    );
};

export const ejectCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("eject"))
    .argument("<contact>", "the contact's key")
    .argument("<program>", "its name")
    .description("take a person out of a program, as an exit does")
    .option("--by <name>", "who does it (default: the user of the system)")
    .option("--json", "print JSON")
    .action((contact: string, name: string, options: ActOptions) =>
      finish(act(shell, { contact, program: name }, options, ejecting)),
    );
};

function act(
  shell: Shell,
  { contact, program }: PersonRequest,
  options: ActOptions,
  { key, words, act: ask }: Doing,
): Promise<ExitCode> {
  const by = whoOf(shell, options.by);
  return withEngine(shell, options, { needsDatabase: true }, async ({ engine }) =>
    withValue(shell, await ask(engine, { contact, program, by }), () => {
      shell.out(
        options.json ? `${JSON.stringify({ [key]: contact, program }, null, 2)}\n` : `${words(contact, program)}\n`,
      );
      return 0;
    }),
  );
}
