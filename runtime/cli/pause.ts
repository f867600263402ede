// cadenza pause and cadenza resume: programs stand still, and go on.

import type { Cadenza, Result } from "../index.ts";
import type { Define } from "./command.ts";
import { withEngine } from "./engine.ts";
import { type ExitCode, type ProjectOptions, type Shell, withValue } from "./shell.ts";

export const pauseCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("pause"))
    .argument("<program>", "its name, or all")
    .description("nobody in a program moves or is mailed until it is resumed")
    .action((name: string, options: ProjectOptions) =>
      finish(turned(shell, options, "is paused", (engine) => engine.pause(name))),
    );
};

export const resumeCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("resume"))
    .argument("<program>", "its name, or all")
    .description("a program goes on, with the next tick of the engine")
    .action((name: string, options: ProjectOptions) =>
      finish(turned(shell, options, "goes on", (engine) => engine.resume(name))),
    );
};

function turned(
  shell: Shell,
  options: ProjectOptions,
  what: string,
  turn: (engine: Cadenza) => Promise<Result<readonly string[]>>,
): Promise<ExitCode> {
  return withEngine(shell, options, { needsDatabase: true }, async ({ engine }) =>
    withValue(shell, await turn(engine), (names) => {
      for (const name of names) shell.out(`\`${name}\` ${what}.\n`);
      return 0;
    }),
  );
}
