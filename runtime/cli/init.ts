// cadenza init: a working starter project with sample data.

import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { failure, systemReason } from "../index.ts";
import type { Define } from "./command.ts";
import { type ExitCode, report, type Shell } from "./shell.ts";

export const initCommand: Define = (program, { shell, finish }) => {
  program
    .command("init")
    .argument("[dir]", "folder of the new project", ".")
    .description("write a working starter project with sample data")
    .action((dir: string) => finish(init(shell, dir)));
};

/** Never writes over a file: a folder that holds one of the starter's names is refused as a whole. */
async function init(shell: Shell, dir: string): Promise<ExitCode> {
  const target = resolve(shell.cwd, dir);
  const from = join(shell.home, "examples/starter");
  const names = readdirSync(from).filter((name) => !name.startsWith("."));
  const taken = existsSync(target) ? names.filter((name) => existsSync(join(target, name))) : [];
  if (taken.length > 0) return report(shell, failure("F113", { path: dir, name: taken[0] ?? "" }));
  try {
    mkdirSync(target, { recursive: true });
    for (const name of names) cpSync(join(from, name), join(target, name), { recursive: true });
  } catch (error) {
    return report(shell, failure("F114", { path: dir, reason: systemReason(error) }));
  }
  const go = dir === "." ? "" : ` --project ${quoted(dir)}`;
  shell.out(
    `A project is in ${dir === "." ? "this folder" : dir}. Next:\n  cadenza check${go}\n  cadenza test${go}\n  cadenza load${go}\n  cadenza run${go} --now 2026-01-01 --until 2026-02-15 --every 1h\n`,
  );
  return 0;
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
