// The mailer that writes every mail to a file: what a project uses before it has a provider, and in demos and replays.
//
// A file appears whole or not at all when the process dies, as it is written aside and renamed. It is not forced to the
// disk, which would cost most of the speed; after a power cut a file may be missing or cut off, and counts as absent.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bug } from "../../grammar/unreachable.ts";
import { failure, systemReason } from "../failures/failures.ts";
import type { Mailer, Message, Result, SendOutcome } from "../ports.ts";
import { emlComposer, lastLine } from "./eml.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the file system is read-only",
  ENOTDIR: "a file stands where a folder should be",
  EEXIST: "a file stands where a folder should be",
  EMFILE: "too many files are open",
  EFBIG: "the file system takes no file of that size",
};

function reasonOf(error: unknown): string {
  const code = systemReason(error);
  return reasons[code] ?? `the system says ${code}`;
}

/** Writes below `folder`, one mail a file: `ab/ab12….eml`, 256 folders for the first two letters of the send id. */
export function openFiles(folder: string): Result<Mailer> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    return { ok: false, failure: failure("F302", { path: folder, reason: reasonOf(error) }) };
  }
  const place: Place = { folder, shards: new Set(), compose: emlComposer() };
  return {
    ok: true,
    value: {
      name: "files",
      delivers: true,
      send: async (message) => write(place, message),
      find: async (sendId) => (isWhole(pathOf(folder, sendId), sendId) ? "sent" : "absent"),
    },
  };
}

function pathOf(folder: string, sendId: string): string {
  if (!/^[A-Za-z0-9_-]{2,128}$/.test(sendId)) throw new Bug(`a send id must be a plain word, not ${sendId}`);
  return join(folder, sendId.slice(0, 2), `${sendId}.eml`);
}

function isWhole(path: string, sendId: string): boolean {
  return existsSync(path) && readFileSync(path, "latin1").endsWith(lastLine(sendId));
}

interface Place {
  readonly folder: string;
  /** Folders that are known to be there. */
  readonly shards: Set<string>;
  compose(message: Message): string;
}

function write({ folder, shards, compose }: Place, message: Message): SendOutcome {
  const { sendId } = message;
  const path = pathOf(folder, sendId);
  const sent: SendOutcome = { kind: "sent", providerId: sendId };
  const aside = `${path}.tmp`;
  if (isWhole(path, sendId)) return sent;
  const bytes = compose(message);
  try {
    const shard = sendId.slice(0, 2);
    if (!shards.has(shard)) mkdirSync(join(folder, shard), { recursive: true });
    shards.add(shard);
    writeFileSync(aside, bytes);
    renameSync(aside, path);
    return sent;
  } catch (error) {
    shards.clear();
    removeQuietly(aside);
    return { kind: "halt", reason: failure("F302", { path: folder, reason: reasonOf(error) }).text };
  }
}

/** A leftover is harmless: the next attempt writes over it. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}
