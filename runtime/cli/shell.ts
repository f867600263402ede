// What a command may touch of the process it runs in, as a value: only main.ts makes one.

import { chosen, type Clock, type Failure, type Instant, printable, type Result } from "../index.ts";

export interface Shell {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Folder of the package, in which its examples and pages are. */
  readonly home: string;
  /** Of Cadenza. */
  readonly version: string;
  readonly clock: Clock;
  /** Version of Node. */
  readonly node: string;
  /** Name of the system's user. */
  readonly user: () => string;
  /** Number of this process, and of its user where the system numbers users. */
  readonly pid: number;
  readonly uid: number | null;
  readonly screen: { readonly isTty: boolean; readonly columns: number; readonly rows: number };
  /** Aborts on Ctrl-C and on SIGTERM, once. */
  readonly interrupted: AbortSignal;
  /** Called when the process is about to die of a bug, before the bug is printed. */
  readonly onCrash: (restore: () => void) => void;
  /** Stops the process as Ctrl-Z does; resolves when it goes on. */
  readonly suspend: () => Promise<void>;
  /** Called when something else asks the process to stop for a while; the result ends that. */
  readonly onSuspend: (suspend: () => void) => () => void;
  /** The terminal itself, for the screens. */
  readonly streams: { readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream };
}

/** 0 fine, 1 findings or failed tests, 2 could not run, 3 `plan --exit-code` has changes. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface ProjectOptions {
  readonly project: string;
  readonly dataDir?: string;
  readonly now?: string;
  readonly json?: boolean;
  readonly memory?: string;
}

/** Of commands whose doing is put on record. */
export interface ActOptions extends ProjectOptions {
  readonly by?: string;
}

/** Prints a failure with what to do about it. */
export function report(shell: Shell, failure: Failure): ExitCode {
  const shown = (text: string) => text.split("\n").map(printable).join("\n");
  shell.err(`${failure.code}  ${shown(failure.text)}\n  ${shown(failure.help)}\n`);
  return 2;
}

/** Runs `next` with the value, or reports the failure. */
export async function withValue<T>(
  shell: Shell,
  result: Result<T>,
  next: (value: T) => Promise<ExitCode> | ExitCode,
): Promise<ExitCode> {
  return result.ok ? next(result.value) : report(shell, result.failure);
}

/** Who does it by hand: the name that was given, else the system's user. */
export function whoOf(shell: Shell, given: string | undefined): string {
  return given?.trim() || shell.user();
}

export function instantText(instant: Instant): string {
  return new Date(instant)
    .toISOString()
    .replace(/:\d\d\.\d{3}Z$/, "Z")
    .replace("T", " ");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** Whether the file that a command was given is the standard input, the only one that it takes. */
export function isInput(command: string, given: string | undefined): Result<boolean> {
  if (given === undefined) return { ok: true, value: false };
  const known = chosen(command, given, ["-"]);
  return known.ok ? { ok: true, value: true } : known;
}
