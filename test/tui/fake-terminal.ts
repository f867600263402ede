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
  const painted = () => writes.filter((text) => text.includes(`${control}1;1H`));
  return {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    written: () => writes.join(""),
    frame: () => rowsOf(painted().at(-1) ?? ""),
    frames: () => painted().length,
    isRaw: () => raw,
    type: (input) => void stdin.write(input),
    resize: (wide, high) => {
      Object.assign(stdout, { columns: wide, rows: high });
      stdout.emit("resize");
    },
  };
}

/** The text of each row of a frame, which is painted row by row. */
function rowsOf(frame: string): readonly string[] {
  return frame
    .split(new RegExp(`${control.replace("[", "\\[")}\\d+;1H`))
    .slice(1, -1)
    .map((row) => row.replace(`${control}2K`, ""));
}
