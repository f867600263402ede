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
  /** Puts it back for a while; the next frame behind `resume` is painted whole. */
  readonly suspend: () => void;
  readonly resume: () => void;
}

export function openScreen(stdout: NodeJS.WriteStream): TerminalScreen {
  let isOpen = true;
  let isClosed = false;
  let before: Painted | null = null;
  const frames = new Writable({
    decodeStrings: false,
    write: (frame: string, _encoding, written) => {
      if (isOpen && frame !== "") {
        const next = { lines: frame.split("\n"), size: `${stdout.columns} ${stdout.rows}` };
        const changes = painted(next, before?.size === next.size ? before.lines : []);
        before = next;
        if (changes !== "") stdout.write(changes);
      }
      written();
    },
  });
  Object.defineProperties(frames, {
    columns: { get: () => stdout.columns || 80 },
    rows: { get: () => stdout.rows || 24 },
  });
  const show = () => {
    isOpen = true;
    before = null;
    stdout.write(enter);
  };
  const hide = () => {
    if (isOpen) stdout.write(leave);
    isOpen = false;
  };
  show();
  return {
    // Ink asks a terminal's type, but of its members only those of a stream, `columns` and `rows`.
    frames: frames as NodeJS.WritableStream as NodeJS.WriteStream,
    close: () => {
      hide();
      isClosed = true;
    },
    suspend: hide,
    resume: () => {
      if (!isClosed && !isOpen) show();
    },
  };
}

/** What the terminal shows. */
interface Painted {
  readonly lines: readonly string[];
  readonly size: string;
}

/**
 * The lines that changed, each at its own place, so that a frame never depends on where the one before it left the cursor.
 * Behind a change of the size, which moves what is there, that is all of them.
 */
function painted({ lines }: Painted, before: readonly string[]): string {
  const changed = lines.flatMap((line, index) =>
    line === before[index] ? [] : [`${control}${index + 1};1H${control}2K${line}`],
  );
  if (changed.length === 0 && lines.length === before.length) return "";
  const rest = lines.length < before.length || before.length === 0 ? `${control}${lines.length + 1};1H${control}J` : "";
  return `${beginFrame}${changed.join("")}${rest}${endFrame}`;
}
