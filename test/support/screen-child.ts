// A process with a screen and no engine: test/terminal makes it crash, which the real command has no way to do on purpose.

import { startUi } from "../../runtime/tui/start.ts";
import { busy } from "../tui/sample.ts";

const tickEveryMs = 50;
const isHooked = !process.argv.includes("--without-hooks");

let seen = busy;
const listeners = new Set<() => void>();
const ticking = setInterval(() => {
  seen = { ...seen, ticks: seen.ticks + 1 };
  for (const listener of listeners) listener();
}, tickEveryMs);

const ui = startUi(
  {
    current: () => seen,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  },
  { stdin: process.stdin, stdout: process.stdout },
  { colour: !process.env.NO_COLOR, onQuit: () => clearInterval(ticking) },
);

process.on("SIGUSR2", () => {
  throw new Error("crashed on purpose");
});
if (isHooked) {
  process.on("uncaughtExceptionMonitor", ui.stop);
  process.on("SIGTERM", () => {
    ui.stop();
    clearInterval(ticking);
  });
}
await ui.finished;
