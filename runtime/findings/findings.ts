// What was found in a project, as every format of `check` is given it.

import type { Diagnostic, Severity } from "../../grammar/diagnostics/entry.ts";
import type { SourceFile } from "../../grammar/span.ts";

export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  /** Every text that diagnostics point into. */
  readonly sources: readonly SourceFile[];
  /** Paths of the files that were checked, those without a finding too. */
  readonly files: readonly string[];
  /** The path from where the command was called to the project, with `/` between and, unless empty, at its end. */
  readonly folder: string;
  readonly failLevel: Severity;
  /** The version of Cadenza. */
  readonly version: string;
}

const weight: Readonly<Record<Severity, number>> = { hint: 0, warning: 1, error: 2 };
export const severities = Object.keys(weight) as readonly Severity[];

/** Whether a finding of that severity makes `check` exit with 1. */
export function isFailing({ severity }: Diagnostic, failLevel: Severity): boolean {
  return weight[severity] >= weight[failLevel];
}

/** Whether a finding says that the system refused to give a file: then the rest was checked without it. */
export function isUnread({ code }: Diagnostic): boolean {
  return code === "E150";
}

/** The sentence, who shows it, why it matters, and the fixes: a line each. */
export function linesOf({ text, why, fixes, example }: Diagnostic): readonly string[] {
  const words = fixes.map((fix) => `${fix.kind === "safe" ? "Fix" : "Fix (changes meaning)"}: ${fix.text}`);
  const shown = example ? `For example, ${example.text}.` : "";
  return [text, shown, why, ...words].filter((line) => line !== "").map((line) => line.replace(/\s*\n\s*/g, " "));
}

/** In the order in which each key first appears. */
export function grouped<T>(list: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
