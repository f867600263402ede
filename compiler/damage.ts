// Finds what the parser could not read, so that a name which was declared there is not reported as missing.

import type { Declaration, File } from "../grammar/ast/file.ts";
import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { isError } from "../grammar/diagnostics/table.ts";

/** The words of all source text outside the declarations that were read whole; empty where every file was. */
export function damagedWords(files: readonly File[], parsed: readonly Diagnostic[]): ReadonlySet<string> {
  const broken = new Set(parsed.filter(isError).map(({ span }) => span.file));
  const words = files
    .filter(({ source }) => broken.has(source.path))
    .flatMap((file) => remainder(file).match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []);
  return new Set(words);
}

function remainder({ source, declarations }: File): string {
  let rest = "";
  let from = 0;
  for (const node of declarations) {
    if (isDamaged(node)) continue;
    rest += source.text.slice(from, node.span.start);
    from = node.span.end;
  }
  return rest + source.text.slice(from);
}

function isDamaged(node: Declaration): boolean {
  if (node.recovered) return true;
  return "fields" in node && node.fields.some(({ recovered }) => recovered);
}
