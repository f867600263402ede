// Findings as Checkstyle's XML, which most CI servers can read.

import type { Diagnostic, Severity } from "../../grammar/diagnostics/entry.ts";
import { type Findings, grouped, linesOf } from "./findings.ts";
import { placesIn } from "./places.ts";
import { element, xmlHead } from "./xml.ts";

const levels: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", hint: "info" };

export function renderCheckstyle({ diagnostics, sources, files, folder }: Findings): string {
  const placeOf = placesIn(sources);
  const error = (finding: Diagnostic): string => {
    const { start, isKnown } = placeOf(finding.span);
    const where = isKnown ? { line: start.line, column: start.column } : { line: 1 };
    const said = { severity: levels[finding.severity], message: linesOf(finding).join("\n") };
    return element("error", { ...where, ...said, source: `cadenza.${finding.code}` });
  };
  const found = grouped(diagnostics, ({ span }) => span.file);
  const paths = new Set([...files, ...found.keys()]);
  const elements = [...paths].map((path) =>
    element("file", { name: folder + path }, (found.get(path) ?? []).map(error)),
  );
  return `${xmlHead}${element("checkstyle", { version: "4.3" }, elements)}\n`;
}
