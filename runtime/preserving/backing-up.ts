// The part of the public interface that writes backups.

import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BackedUp, BackupRequest } from "../backed-up.ts";
import type { Cadenza, OpenRequest } from "../cadenza.ts";
import { caught } from "../caught.ts";
import { failure } from "../failures/failures.ts";
import type { Clock, Instant, Result } from "../ports.ts";
import { databaseIn, optionsOf } from "../store-of.ts";
import { systemSecret } from "../system-clock.ts";

export interface BackupChoices {
  /** Called behind each step, in tests. */
  readonly onStep?: (step: string) => void;
}

export function backingUp(bound: OpenRequest, clock: Clock): Pick<Cadenza, "backup"> {
  return { backup: (request) => caught(() => backUp(bound, clock, request)) };
}

/** In a connection of its own: others read and write meanwhile. The database must be open in this process. */
export async function backUp(
  bound: OpenRequest,
  clock: Clock,
  { file, replaces = false }: BackupRequest,
  { onStep }: BackupChoices = {},
): Promise<Result<BackedUp>> {
  const { database: place, plan } = bound;
  if (place === ":memory:")
    return { ok: false, failure: failure("F485", { what: "a backup of a database in memory" }) };
  const { writeBackup } = await import("../store/backup.ts");
  const { erasedSecretIn } = await import("../store/tombstones.ts");
  const at = clock.now();
  const project = plan.project.name;
  const bytes = await writeBackup({
    path: databaseIn(place.folder),
    options: optionsOf(bound),
    to: file,
    mark: { project, at, secret: erasedSecretIn(place) },
    replaces,
    unique: systemSecret().slice(0, 12),
    ...(onStep ? { onStep } : {}),
  });
  noteBackup(place.folder, file, at);
  return { ok: true, value: { file, project, at, bytes } };
}

/** Says where the last backup is, and when it was made. */
export const lastBackupFile = (folder: string): string => join(folder, "last-backup.json");

/** A backup is no less one where this cannot be written. */
function noteBackup(folder: string, file: string, at: Instant): void {
  const path = lastBackupFile(folder);
  try {
    writeFileSync(`${path}.new`, `${JSON.stringify({ file: resolve(file), at: new Date(at).toISOString() })}\n`);
    renameSync(`${path}.new`, path);
  } catch {
    rmSync(`${path}.new`, { force: true });
  }
}
