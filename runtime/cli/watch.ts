// cadenza watch: the screens of a running engine, attached over its control socket.

import { resolve } from "node:path";
import { attach, emptyProject, failure } from "../index.ts";
import type { Define } from "./command.ts";
import { stateFolder } from "./engine.ts";
import { canShow, openUi } from "./screen.ts";
import { type ActOptions, type ExitCode, report, type Shell, whoOf, withValue } from "./shell.ts";

interface WatchOptions extends ActOptions {
  readonly readOnly?: boolean;
}

export const watchCommand: Define = (program, { shell, withProject, finish }) => {
  withProject(program.command("watch"))
    .description("watch a running engine on a screen, and act on it")
    .option("--read-only", "only look: nothing that the screen shows can be changed")
    .option("--by <name>", "who acts (default: the user of the system)")
    .action((options: WatchOptions) => finish(watch(shell, options)));
};

async function watch(shell: Shell, options: WatchOptions): Promise<ExitCode> {
  if (!canShow(shell)) return report(shell, failure("F543", {}));
  const { uid, version, clock } = shell;
  // The sources are not read: they may be what is broken, and the engine runs what was applied.
  const folder = stateFolder(emptyProject(resolve(shell.cwd, options.project)).root);
  const attached = await attach({ folder, uid, version, clock, by: whoOf(shell, options.by) });
  return withValue(shell, attached, async ({ station, close }): Promise<ExitCode> => {
    try {
      const ui = await openUi(shell, station, {
        isReadOnly: options.readOnly === true,
        isApart: true,
        onQuit: () => undefined,
      });
      shell.interrupted.addEventListener("abort", ui.stop, { once: true });
      await ui.finished;
      return 0;
    } finally {
      close();
    }
  });
}
