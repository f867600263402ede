// Runs commands: in this process, which is quick, or the built command as a process of its own.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../runtime/cli/command-line.ts";
import type { Shell } from "../../runtime/cli/shell.ts";
import { systemClock } from "../../runtime/system-clock.ts";

export const commandPath = fileURLToPath(new URL("../../dist/cadenza.js", import.meta.url));
const home = fileURLToPath(new URL("../../", import.meta.url));
const { version } = JSON.parse(readFileSync(`${home}package.json`, "utf8"));
export const examplesPath = fileURLToPath(new URL("../../examples/", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunChoices {
  readonly cwd: string;
  /** What the command reads from its standard input; without it that is empty. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs under another user, for tests of permissions. */
  readonly uid?: number;
  readonly gid?: number;
}

/** The environment's own settings of mails never reach a test. */
function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(MAILGUN|CADENZA)_/.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

/** Runs in this process with all that main.ts hands to a command; under another user in a process of its own. */
export async function cadenza(args: readonly string[], choices: RunChoices): Promise<Ran> {
  if (choices.uid !== undefined) return await cadenzaProcess(args, choices);
  const { cwd, input = "", env = {} } = choices;
  const out: string[] = [];
  const err: string[] = [];
  const stdin = new PassThrough();
  stdin.end(input);
  const shell: Shell = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    env: cleanEnvironment(env),
    cwd,
    home,
    version,
    node: process.versions.node,
    clock: systemClock(),
    user: () => userInfo().username,
    pid: process.pid,
    uid: process.getuid?.() ?? null,
    screen: { isTty: false, columns: 80, rows: 24 },
    interrupted: new AbortController().signal,
    onCrash: () => undefined,
    suspend: async () => undefined,
    onSuspend: () => () => undefined,
    streams: { stdin: stdin as unknown as NodeJS.ReadStream, stdout: process.stdout },
  };
  const code = await runCommandLine(args, shell);
  return { code, stdout: out.join(""), stderr: err.join("") };
}

/** For what only a process shows: who holds a file, whose rights count, how it ends. */
export function cadenzaProcess(args: readonly string[], choices: RunChoices): Promise<Ran> {
  if (!existsSync(commandPath)) throw new Error("dist/cadenza.js is missing: run npm run build first");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [commandPath, ...args], {
      cwd: choices.cwd,
      env: cleanEnvironment(choices.env ?? {}),
      stdio: ["pipe", "pipe", "pipe"],
      ...(choices.uid === undefined ? {} : { uid: choices.uid, gid: choices.gid ?? choices.uid }),
    });
    // A command that does not read it may be gone before it is written.
    child.stdin.on("error", () => undefined);
    child.stdin.end(choices.input ?? "");
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
