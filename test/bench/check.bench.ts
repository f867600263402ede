// `cadenza check` on the starter, each time a new process, against a Node that does nothing.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { header, interleaved, row } from "./pairs.ts";

const folder = mkdtempSync(join(tmpdir(), "cadenza-bench-"));
cpSync(resolve("examples/starter"), folder, { recursive: true });

async function node(args: readonly string[]): Promise<void> {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

const command = resolve("dist/cadenza.js");
const measured = await interleaved(
  "cadenza check on the starter, cold",
  { name: "check", run: () => node([command, "check"]) },
  { name: "node -e 0", run: () => node(["-e", "0"]) },
  25,
);
console.log(header);
console.log(row(measured, 5));
rmSync(folder, { recursive: true, force: true });
