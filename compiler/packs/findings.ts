// What is found inside a pack is not the business of whoever uses it, unless the pack cannot work in the project.

import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { diagnose, isError } from "../../grammar/diagnostics/table.ts";
import { packName, type UsedPack } from "./parse.ts";

const needs: ReadonlySet<string> = new Set(["E290", "E291"]);

/** One error for each pack that does not fit, at the line that uses it; where its needs were named, that is the error. */
export function withoutPacks(found: readonly Diagnostic[], packs: readonly UsedPack[]): readonly Diagnostic[] {
  if (packs.length === 0) return found;
  const files = new Set(packs.map(({ file }) => file.source.path));
  const isInside = ({ span }: Diagnostic) => files.has(span.file);
  const outside = found.filter((one) => !isInside(one));
  if (outside.some(({ code }) => needs.has(code))) return outside;
  const broken = packs.flatMap(({ use, file }) => {
    const first = found.find((one) => one.span.file === file.source.path && isError(one));
    if (!first) return [];
    const related = [{ span: first.span, text: first.text }];
    return [diagnose("E292", use.name.span, { pack: packName(file.source), reason: first.text }, { related })];
  });
  return [...outside, ...broken];
}
