// Where the control socket of a state folder lies, and whether it can be trusted there.

import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, realpathSync, type Stats } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failure, systemReason } from "../failures/failures.ts";
import type { Failure } from "../ports.ts";

/** Systems keep paths of sockets in so many bytes at most. */
const longestBytes = 103;
const socketName = "engine.sock";

export interface SocketPlace {
  readonly path: string;
  /** The folder it lies in. */
  readonly folder: string;
  /** Whether that is a private folder among temporary ones, since the path of the state folder is too long. */
  readonly isApart: boolean;
}

/** In the state folder; where its path is too long, in a temporary folder that is named by a hash of it. */
export function socketPlace(stateFolder: string): SocketPlace {
  const folder = realpathSync(stateFolder);
  const path = join(folder, socketName);
  if (!isTooLong(path)) return { path, folder, isApart: false };
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const apart = join(tmpdir(), `cadenza-${hash}`);
  return { path: join(apart, socketName), folder: apart, isApart: true };
}

/** No socket can be there. */
export const isTooLong = (path: string): boolean => Buffer.byteLength(path) > longestBytes;

/** null where nothing is there. */
export function entryAt(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

/** `uid`: of this process; null where the system has none. The superuser is trusted by all, and trusts all. */
export const isForeign = ({ uid: owner }: Stats, uid: number | null): boolean =>
  uid !== null && uid !== 0 && owner !== uid && owner !== 0;

/** Makes the folder of a place that lies apart. F480 where it was there and is not this user's alone, F481 where it cannot be made. */
export function prepareFolder({ folder, path, isApart }: SocketPlace, uid: number | null): Failure | null {
  if (!isApart) return null;
  try {
    mkdirSync(folder, { mode: 0o700, recursive: true });
  } catch (error) {
    return failure("F481", { path, reason: systemReason(error) });
  }
  return distrust(folder, uid);
}

/** F480 where a folder among temporary ones is not this user's alone. */
export function distrust(folder: string, uid: number | null): Failure | null {
  const entry = entryAt(folder);
  const isPrivate = entry?.isDirectory() === true && (entry.mode & 0o077) === 0 && (uid === null || entry.uid === uid);
  return entry === null || isPrivate ? null : failure("F480", { path: folder });
}
