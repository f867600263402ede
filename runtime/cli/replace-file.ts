// Writes files so that whoever looks sees the old text or the new one, never a part.

import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { failure, type Failure, systemReason } from "../index.ts";

/** A file is replaced as a whole or not at all; what forbids it is returned. `name` is what the user calls it. */
export function replaceFile(path: string, name: string, text: string): Failure | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    // A pipe or a device cannot be replaced, and nothing can be half-written there.
    if (found && !found.isFile()) writeFileSync(path, text);
    else if (found) replace(realpathSync(path), text, found.mode);
    else replace(path, text, null);
    return null;
  } catch (error) {
    return failure("F119", { path: name, reason: systemReason(error) });
  }
}

/** Through a new file on the same disk, with the rights of the old one. */
function replace(path: string, text: string, mode: number | null): void {
  const room = mkdtempSync(join(dirname(path), ".cadenza-"));
  try {
    const draft = join(room, "draft");
    const file = openSync(draft, "w");
    try {
      if (mode !== null) fchmodSync(file, mode & 0o7777);
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/** The same for a file that only its owner may read, whoever might before. */
export function replacePrivate(path: string, name: string, text: string): Failure | null {
  try {
    replace(path, text, 0o600);
    return null;
  } catch (error) {
    return failure("F119", { path: name, reason: systemReason(error) });
  }
}

/** Replaces a source; a byte order mark at its start stays. */
export function replaceSource(path: string, name: string, text: string): Failure | null {
  const mark = "\uFEFF";
  try {
    const isMarked = readFileSync(path, "utf8").startsWith(mark);
    return replaceFile(path, name, isMarked ? mark + text : text);
  } catch (error) {
    return failure("F119", { path: name, reason: systemReason(error) });
  }
}
