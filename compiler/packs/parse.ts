// Brings the packs that a project uses to its own files.

import type { Use } from "../../grammar/ast/declaration.ts";
import type { File } from "../../grammar/ast/file.ts";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { type Parsed, parse } from "../../grammar/parse.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { replace, suggested } from "../fixes.ts";
import { nearest } from "../similar.ts";

/** A pack, and the line of the project that brought it in, be it through another pack. */
export interface UsedPack {
  readonly use: Use;
  readonly file: File;
}

export interface ParsedSources {
  /** The project's own. */
  readonly files: readonly File[];
  readonly packs: readonly UsedPack[];
  readonly diagnostics: readonly Diagnostic[];
}

const known = new WeakMap<SourceFile, Parsed>();

/** A source says the same each time: where one file of many was edited, and in packs, there is nothing to parse again. */
function parsedOnce(source: SourceFile): Parsed {
  let parsed = known.get(source);
  if (!parsed) {
    parsed = parse(source);
    known.set(source, parsed);
  }
  return parsed;
}

/** Parses the sources and the packs that they `use`; a pack is the file of the library called like it. */
export function parseAll(sources: readonly SourceFile[], library: readonly SourceFile[]): ParsedSources {
  const byName = new Map(library.map((source) => [packName(source), source]));
  const used = new Set<string>();
  const packs: UsedPack[] = [];
  const diagnostics: Diagnostic[] = [];
  const read = (source: SourceFile): File => {
    const parsed = parsedOnce(source);
    diagnostics.push(...parsed.diagnostics);
    return parsed.file;
  };
  const follow = ({ declarations }: File, through: Use | null): void => {
    for (const node of declarations) {
      if (node.kind !== "use" || node.recovered || used.has(node.name.text)) continue;
      const pack = byName.get(node.name.text);
      if (!pack) {
        diagnostics.push(unknownPack(node, byName.keys()));
        continue;
      }
      used.add(node.name.text);
      const entry = { use: through ?? node, file: read(pack) };
      packs.push(entry);
      follow(entry.file, entry.use);
    }
  };
  const files = sources.map(read);
  for (const file of files) follow(file, null);
  return { files, packs, diagnostics };
}

function unknownPack({ name }: Use, packs: Iterable<string>): Diagnostic {
  const near = nearest(name.text, packs);
  const fixes = near === null ? [] : [suggested(`Write \`${near}\``, replace(name.span, near))];
  return diagnose("E223", name.span, { name: name.text }, { fixes });
}

export function packName({ path }: Pick<SourceFile, "path">): string {
  return path.replace(/^.*\//, "").replace(/\.cdz$/, "");
}
