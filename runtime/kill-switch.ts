// The switch that stops everything: a file beside the database, since it has to work when the database does not.

import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Stop, Switch } from "./engine/pauses.ts";
import { Failed, failure, systemReason } from "./failures/failures.ts";
import type { Result } from "./ports.ts";

const killSwitchPath = (folder: string): string => join(folder, "paused-all");

/** A file that cannot be looked at or read stops everything all the same. */
export function killSwitchOf(folder: string): Switch {
  const path = killSwitchPath(folder);
  return () => {
    try {
      if (!lstatSync(path, { throwIfNoEntry: false })) return null;
      return readStop(readFileSync(path, "utf8"));
    } catch {
      return unknownStop;
    }
  };
}

const unknownStop: Stop = { by: "unknown", at: 0 };

function readStop(text: string): Stop {
  const said: unknown = JSON.parse(text);
  if (typeof said !== "object" || said === null || !("by" in said) || !("at" in said)) return unknownStop;
  const at = Date.parse(String(said.at));
  return { by: String(said.by), at: Number.isNaN(at) ? 0 : at };
}

/** Who stopped it first stays on record. F523 where the file cannot be written. */
export function stopAll(folder: string, { by, at }: Stop): Stop {
  const before = killSwitchOf(folder)();
  if (before !== null) return before;
  const path = killSwitchPath(folder);
  let making: string | null = null;
  try {
    // It is there as a whole or not at all, and on the disk before anybody is told so.
    making = mkdtempSync(join(folder, ".p-"));
    const made = join(making, "p");
    const file = openSync(made, "w", 0o600);
    writeSync(file, `${JSON.stringify({ by, at: new Date(at).toISOString() })}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(made, path);
    syncFolder(folder);
  } catch (error) {
    throw new Failed(failure("F523", { path, reason: systemReason(error) }));
  } finally {
    if (making !== null) rmSync(making, { recursive: true, force: true });
  }
  return { by, at };
}

/** As `stopAll`, for who has nothing but the folder. F116 where the project has no state yet. */
export function stopEverything(folder: string, stop: Stop): Result<Stop> {
  if (!existsSync(folder)) return { ok: false, failure: failure("F116", { path: join(folder, "cadenza.duckdb") }) };
  try {
    return { ok: true, value: stopAll(folder, stop) };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** F524 where the file cannot be taken away. */
export function liftStop(folder: string): void {
  const path = killSwitchPath(folder);
  try {
    rmSync(path, { force: true });
    syncFolder(folder);
  } catch (error) {
    throw new Failed(failure("F524", { path, reason: systemReason(error) }));
  }
}

function syncFolder(folder: string): void {
  const entry = openSync(folder, "r");
  fsyncSync(entry);
  closeSync(entry);
}
