// Finds the .cdz files below a folder and reads them; what cannot be read is a finding, and the others are still checked.

import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { decode, isDecoded } from "../../grammar/decode.ts";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { systemReason } from "../failures/failures.ts";

export interface SourceFiles {
  readonly sources: readonly SourceFile[];
  readonly findings: readonly Diagnostic[];
}

const skipped = new Set(["node_modules", "dist"]);
const isSource = (name: string): boolean => name.endsWith(".cdz");
/** `a.CDZ`, or `a.cdz.txt` as some editors save it. */
const looksLikeSource = (name: string): boolean => /\.cdz(\.txt)?$/i.test(name) && !isSource(name);

/** Every .cdz file below `root`; folders whose name starts with a dot are left out. The root itself must be readable. */
export function readSources(root: string): SourceFiles {
  const { paths, findings } = filesBelow(root, "", readdirSync(root, { withFileTypes: true }));
  const read = paths.map((path) => readSource(root, path));
  return {
    sources: read.filter(isDecoded),
    findings: [...findings, ...read.flatMap((file) => (isDecoded(file) ? [] : [file]))],
  };
}

interface Found {
  readonly paths: readonly string[];
  readonly findings: readonly Diagnostic[];
}
const nothing: Found = { paths: [], findings: [] };

function filesBelow(root: string, below: string, entries: readonly Dirent[]): Found {
  const found = entries
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .filter(({ name }) => !name.startsWith(".") && !skipped.has(name))
    .map((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return filesIn(root, path);
      if (isSource(entry.name)) return { paths: [path], findings: [] };
      if (looksLikeSource(entry.name)) return { paths: [], findings: [misnamed(path)] };
      return entry.isSymbolicLink() ? linked(root, path) : nothing;
    });
  return { paths: found.flatMap(({ paths }) => paths), findings: found.flatMap(({ findings }) => findings) };
}

function filesIn(root: string, path: string): Found {
  try {
    return filesBelow(root, path, readdirSync(join(root, path), { withFileTypes: true }));
  } catch (error) {
    return { paths: [], findings: [unread(path, "folder", error)] };
  }
}

/** A linked folder is not followed, since it may lead back or elsewhere; that matters only where it has sources. */
function linked(root: string, path: string): Found {
  try {
    if (!readdirSync(join(root, path)).some((name) => isSource(name) || looksLikeSource(name))) return nothing;
  } catch {
    // A file, or a link to nowhere: no source of a project is lost with it.
    return nothing;
  }
  return { paths: [], findings: [diagnose("W837", whole(path), {})] };
}

function misnamed(path: string): Diagnostic {
  return diagnose("W440", whole(path), { instead: path.replace(/\.cdz(\.txt)?$/i, ".cdz") });
}

const whole = (file: string) => ({ file, start: 0, end: 0 });

/** A pipe would wait for ever; a link to nowhere says nothing of the rest. */
function readSource(root: string, path: string): SourceFile | Diagnostic {
  const target = join(root, path);
  try {
    const found = statSync(target, { throwIfNoEntry: false });
    if (!found) return diagnose("E287", whole(path), { reason: "a link to a file that is not there" });
    if (found.isDirectory()) return diagnose("E287", whole(path), { reason: "a link to a folder" });
    if (!found.isFile()) return diagnose("E287", whole(path), { reason: "not a regular file" });
    return decode(path, readFileSync(target));
  } catch (error) {
    if (systemReason(error) !== "ELOOP") return unread(path, "file", error);
    return diagnose("E287", whole(path), { reason: "a link that leads back to itself" });
  }
}

function unread(path: string, what: "file" | "folder", error: unknown): Diagnostic {
  const reason = systemReason(error);
  return diagnose("E150", whole(path), { what, reason });
}
