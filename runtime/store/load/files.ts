// Which files a load reads: found, sorted, and known to be readable before anything is opened for writing.

import { access, constants, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Load } from "../../../compiler/ir/load.ts";
import { Failed, failure, systemReason } from "../../failures/failures.ts";
import type { Instant, Session } from "../../ports.ts";

export interface LoadFile {
  /** Absolute. */
  readonly path: string;
  /** As the writer of the load would name it: relative to the folder of the data, with forward slashes. */
  readonly label: string;
}

const isGlob = (path: string) => /[*?[\]]/.test(path);

/** A path as a pattern that only it matches, for an engine that takes every path for a pattern. */
export const literally = (path: string) => (isGlob(path) ? path.replace(/[[*?]/g, "[$&]") : path);

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function checkReadable({ path, label }: LoadFile): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new Failed(failure("F141", { path: label }));
    // A pipe or a device may never end.
    if (!found.isFile()) throw new Failed(failure("F142", { path: label, reason: "it is not a regular file" }));
    await access(path, constants.R_OK);
  } catch (error) {
    if (error instanceof Failed) throw error;
    const reason = systemReason(error);
    if (reason === "ENOENT" || reason === "ENOTDIR") throw new Failed(failure("F101", { path: label }));
    throw new Failed(failure("F142", { path: label, reason }));
  }
}

/** Files in the order of their names, so that the same folder always loads the same way. */
export async function findFiles(session: Session, load: Load, folder: string): Promise<readonly LoadFile[]> {
  const path = resolve(folder, load.path);
  const labelOf = (file: string) => relative(folder, file).split(sep).join("/");
  let paths = [path];
  if (isGlob(load.path) && !(await exists(path))) {
    const pattern = isAbsolute(load.path) ? load.path : join(literally(resolve(folder)), load.path);
    const rows = await session.run({
      text: "SELECT file FROM glob($pattern)",
      params: { pattern: { kind: "text", value: pattern } },
    });
    paths = rows.map((row) => resolve(String(row.file))).sort((a, b) => (a < b ? -1 : 1));
    if (paths.length === 0) throw new Failed(failure("F140", { pattern: load.path }));
  }
  const files = paths.map((file) => ({ path: file, label: labelOf(file) }));
  for (const file of files) await checkReadable(file);
  return files;
}

/** What the files of a load are like now. */
export interface FilesLook {
  /** Differs where a file came, went, or was written. */
  readonly print: string;
  /** When the last of them was written. */
  readonly writtenAt: Instant;
}

/** Fails as `findFiles` does. */
export async function lookAtFiles(session: Session, load: Load, folder: string): Promise<FilesLook> {
  const files = await findFiles(session, load, folder);
  const seen = await Promise.all(files.map(async ({ path, label }) => ({ label, found: await stat(path) })));
  return {
    print: JSON.stringify(seen.map(({ label, found }) => [label, found.size, found.mtimeMs, found.ino])),
    writtenAt: Math.max(0, ...seen.map(({ found }) => found.mtimeMs)),
  };
}
