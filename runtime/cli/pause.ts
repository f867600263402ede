// cadenza pause and cadenza resume: programs stand still, and go on. `pause all` works whatever else does not.

import { resolve } from "node:path";
import { type Cadenza, emptyProject, type Result, stopEverything } from "../index.ts";
import type { Define } from "./command.ts";
import { stateFolder, withEngine } from "./engine.ts";
import { type ActOptions, type ExitCode, instantText, type Shell, whoOf, withValue } from "./shell.ts";

export const pauseCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("pause"))
    .argument("<program>", "its name, or all")
    .description("nobody in a program moves or is mailed until it is resumed; all: nothing goes out at all")
    .option("--by <name>", "who pauses it (default: the user of the system)")
    .option("--json", "print JSON")
    .action((name: string, options: ActOptions) => finish(pause(shell, name, options)));
};

export const resumeCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("resume"))
    .argument("<program>", "its name, or all")
    .description("a program goes on, with the next tick of the engine")
    .option("--by <name>", "who resumes it (default: the user of the system)")
    .option("--json", "print JSON")
    .action((name: string, options: ActOptions) => finish(resume(shell, name, options)));
};

function pause(shell: Shell, name: string, options: ActOptions): Promise<ExitCode> {
  const by = whoOf(shell, options.by);
  if (name !== "all") return turned(shell, options, ["paused", "is paused"], (engine) => engine.pause(name, { by }));
  // Neither the sources nor the database are asked: either may be what is broken.
  const folder = stateFolder(emptyProject(resolve(shell.cwd, options.project)).root);
  return withValue(shell, stopEverything(folder, { by, at: shell.clock.now() }), (stop) => {
    shell.out(
      options.json
        ? `${JSON.stringify({ paused: "all", by: stop.by, at: new Date(stop.at).toISOString() }, null, 2)}\n`
        : `Everything is stopped since ${instantText(stop.at)} by ${stop.by}: nobody enters a program, moves or is mailed until \`cadenza resume all\`.\n`,
    );
    return 0;
  });
}

function resume(shell: Shell, name: string, options: ActOptions): Promise<ExitCode> {
  const by = whoOf(shell, options.by);
  return turned(shell, options, ["resumed", "goes on"], (engine) => engine.resume(name, { by }));
}

function turned(
  shell: Shell,
  options: ActOptions,
  [key, what]: readonly [key: string, what: string],
  turn: (engine: Cadenza) => Promise<Result<readonly string[]>>,
): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, async ({ engine }) =>
    withValue(shell, await turn(engine), (names) => {
      if (options.json) shell.out(`${JSON.stringify({ [key]: names }, null, 2)}\n`);
      else for (const name of names) shell.out(`\`${name}\` ${what}.\n`);
      return 0;
    }),
  );
}
