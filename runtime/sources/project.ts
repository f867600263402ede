// Reads a project folder: its .cdz files, and the mail bodies that they name.

import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { Body, Contents } from "../../compiler/world.ts";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { decode, isDecoded } from "../../grammar/decode.ts";
import { maxBytes } from "../../grammar/limits.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { failure, systemReason } from "../failures/failures.ts";
import type { Result } from "../ports.ts";
import { readSources } from "./source-files.ts";

export interface ProjectFolder {
  /** Absolute. */
  readonly root: string;
  readonly sources: readonly SourceFile[];
  /** What of the folder could not be read or is no text; the other files are still checked. */
  readonly unreadable: readonly Diagnostic[];
  /** Reads a file that an email or a setting names, by its path relative to the project. */
  readonly body: (path: string) => Body;
  /** Reads a file that a mail carries, of any kind, by the same path. */
  readonly contents: (path: string, mostBytes: number) => Contents;
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}

/** Its path. A file must lie in the project, links followed: a project cannot mail out other files of the machine. */
function fileIn(root: string, path: string): string | Exclude<Contents, { readonly kind: "bytes" }> {
  const target = resolve(root, path);
  if (!isInside(root, target)) return { kind: "outside" };
  try {
    lstatSync(target);
    if (!isInside(realpathSync(root), realpathSync(target))) return { kind: "outside" };
    return statSync(target).isFile() ? target : { kind: "unreadable", reason: "it is not a file" };
  } catch (error) {
    return noFile(error);
  }
}

function noFile(error: unknown): Extract<Contents, { readonly kind: "missing" | "unreadable" }> {
  const reason = systemReason(error);
  if (reason === "ENOENT" || reason === "ENOTDIR") return { kind: "missing" };
  return { kind: "unreadable", reason: `the system says ${reason}` };
}

function readBody(root: string, path: string): Body {
  const found = fileIn(root, path);
  if (typeof found !== "string") return found;
  try {
    const decoded = decode(path, readFileSync(found));
    if (isDecoded(decoded)) return { kind: "text", path, text: decoded.text };
    const isTooLarge = decoded.code === "E116";
    return { kind: "no text", reason: isTooLarge ? `it is larger than ${maxBytes} bytes` : "it is not UTF-8 text" };
  } catch (error) {
    return noFile(error);
  }
}

/** Any bytes of a file, under the same condition. */
function readContents(root: string, path: string, mostBytes: number): Contents {
  const found = fileIn(root, path);
  if (typeof found !== "string") return found;
  try {
    if (statSync(found).size > mostBytes) {
      return { kind: "unreadable", reason: `it is larger than ${mostBytes / 1024 / 1024} MiB` };
    }
    return { kind: "bytes", bytes: readFileSync(found) };
  } catch (error) {
    return noFile(error);
  }
}

/** The folder with `bytes` as the text of its file `path`, whether there is one or not. */
export function withFile(folder: ProjectFolder, path: string, bytes: Uint8Array): ProjectFolder {
  const read = decode(path, bytes);
  const sources = folder.sources.filter((source) => source.path !== path);
  const unreadable = folder.unreadable.filter(({ span }) => span.file !== path);
  if (!isDecoded(read)) return { ...folder, sources, unreadable: [...unreadable, read] };
  const before = sources.filter((source) => source.path < path);
  return { ...folder, sources: [...before, read, ...sources.slice(before.length)], unreadable };
}

function readersOf(root: string): Pick<ProjectFolder, "body" | "contents"> {
  return {
    body: (path) => readBody(root, path),
    contents: (path, mostBytes) => readContents(root, path, mostBytes),
  };
}

/** A project that has no file yet, and whose mail bodies are in `folder`. */
export function emptyProject(folder: string): ProjectFolder {
  const root = resolve(folder);
  return { root, sources: [], unreadable: [], ...readersOf(root) };
}

/** The path of a file in a project, as the project calls it; null for one that lies outside. */
export function pathInProject(root: string, path: string): string | null {
  return isInside(root, path) ? relative(root, path).replaceAll(sep, "/") : null;
}

/**
 * Reads every .cdz file below `folder`, folders whose name starts with a dot left out. A relative path starts at `from`,
 * or else where the process is.
 */
export function readProject(folder: string, from = ""): Result<ProjectFolder> {
  const root = resolve(from, folder);
  try {
    if (!statSync(root).isDirectory()) return { ok: false, failure: failure("F110", { path: folder }) };
    const { sources, findings } = readSources(root);
    if (sources.length + findings.length === 0) return { ok: false, failure: failure("F111", { path: folder }) };
    return { ok: true, value: { root, sources, unreadable: findings, ...readersOf(root) } };
  } catch (error) {
    const reason = systemReason(error);
    if (reason === "ENOENT") return { ok: false, failure: failure("F101", { path: folder }) };
    return { ok: false, failure: failure("F112", { path: folder, reason }) };
  }
}
