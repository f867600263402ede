// Runs the built command as a process of its own.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const commandPath = fileURLToPath(new URL("../../dist/cadenza.js", import.meta.url));
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

export function cadenza(args: readonly string[], choices: RunChoices): Promise<Ran> {
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
