// The socket over which other commands ask a run.

import { type Cadenza, printable } from "../index.ts";
import { type ExitCode, report, type Shell } from "./shell.ts";

/** It is there before the first tick, and goes before the database does. */
export async function whileControlled(shell: Shell, engine: Cadenza, work: () => Promise<ExitCode>): Promise<ExitCode> {
  const { version, pid, uid } = shell;
  const onBug = (error: unknown) => shell.err(`${printable(String(error))}\n`);
  const control = await engine.serveControl({ version, pid, uid, onBug });
  if (!control.ok) return report(shell, control.failure);
  try {
    return await work();
  } finally {
    await control.value.close();
  }
}
