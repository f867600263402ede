// Writes a folder of pages whole or not at all, and never over files that somebody else put there.

import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Failure, failure, systemReason } from "../index.ts";

/** Holds the names of the files that were written beside it. */
const marker = ".cadenza-docs";

/** `folder` is absolute, `shown` what the user called it. Returns what forbids it, or null. */
export function writePages(folder: string, shown: string, pages: ReadonlyMap<string, string>): Failure | null {
  const target = existsSync(folder) ? realpathSync(folder) : folder;
  let draft: string | null = null;
  try {
    const foreign = foreignIn(target);
    if (foreign !== null) return failure("F182", { path: shown, name: foreign });
    mkdirSync(dirname(target), { recursive: true });
    draft = mkdtempSync(join(dirname(target), ".cadenza-docs-"));
    const fresh = join(draft, "new");
    mkdirSync(fresh);
    for (const [name, text] of pages) writeFileSync(join(fresh, name), text);
    writeFileSync(join(fresh, marker), `${[...pages.keys()].join("\n")}\n`);
    exchange(fresh, target, join(draft, "old"));
    return null;
  } catch (error) {
    return failure("F183", { path: shown, reason: systemReason(error) });
  } finally {
    if (draft !== null) rmSync(draft, { recursive: true, force: true });
  }
}

/** What stands at the place is moved aside, and back again where the new cannot take it. */
function exchange(fresh: string, target: string, aside: string): void {
  const isThere = existsSync(target);
  if (isThere) renameSync(target, aside);
  try {
    renameSync(fresh, target);
  } catch (error) {
    if (isThere) renameSync(aside, target);
    throw error;
  }
}

/** The first file that this command did not write, or null. */
function foreignIn(target: string): string | null {
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (!found) return null;
  if (!found.isDirectory()) return ".";
  const names = readdirSync(target);
  const own = names.includes(marker) ? readFileSync(join(target, marker), "utf8").split("\n") : [];
  return names.find((name) => name !== marker && !own.includes(name)) ?? null;
}
