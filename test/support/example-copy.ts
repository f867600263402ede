// A copy of an example project in a folder of its own.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examplesPath } from "./cadenza.ts";
import { scratchFolder } from "./scratch.ts";

export function exampleCopy(name: string): string {
  const folder = join(scratchFolder(), name);
  cpSync(join(examplesPath, name), folder, {
    recursive: true,
    filter: (path) => !path.includes(".cadenza"),
  });
  return folder;
}

/** A project of the given files: path to text. */
export function projectOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = scratchFolder();
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  return folder;
}
