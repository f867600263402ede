// A terminal that is only memory: what is painted on it can be read, what is typed goes to the app.

import { PassThrough, Writable } from "node:stream";

export interface FakeTerminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Everything written, control sequences included. */
  readonly written: () => string;
  /** The rows of the last frame. */
  readonly frame: () => readonly string[];
  readonly frames: () => number;
  readonly isRaw: () => boolean;
  readonly type: (input: string) => void;
  readonly resize: (columns: number, rows: number) => void;
}

const control = "\u001b[";

export function fakeTerminal(columns: number, rows: number): FakeTerminal {
  const writes: string[] = [];
  let raw = false;
  const stdout = Object.assign(
    new Writable({
      decodeStrings: false,
      write: (text: string, _encoding, written) => {
        writes.push(text);
        written();
      },
    }),
    { isTTY: true, columns, rows },
  );
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isOn: boolean) => {
      raw = isOn;
    },
    ref: () => undefined,
    unref: () => undefined,
  });
  const painted = () => writes.filter((text) => text.includes(`${control}?2026h`));
  return {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    written: () => writes.join(""),
    frame: () => painted().reduce<readonly string[]>(paintedOn, []),
    frames: () => painted().length,
    isRaw: () => raw,
    type: (input) => void stdin.write(input),
    resize: (wide, high) => {
      Object.assign(stdout, { columns: wide, rows: high });
      stdout.emit("resize");
    },
  };
}

/** The rows behind a frame, which paints those that changed, each at its place, and may clear what is below. */
function paintedOn(rows: readonly string[], frame: string): readonly string[] {
  const next = [...rows];
  const parts = frame.split(control);
  for (const [index, part] of parts.entries()) {
    const row = /^(\d+);1H$/.exec(part)?.[1];
    const what = parts[index + 1] ?? "";
    if (row === undefined) continue;
    if (what.startsWith("2K")) next[Number(row) - 1] = what.slice("2K".length);
    else next.length = Number(row) - 1;
  }
  return next;
}
