// Who posts in a benchmark: a process of its own, so that its processor time is not that of who answers.

import { spawn } from "node:child_process";

/** What a poster tells of itself when it is done. Milliseconds until answers, seconds of time and of the processor while it posted. */
export interface Posted {
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly processor: number;
}

/** Runs the benchmark's own file with `post` and these arguments, which prints one JSON value. */
export function postedBy<T extends Posted>(...args: readonly number[]): Promise<T> {
  const child = spawn(process.execPath, [process.argv[1] ?? "", "post", ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`the poster ended with ${code}`)),
    );
  });
}
