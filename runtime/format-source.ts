// One file in the canonical layout.

import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { isError } from "../grammar/diagnostics/table.ts";
import { parse } from "../grammar/parse.ts";
import { print } from "../grammar/print.ts";
import type { SourceFile } from "../grammar/span.ts";

/** `text` is null where syntax errors forbid a new layout; they are among the diagnostics. */
export function formatSource(source: SourceFile): {
  readonly text: string | null;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { file, diagnostics } = parse(source);
  return { text: diagnostics.some(isError) ? null : print(file), diagnostics };
}
