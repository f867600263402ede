// Finds what the parser could not read, so that a name which was declared there is not reported as missing.

import type { Declaration, File } from "../grammar/ast/file.ts";
import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { isError } from "../grammar/diagnostics/table.ts";
import type { Span } from "../grammar/span.ts";

/** What may have been declared where the parser could not read the source. */
export interface Damage {
  /** All words of the text outside the declarations that were read whole. */
  readonly words: ReadonlySet<string>;
  /** Those of them that may start a declaration of which not even the name is known. */
  readonly starters: ReadonlySet<string>;
}

/** Both sets are empty where every file was read whole. */
export function damageOf(files: readonly File[], parsed: readonly Diagnostic[]): Damage {
  const broken = new Set(parsed.filter(isError).map(({ span }) => span.file));
  const damaged = files.filter(({ source }) => broken.has(source.path));
  const words = damaged.flatMap((file) => remainder(file, []).match(wordsOf) ?? []);
  const starters = damaged.flatMap(
    (file) => remainder(file, [...file.mended, ...headsOf(file, parsed)]).match(wordsOf) ?? [],
  );
  return { words: new Set(words), starters: new Set(starters) };
}

/**
 * What starts a declaration whose name is certain although the rest could not be read: the parser went on behind it.
 * Of tables and events the fields count too.
 */
function headsOf({ source, declarations }: File, parsed: readonly Diagnostic[]): readonly Span[] {
  return declarations.flatMap((node) => {
    if (!("name" in node) || node.kind === "event") return [];
    const { end } = node.name.span;
    const faults = parsed.filter(({ span }) => span.file === source.path && span.start >= end);
    const fault = Math.min(...faults.map(({ span }) => span.start));
    return /^\s*(where|<)/.test(source.text.slice(end, fault)) ? [{ ...node.span, end }] : [];
  });
}

/** A word; `contact` only in front of its block; in `contact.role` or `from contact` it does not. */
const wordsOf = /\b(?!(?:contact|company)\b(?!\s*[<{]))[A-Za-z_]\w*/g;

/** The source without its comments, without what was read whole, and without the spans of `others`. */
function remainder({ source, declarations, comments }: File, others: readonly Span[]): string {
  const whole = [...declarations.filter((node) => !isDamaged(node)), ...comments].map(({ span }) => span);
  const known = [...whole, ...others].toSorted((left, right) => left.start - right.start);
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
