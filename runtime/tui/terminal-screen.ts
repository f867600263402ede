// The one place that switches the terminal to its second screen, hides the cursor, paints, and puts both back.

import { Writable } from "node:stream";

const control = "\u001b[";
const enter = `${control}?1049h${control}?25l${control}2J`;
const leave = `${control}?25h${control}?1049l`;
/** Terminals that know it show the frame at once when it is complete; others ignore it. */
const beginFrame = `${control}?2026h`;
const endFrame = `${control}?2026l`;

export interface TerminalScreen {
  /** Takes whole frames, and looks to Ink like a terminal that is not one: Ink then writes no control sequences of its own. */
  readonly frames: NodeJS.WriteStream;
  /** Puts the terminal back; writes at once, so that it also works while the process dies. Harmless when repeated. */
  readonly close: () => void;
}

export function openScreen(stdout: NodeJS.WriteStream): TerminalScreen {
  let isOpen = true;
  const frames = new Writable({
    decodeStrings: false,
    write: (frame: string, _encoding, written) => {
      if (isOpen && frame !== "") stdout.write(painted(frame.split("\n")));
      written();
    },
  });
  Object.defineProperties(frames, {
    columns: { get: () => stdout.columns || 80 },
    rows: { get: () => stdout.rows || 24 },
  });
  stdout.write(enter);
  return {
    // Ink asks a terminal's type, but of its members only those of a stream, `columns` and `rows`.
    frames: frames as NodeJS.WritableStream as NodeJS.WriteStream,
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      stdout.write(leave);
    },
  };
}

/** Every line at its own place, so that a frame never depends on where the one before it or a resize left the cursor. */
function painted(lines: readonly string[]): string {
  const rows = lines.map((line, index) => `${control}${index + 1};1H${control}2K${line}`);
  return `${beginFrame}${rows.join("")}${control}${lines.length + 1};1H${control}J${endFrame}`;
}
