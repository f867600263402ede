// Reads a project folder: its .cdz files, and the mail bodies that they name.

import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Body } from "../compiler/world.ts";
import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import { decode, isDecoded } from "../grammar/decode.ts";
import { maxBytes } from "../grammar/limits.ts";
import type { SourceFile } from "../grammar/span.ts";
import { failure, systemReason } from "./failures.ts";
import type { Result } from "./ports.ts";

export interface ProjectFolder {
  /** Absolute. */
  readonly root: string;
  readonly sources: readonly SourceFile[];
  /** Files that are no text; they count as findings, and the others are still checked. */
  readonly unreadable: readonly Diagnostic[];
  /** Reads a file that an email or a setting names, by its path relative to the project. */
  readonly body: (path: string) => Body;
}

const skipped = new Set(["node_modules", "dist"]);

function sourcePaths(folder: string, below: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith(".") || skipped.has(entry.name)) return [];
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return sourcePaths(join(folder, entry.name), path);
      return entry.name.endsWith(".cdz") ? [path] : [];
    });
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}

/** A file must lie in the project, links followed: a project cannot mail out other files of the machine. */
function readBody(root: string, path: string): Body {
  const target = resolve(root, path);
  if (!isInside(root, target)) return { kind: "outside" };
  try {
    lstatSync(target);
    if (!isInside(realpathSync(root), realpathSync(target))) return { kind: "outside" };
    if (!statSync(target).isFile()) return { kind: "unreadable", reason: "it is not a file" };
    const decoded = decode(path, readFileSync(target));
    if (isDecoded(decoded)) return { kind: "text", path, text: decoded.text };
    const isTooLarge = decoded.code === "E116";
    return { kind: "no text", reason: isTooLarge ? `it is larger than ${maxBytes} bytes` : "it is not UTF-8 text" };
  } catch (error) {
    const reason = systemReason(error);
    if (reason === "ENOENT" || reason === "ENOTDIR") return { kind: "missing" };
    return { kind: "unreadable", reason: `the system says ${reason}` };
  }
}

/** A pipe or a link to nowhere is a finding of its own: the one would wait for ever, the other says nothing of the rest. */
function readSource(root: string, path: string): SourceFile | Diagnostic {
  const target = join(root, path);
  const whole = { file: path, start: 0, end: 0 };
  const found = statSync(target, { throwIfNoEntry: false });
  if (!found) return diagnose("E115", whole, { reason: "it is a link to a file that is not there" });
  if (!found.isFile()) return diagnose("E115", whole, { reason: "it is not a regular file" });
  return decode(path, readFileSync(target));
}

/** Reads every .cdz file below `folder`, folders whose name starts with a dot left out. */
export function readProject(folder: string): Result<ProjectFolder> {
  const root = resolve(folder);
  try {
    if (!statSync(root).isDirectory()) return { ok: false, failure: failure("F110", { path: folder }) };
    const read = sourcePaths(root, "").map((path) => readSource(root, path));
    const sources = read.filter(isDecoded);
    const unreadable = read.flatMap((file) => (isDecoded(file) ? [] : [file]));
    if (read.length === 0) return { ok: false, failure: failure("F111", { path: folder }) };
    return { ok: true, value: { root, sources, unreadable, body: (path) => readBody(root, path) } };
  } catch (error) {
    const reason = systemReason(error);
    if (reason === "ENOENT") return { ok: false, failure: failure("F101", { path: folder }) };
    return { ok: false, failure: failure("F112", { path: folder, reason }) };
  }
}
