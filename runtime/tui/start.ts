// Opens the screen of a running engine and closes it again, leaving the terminal as it was.

import { render } from "ink";
import { createElement } from "react";
import { App } from "./App.tsx";
import { paced, type SnapshotSource } from "./paced.ts";
import { openScreen } from "./terminal-screen.ts";

/** Shortest time between two frames, in milliseconds. */
const frameEveryMs = 200;

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

export interface UiOptions {
  readonly colour: boolean;
  /** Called once, after the terminal is put back, when the person presses q or Ctrl-C, or when the screen itself fails. */
  readonly onQuit: () => void;
}

export interface Ui {
  /** Resolves when the terminal is as it was; rejects, the terminal put back too, where the screen itself failed. */
  readonly finished: Promise<void>;
  /** Puts the terminal back before it returns, also from a signal or while the process dies. Harmless when repeated. */
  readonly stop: () => void;
}

/** Shows what `source` tells until the person leaves or `stop` is called. Both streams must be terminals. */
export function startUi(source: SnapshotSource, streams: Streams, options: UiOptions): Ui {
  const slow = paced(source, frameEveryMs);
  const screen = openScreen(streams.stdout);
  const leave = () => {
    slow.close();
    screen.close();
  };
  const app = createElement(App, {
    source: slow,
    stdout: streams.stdout,
    isColoured: options.colour,
    onQuit: () => {
      stop();
      options.onQuit();
    },
    // Reached also when the process ends behind our back: Ink takes the app down then.
    onGone: leave,
  });
  // `debug` makes Ink write each frame whole and nothing else; placing it is the screen's part.
  const ink = render(app, {
    stdin: streams.stdin,
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
  return { finished, stop };
}
