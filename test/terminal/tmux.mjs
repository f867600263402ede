// A shell in a terminal of a given size, in a private tmux server.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const pollEveryMs = 50;
const patienceMs = 30_000;
const prompt = "ready>";

let opened = 0;

export function openTerminal(columns, rows, folder) {
  const socket = `cadenza-test-${process.pid}-${++opened}`;
  const tmux = (...args) =>
    execFileSync("tmux", ["-u", "-L", socket, "-f", "/dev/null", ...args], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8", HISTFILE: "", TMUX: "", TMUX_TMPDIR: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
  writeFileSync(join(folder, "bashrc"), `PS1="${prompt} "\n`);
  tmux("new-session", "-d", "-x", columns, "-y", rows, "-c", folder, "bash --noprofile --rcfile bashrc -i");
  const captured = (...from) =>
    tmux("capture-pane", "-p", ...from)
      .trimEnd()
      .split("\n");
  const screen = () => captured();
  const flags = () => tmux("display", "-p", "#{alternate_on} #{cursor_flag}").trim();
  const terminal = {
    screen,
    /** The screen and what has scrolled away above it. */
    scrolled: () => captured("-S", "-"),
    /** The screen with its colours, as control sequences. */
    coloured: () => tmux("capture-pane", "-p", "-e"),
    /** `alternate_on cursor_flag`: `0 1` is a shell as it should be. */
    flags,
    keys: (...keys) => void tmux("send-keys", ...keys),
    type: (text) => void tmux("send-keys", "-l", text),
    resize: (wide, high) => void tmux("resize-window", "-x", wide, "-y", high),
    close: () => void tmux("kill-server"),
    /** Waits until the screen is as wanted, and fails with what it shows instead. */
    until: async (wish, holds) => {
      const end = Date.now() + patienceMs;
      while (!holds(screen())) {
        if (Date.now() > end) throw new Error(`${wish} was not seen; the screen shows\n${screen().join("\n")}`);
        await pause(pollEveryMs);
      }
    },
    /** Types a command and Enter. */
    run: (command) => {
      terminal.type(command);
      terminal.keys("Enter");
    },
    prompt: () => terminal.until("the prompt", (lines) => lines.at(-1)?.trimEnd() === prompt),
  };
  return terminal;
}
