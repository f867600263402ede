// The command. This file alone touches the process: arguments, streams, environment, signals, exit code.

import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { failure, systemClock, systemReason } from "../index.ts";
import { runCommandLine } from "./command-line.ts";
import { report, type Shell } from "./shell.ts";

declare const __CADENZA_VERSION__: string;

const version = typeof __CADENZA_VERSION__ === "string" ? __CADENZA_VERSION__ : "development";
const interrupted = new AbortController();

/** What a reader who left does not want to hear is no failure; what a full disk swallows is. */
function unprinted(error: unknown): never {
  const reason = systemReason(error);
  if (reason === "EPIPE") process.exit(0);
  process.exit(report(shell, failure("F132", { reason })));
}

/** In a container there may be no entry for the user's number. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? "unknown";
  }
}

const shell: Shell = {
  out: (text) => {
    try {
      process.stdout.write(text);
    } catch (error) {
      // Into a file Node writes at once, and throws where it cannot.
      unprinted(error);
    }
  },
  err: (text) => {
    try {
      process.stderr.write(text);
    } catch {
      // There is nowhere left to say so; the exit code stays.
    }
  },
  env: process.env,
  cwd: process.cwd(),
  home: fileURLToPath(new URL("../", import.meta.url)),
  version,
  clock: systemClock(),
  node: process.versions.node,
  user: systemUser,
  pid: process.pid,
  uid: process.getuid?.() ?? null,
  screen: {
    isTty: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 80,
    rows: process.stdout.rows ?? 24,
  },
  interrupted: interrupted.signal,
  onCrash: (restore) => void process.once("uncaughtExceptionMonitor", restore),
  suspend: () =>
    new Promise((resolve) => {
      process.once("SIGCONT", () => resolve());
      // Nothing may catch it: the terminal is put back already.
      process.kill(process.pid, "SIGSTOP");
    }),
  onSuspend: (suspend) => {
    process.on("SIGTSTP", suspend);
    return () => void process.off("SIGTSTP", suspend);
  },
  streams: { stdin: process.stdin, stdout: process.stdout },
};

/** A second signal ends the process at once; the first lets the tick in hand finish. */
function listen(signal: "SIGINT" | "SIGTERM"): void {
  process.once(signal, () => {
    interrupted.abort();
    process.once(signal, () => process.exit(130));
  });
}

async function main(): Promise<void> {
  listen("SIGINT");
  listen("SIGTERM");
  process.stdout.on("error", unprinted);
  process.stderr.on("error", () => undefined);
  // Of an uncaught exception Node makes 1, which would read as findings.
  process.once("uncaughtExceptionMonitor", () => {
    process.once("exit", () => {
      process.exitCode = 2;
    });
  });
  process.exitCode = await runCommandLine(process.argv.slice(2), shell);
}

await main();
