// One file in the canonical layout.

import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { parse } from "../../grammar/parse.ts";
import { print } from "../../grammar/print.ts";
import type { File } from "../../grammar/ast/file.ts";
import type { SourceFile } from "../../grammar/span.ts";

/** What has mistakes stays as it was written; the mistakes are among the diagnostics. */
export function formatSource(source: SourceFile): {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { file, diagnostics } = parse(source);
  const text = print(file);
  const isSettled = file.broken.length === 0 || keeps(file, text);
  return { text: isSettled ? text : source.text, diagnostics };
}

/** Where declarations end beside mistakes is a guess from the layout; a new one must not change what was guessed. */
function keeps(file: File, text: string): boolean {
  const again = parse({ path: file.source.path, text }).file;
  const broken = brokenTexts(again);
  return brokenTexts(file).every((part, index) => part === broken[index]) && print(again) === text;
}

function brokenTexts({ source, broken }: File): readonly string[] {
  return broken.map(({ start, end }) => source.text.slice(start, end));
}
