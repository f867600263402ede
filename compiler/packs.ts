// Brings the packs that a project uses to its own files.

import type { File } from "../grammar/ast/file.ts";
import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import { parse } from "../grammar/parse.ts";
import type { SourceFile } from "../grammar/span.ts";
import { replace, suggested } from "./fixes.ts";
import { nearest } from "./similar.ts";

export interface ParsedSources {
  readonly files: readonly File[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses the sources and the packs that they `use`; a pack is the file of the library called like it. */
export function parseAll(sources: readonly SourceFile[], library: readonly SourceFile[]): ParsedSources {
  const packs = new Map(library.map((source) => [packName(source), source]));
  const used = new Set<string>();
  const files: File[] = [];
  const diagnostics: Diagnostic[] = [];
  const queue = [...sources];
  for (const source of queue) {
    const parsed = parse(source);
    files.push(parsed.file);
    diagnostics.push(...parsed.diagnostics);
    for (const node of parsed.file.declarations) {
      if (node.kind !== "use" || node.recovered || used.has(node.name.text)) continue;
      const pack = packs.get(node.name.text);
      if (pack) {
        used.add(node.name.text);
        queue.push(pack);
        continue;
      }
      const near = nearest(node.name.text, packs.keys());
      const fixes = near === null ? [] : [suggested(`Write \`${near}\``, replace(node.name.span, near))];
      diagnostics.push(diagnose("E223", node.name.span, { name: node.name.text }, { fixes }));
    }
  }
  return { files, diagnostics };
}

function packName({ path }: SourceFile): string {
  return path.replace(/^.*\//, "").replace(/\.cdz$/, "");
}
