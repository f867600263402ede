// The screen of a command, on the terminal that it runs in.

import type { Station } from "../index.ts";
import type { Shell } from "./shell.ts";

/** A screen needs a terminal to read keys from, one to paint on, and one that can place the cursor. */
export function canShow({ screen, streams, env }: Shell): boolean {
  return screen.isTty && streams.stdin.isTTY === true && env.TERM !== "dumb";
}

export interface ScreenChoices {
  readonly onQuit: () => void;
  readonly isReadOnly?: boolean;
  /** The engine is in another process. */
  readonly isApart?: boolean;
}

export async function openUi(shell: Shell, station: Station, choices: ScreenChoices) {
  const { startUi } = await import("../tui/start.ts");
  const { isAsciiTerminal } = await import("../tui/ascii.ts");
  const ui = startUi(station, shell.streams, {
    ...choices,
    colour: !shell.env.NO_COLOR,
    isAscii: isAsciiTerminal(shell.env),
    suspend: shell.suspend,
  });
  shell.onCrash(ui.stop);
  const forget = shell.onSuspend(ui.suspend);
  void ui.finished.then(forget, forget);
  return ui;
}
