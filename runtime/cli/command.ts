// What every command's definition is handed.

import type { Command } from "commander";
import type { ExitCode, Shell } from "./shell.ts";

export interface Definition {
  readonly shell: Shell;
  /** Adds --project and --data-dir. */
  readonly withProject: (command: Command) => Command;
  /** Adds those, and --memory. */
  readonly withDatabase: (command: Command) => Command;
  /** Waits for the command and sets the exit code. */
  readonly finish: (code: Promise<ExitCode>) => Promise<void>;
}

export type Define = (program: Command, definition: Definition) => void;
