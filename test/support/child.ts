// Runs a TypeScript file in a process of its own: bundled first, since Node 20 cannot run it as it stands.

import { type ChildProcessByStdio, spawn, type SpawnOptions } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { rolldown } from "rolldown";
import { onTestFinished } from "vitest";

const database = "@duckdb/node-api";
const stub = "\0required";
/** As the build does: imported, the database's package takes longer to be looked at than to be loaded. */
const byRequire = {
  name: "the database is required",
  resolveId(name: string, importer: string | undefined) {
    if (name !== database) return null;
    return importer === stub ? { id: name, external: true } : stub;
  },
  load: (id: string) => (id === stub ? `module.exports = require("${database}");` : null),
};

/** Bundles `entry` (a path from the project's root) into a file that lives until the test ends. */
export async function bundled(entry: string): Promise<string> {
  // Inside the project, so that packages are found from it.
  const cache = resolve("node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "child-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const builtIn = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)];
  const bundle = await rolldown({
    input: resolve(entry),
    external: [...builtIn, /^(?!@duckdb\/node-api$)[^./\0]/],
    plugins: [byRequire],
    platform: "node",
    moduleTypes: { ".cdz": "text" },
  });
  const file = join(folder, "child.mjs");
  await bundle.write({ file, format: "esm", codeSplitting: false });
  await bundle.close();
  return file;
}

export type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts the bundled file. The process is killed when the test ends, if it still runs. */
export function start(file: string, args: readonly string[], options: SpawnOptions = {}): Child {
  const child = spawn(process.execPath, [file, ...args], { ...options, stdio: ["pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** What the process printed and how it ended. */
export async function finished(
  child: Child,
): Promise<{ readonly out: string; readonly err: string; readonly code: number | null }> {
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { out: out.trim(), err: err.trim(), code };
}

/** Uid and gid of nobody where the tests run as the superuser, whom no permission stops. */
export const withoutRights = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

function protect(path: string, isOpen: boolean): void {
  const isFolder = statSync(path).isDirectory();
  const mode = isFolder ? 0o555 : 0o444;
  chmodSync(path, isOpen ? mode | 0o200 : mode);
  if (isFolder) for (const name of readdirSync(path)) protect(join(path, name), isOpen);
}

/** Runs `work` while nothing in the folder may be written, for a process without rights. */
export async function readOnly<T>(folder: string, work: () => Promise<T>): Promise<T> {
  protect(folder, false);
  try {
    return await work();
  } finally {
    protect(folder, true);
  }
}
