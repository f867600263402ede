// The built engine as a process of its own, running on a project until the test ends or says so.

import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { commandPath } from "./cadenza.ts";

export interface RunningEngine {
  readonly child: ChildProcess;
  readonly socket: string;
  /** Exit code; null where it was killed. */
  readonly ended: Promise<number | null>;
  /** What it has said so far. */
  readonly said: () => string;
}

export const socketOf = (cwd: string): string => join(cwd, ".cadenza", "engine.sock");

/** Resolves when its control socket is there. */
export async function startEngine(
  cwd: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningEngine> {
  const { SOCKET: socket = socketOf(cwd), ...own } = env;
  const child = spawn(process.execPath, [commandPath, "run", ...args], {
    cwd,
    env: { ...process.env, ...own },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  let isOver = false;
  const ended = new Promise<number | null>((resolve) =>
    child.on("close", (code) => {
      isOver = true;
      resolve(code);
    }),
  );
  await until(() => {
    if (isOver) throw new Error(said);
    return isAnswering(socket);
  });
  return { child, socket, ended, said: () => said };
}

/** A socket of an engine that died is there, and nobody listens. */
function isAnswering(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("error", () => resolve(false));
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Waits for what has to come; the test's own time limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
