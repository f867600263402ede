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

/** The source without its comments and without what was read whole. */
function remainder({ source, declarations, comments }: File): string {
  const known = [...declarations.filter((node) => !isDamaged(node)), ...comments]
    .map(({ span }) => span)
    .toSorted((left, right) => left.start - right.start);
  let rest = "";
  let from = 0;
  for (const { start, end } of known) {
    if (start > from) rest += `${source.text.slice(from, start)} `;
    from = Math.max(from, end);
  }
  return rest + source.text.slice(from);
}

/** A mended declaration without the fields at which the parser stopped: what it made of their types is a guess. */
export function withoutGuesses<D extends Declaration>(node: D, parsed: readonly Diagnostic[]): D {
  if (!node.recovered || !("fields" in node)) return node;
  const faults = parsed.filter(({ span }) => span.file === node.span.file).map(({ span }) => span.start);
  const fields = node.fields.filter(({ span }, index) => {
    const end = node.fields[index + 1]?.span.start ?? node.span.end;
    return !faults.some((fault) => span.start <= fault && fault <= end);
  });
  return { ...node, fields };
}

function isDamaged(node: Declaration): boolean {
  if (node.recovered) return true;
  return "fields" in node && node.fields.some(({ recovered }) => recovered);
}
