// A process with a screen and no engine: test/terminal makes it crash, which the real command has no way to do on purpose.

import type { Station } from "../../runtime/index.ts";
import { startUi } from "../../runtime/tui/start.ts";
import { busy, told } from "../tui/sample.ts";

const tickEveryMs = 50;
const isHooked = !process.argv.includes("--without-hooks");

let stopTicking = () => {};
const nothing = { kind: "failure", code: "F485", text: "There is no engine.", help: "It is a sample." } as const;
const station: Station = {
  subscribe: (listener) => {
    let ticks = busy.snapshot.ticks;
    const tell = () => listener({ kind: "seen", seen: told(busy, { ticks: ticks++ }) });
    const ticking = setInterval(tell, tickEveryMs);
    stopTicking = () => clearInterval(ticking);
    tell();
    return stopTicking;
  },
  act: async () => ({ ok: false, failure: nothing }),
  segments: async () => ({ ok: false, failure: nothing }),
};

const ui = startUi(
  station,
  { stdin: process.stdin, stdout: process.stdout },
  { colour: !process.env.NO_COLOR, onQuit: stopTicking },
);

process.on("SIGUSR2", () => {
  throw new Error("crashed on purpose");
});
if (isHooked) {
  process.on("uncaughtExceptionMonitor", ui.stop);
  process.on("SIGTERM", ui.stop);
}
await ui.finished;
