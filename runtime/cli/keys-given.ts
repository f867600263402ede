// Contacts that a command is given: as arguments, from the standard input, or from a file, one key on each line.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { failure, type Result, systemReason } from "../index.ts";
import type { Shell } from "./shell.ts";
import { inputBytes } from "./standard-input.ts";

export interface KeysGiven {
  /** `-` stands for the standard input. */
  readonly contacts: readonly string[];
  readonly file: string | undefined;
}

/** At least one key; what a key is compared with was trimmed when it was loaded, so lines are as well. */
export async function keysGiven(shell: Shell, { contacts, file }: KeysGiven): Promise<Result<readonly string[]>> {
  const named = contacts.filter((key) => key !== "-");
  const lists: (readonly string[])[] = [named];
  for (const path of [...(contacts.includes("-") ? ["-"] : []), ...(file === undefined ? [] : [file])]) {
    const bytes = path === "-" ? { ok: true as const, value: await inputBytes(shell) } : await bytesOf(shell, path);
    if (!bytes.ok) return bytes;
    const keys = keysIn(bytes.value);
    if (keys === null) return { ok: false, failure: failure("F170", { path }) };
    if (keys.length === 0) return { ok: false, failure: failure("F172", { path }) };
    lists.push(keys);
  }
  const keys = lists.flat();
  return keys.length > 0 ? { ok: true, value: keys } : { ok: false, failure: failure("F172", { path: null }) };
}

async function bytesOf(shell: Shell, path: string): Promise<Result<Uint8Array>> {
  try {
    return { ok: true, value: await readFile(resolve(shell.cwd, path)) };
  } catch (error) {
    const reason = systemReason(error);
    if (reason === "ENOENT") return { ok: false, failure: failure("F101", { path }) };
    return { ok: false, failure: reason === "EISDIR" ? failure("F141", { path }) : failure("F142", { path, reason }) };
  }
}

/** Null where the bytes are no UTF-8 text. A byte order mark belongs to no key. */
function keysIn(bytes: Uint8Array): readonly string[] | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (text.includes("\0")) return null;
    return text
      .split(/\r\n|\r|\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
  } catch {
    return null;
  }
}
