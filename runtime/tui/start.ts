// Opens the screen of a running engine and closes it again, leaving the terminal as it was.

import { render } from "ink";
import { createElement } from "react";
import type { Station } from "../index.ts";
import { App } from "./App.tsx";
import { openSession } from "./session.ts";
import { openScreen } from "./terminal-screen.ts";

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

export interface UiOptions {
  readonly colour: boolean;
  /** The terminal shows no more than ASCII. */
  readonly isAscii?: boolean;
  /** One may only look. */
  readonly isReadOnly?: boolean;
  /** The engine is in another process, which goes on when the screen is left. */
  readonly isApart?: boolean;
  /** Called once, after the terminal is put back, when the person presses q or Ctrl-C, or when the screen itself fails. */
  readonly onQuit: () => void;
  /** Stops the process, and resolves when it goes on; absent: the screen cannot be suspended. */
  readonly suspend?: () => Promise<void>;
}

export interface Ui {
  /** Resolves when the terminal is as it was; rejects, the terminal put back too, where the screen itself failed. */
  readonly finished: Promise<void>;
  /** Puts the terminal back before it returns, also from a signal or while the process dies. Harmless when repeated. */
  readonly stop: () => void;
  /** Puts the terminal back, stops the process, and paints anew when it goes on. */
  readonly suspend: () => void;
}

/** Shows what the station tells until the person leaves or `stop` is called. Both streams must be terminals. */
export function startUi(station: Station, streams: Streams, options: UiOptions): Ui {
  const { stdin, stdout } = streams;
  const screen = openScreen(stdout);
  const suspend = () => void suspended(screen, streams, options);
  const session = openSession({
    station,
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    isReadOnly: options.isReadOnly === true,
    isApart: options.isApart === true,
    onQuit: () => {
      stop();
      options.onQuit();
    },
    onSuspend: suspend,
  });
  const leave = () => {
    session.close();
    screen.close();
  };
  const app = createElement(App, {
    session,
    stdout,
    isColoured: options.colour,
    isAscii: options.isAscii === true,
    // Reached also when the process ends behind our back: Ink takes the app down then.
    onGone: leave,
  });
  // `debug` makes Ink write each frame whole and nothing else; placing it is the screen's part.
  const ink = render(app, {
    stdin,
    stdout: screen.frames,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    // React measures every render unless NODE_ENV says production, and Node would keep those measures for ever.
    onRender: () => performance.clearMeasures(),
  });
  const stop = () => {
    try {
      ink.unmount();
    } finally {
      leave();
    }
  };
  const finished = ink.waitUntilExit().then(leave, (error: unknown) => {
    leave();
    options.onQuit();
    throw error;
  });
  // Who runs the engine looks at this only when the tick in hand is over; until then it is no unhandled rejection.
  finished.catch(() => undefined);
  return { finished, stop, suspend };
}

async function suspended(
  screen: ReturnType<typeof openScreen>,
  { stdin, stdout }: Streams,
  { suspend }: UiOptions,
): Promise<void> {
  if (!suspend) return;
  screen.suspend();
  stdin.setRawMode(false);
  await suspend();
  stdin.setRawMode(true);
  screen.resume();
  // The size may have changed meanwhile, and all is to be painted anew in any case.
  stdout.emit("resize");
}
