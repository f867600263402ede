// A backup is put back: in the place of the database, or where there is none.

import { mkdirSync, rmSync } from "node:fs";
import type { BackupRequest } from "../backed-up.ts";
import type { OpenRequest } from "../cadenza.ts";
import { caught } from "../caught.ts";
import { Failed, failure, systemReason } from "../failures/failures.ts";
import type { Failure, Instant, Result } from "../ports.ts";
import type { Mark } from "../store/backup.ts";
import type { Carried } from "../store/carry-over.ts";
import type { Hold } from "../store/restore.ts";
import { databaseIn, openAt, readied, type StoreChoices } from "../store-of.ts";
import { systemClock } from "../system-clock.ts";

export interface Restored extends Carried {
  readonly file: string;
  readonly project: string;
  /** As of when the database is now. */
  readonly at: Instant;
  /** Where the database is that was there before; null where there was none. */
  readonly kept: string | null;
  /** Why nothing could be asked of that one; null where all could, or there was none. */
  readonly unread: Failure | null;
}

/**
 * Puts a backup in the place of the database, which is kept beside it. Nobody else may have the database open. What people agreed to
 * and refused since, and who was forgotten, stays; mails that were due since are looked up before they go out. A process that dies
 * on the way leaves the old database or the new one, whole.
 *
 * F101, F507, F508, F509, F123 where the backup is none that can be put back, F120 where an engine runs, F125 and others where
 * it cannot be written, F130 and others where the project no longer fits it.
 */
export async function restore(
  request: OpenRequest,
  { file }: Pick<BackupRequest, "file">,
  choices: StoreChoices = {},
): Promise<Result<Restored>> {
  const { database: place, plan } = request;
  if (place === ":memory:") return { ok: false, failure: failure("F485", { what: "restore into memory" }) };
  return caught(async () => {
    const { readMark } = await import("../store/backup.ts");
    const mark = await readMark(file);
    const { name } = plan.project;
    if (mark.project !== name) throw new Failed(failure("F508", { path: file, theirs: mark.project, ours: name }));
    return { ok: true, value: await putBack({ request, folder: place.folder, file, mark, choices }) };
  });
}

interface PuttingBack {
  readonly request: OpenRequest;
  readonly folder: string;
  readonly file: string;
  readonly mark: Mark;
  readonly choices: StoreChoices;
}

async function putBack({ request, folder, file, mark, choices }: PuttingBack): Promise<Restored> {
  const { carryOver, copyBackup, hold, settleReplaced, swap } = await import("../store/restore.ts");
  const { onStep } = choices;
  const path = databaseIn(folder);
  const fresh = `${path}.restoring`;
  const now = (request.clock ?? systemClock()).now();
  makeFolder(folder);
  const replaced = await settleReplaced(path);
  onStep?.("settled");
  const held = await hold(path, replaced);
  try {
    await copyBackup(held, file, fresh);
    onStep?.("copied");
    await keepTombstones(folder, held, mark);
    onStep?.("tombstones");
    await closed(openAt({ path: fresh }, { ...request, isUntouched: false }));
    onStep?.("fitted");
    const carried = await carryOver(held, fresh, { at: mark.at, now, replaced });
    onStep?.("carried over");
    await closed(readied({ path: fresh, folder }, request, choices));
    onStep?.("erased");
    const kept = swap({ path, fresh, replaced, now, ...(onStep ? { onStep } : {}) });
    const unread = replaced.kind === "unreadable" ? replaced.failure : null;
    return { file, project: mark.project, at: mark.at, kept, unread, ...carried };
  } finally {
    held.release();
    for (const left of [fresh, `${fresh}.wal`, `${fresh}.new`, `${fresh}.new.wal`, `${fresh}.tmp`])
      rmSync(left, { force: true, recursive: true });
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Failed(failure("F114", { path: folder, reason: systemReason(error) }));
  }
}

async function closed(opening: ReturnType<typeof openAt>): Promise<void> {
  const opened = await opening;
  if (!opened.ok) throw new Failed(opened.failure);
  await opened.value.close();
}

/** Who was forgotten before the backup is known here too, even where the folder is a new one. */
async function keepTombstones(folder: string, { connection }: Hold, { secret }: Mark): Promise<void> {
  if (secret === null) return;
  const { takeOver } = await import("../store/tombstones.ts");
  const { tombstonesIn } = await import("../store/restore.ts");
  takeOver(folder, { secret, tombstones: await tombstonesIn(connection) });
}
