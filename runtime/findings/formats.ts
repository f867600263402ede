// The formats of `check`, and what the command line may ask of them.

import { nearest } from "../../compiler/similar.ts";
import type { Severity } from "../../grammar/diagnostics/entry.ts";
import { renderCompact, renderPretty } from "../../grammar/render.ts";
import { failure } from "../failures/failures.ts";
import type { Result } from "../ports.ts";
import { renderCheckstyle } from "./checkstyle.ts";
import { type Findings, severities } from "./findings.ts";
import { renderGithub } from "./github.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderSarif } from "./sarif.ts";

export type Format = "pretty" | "compact" | "json" | "github" | "sarif" | "junit" | "checkstyle";

const formats: Readonly<Record<Format, (findings: Findings) => string>> = {
  pretty: ({ diagnostics, sources }) => renderPretty(diagnostics, sources),
  compact: ({ diagnostics, sources }) => renderCompact(diagnostics, sources),
  json: ({ diagnostics, sources }) => `${renderJson(diagnostics, sources)}\n`,
  github: renderGithub,
  sarif: renderSarif,
  junit: renderJunit,
  checkstyle: renderCheckstyle,
};
export const formatNames = Object.keys(formats) as readonly Format[];

export function renderAs(format: Format, findings: Findings): string {
  return formats[format](findings);
}

/** A format and the file it goes to; null is the standard output. */
export interface Output {
  readonly format: Format;
  readonly file: string | null;
}

/** Reads `--format` options, each `FORMAT` or `FORMAT=FILE`: two cannot go to one place. */
export function parseOutputs(texts: readonly string[]): Result<readonly Output[]> {
  const outputs: Output[] = [];
  for (const text of texts) {
    const cut = text.indexOf("=");
    const format = chosen("--format", cut < 0 ? text : text.slice(0, cut), formatNames);
    if (!format.ok) return format;
    const file = cut < 0 ? null : text.slice(cut + 1);
    if (file === "") return unknownWord("--format", text, formatNames);
    const twin = outputs.find((other) => other.file === file);
    if (twin || file?.endsWith(".cdz")) {
      return { ok: false, failure: failure("F158", { format: format.value, file, taken: twin?.format ?? null }) };
    }
    outputs.push({ format: format.value, file });
  }
  return { ok: true, value: outputs };
}

/** The word that was given, if the option knows it; else a failure that names the nearest. */
export function chosen<W extends string>(option: string, given: string, known: readonly W[]): Result<W> {
  const found = known.find((word) => word === given);
  if (found !== undefined) return { ok: true, value: found };
  return unknownWord(option, given, known);
}

function unknownWord(option: string, given: string, known: readonly string[]) {
  return { ok: false, failure: failure("F157", { option, given, near: nearest(given, known), known }) } as const;
}

export function parseFailLevel(text: string): Result<Severity> {
  return chosen("--fail-level", text, severities);
}
