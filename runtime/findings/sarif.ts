// Findings as SARIF 2.1.0, the format of code scanning services.

import type { Diagnostic, Edit, Fix, Severity } from "../../grammar/diagnostics/entry.ts";
import type { Span } from "../../grammar/span.ts";
import { type Findings, grouped, linesOf } from "./findings.ts";
import { type Place, placesIn } from "./places.ts";

const levels: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", hint: "note" };

export function renderSarif(findings: Findings): string {
  const { diagnostics, sources, folder, version } = findings;
  const placeOf = placesIn(sources);
  const location = (span: Span) => physicalLocation(placeOf(span), folder);
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const rules = codes.map((code) =>
    ruleOf(
      diagnostics.find((finding) => finding.code === code),
      code,
    ),
  );
  const results = diagnostics.map((finding) => ({
    ruleId: finding.code,
    ruleIndex: codes.indexOf(finding.code),
    level: levels[finding.severity],
    message: { text: linesOf({ ...finding, fixes: [] }).join("\n") },
    locations: [{ physicalLocation: location(finding.span) }],
    relatedLocations: finding.related.map(({ span, text }, id) => ({
      id,
      message: { text },
      physicalLocation: location(span),
    })),
    fixes: finding.fixes.filter(({ edits }) => edits.length > 0).map((fix) => fixOf(fix, location)),
  }));
  const run = {
    tool: { driver: { name: "Cadenza", version, rules } },
    columnKind: "utf16CodeUnits",
    results,
  };
  const log = { $schema: "https://json.schemastore.org/sarif-2.1.0-rtm.5.json", version: "2.1.0", runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** What is true of every finding of a code: why it matters. */
function ruleOf(sample: Diagnostic | undefined, id: string) {
  const text = sample?.why || sample?.text || id;
  return {
    id,
    shortDescription: { text },
    help: { text: `cadenza explain ${id}` },
    defaultConfiguration: { level: levels[sample?.severity ?? "error"] },
  };
}

function physicalLocation({ file, start, end, isKnown }: Place, folder: string) {
  const artifactLocation = { uri: uriOf(folder + file), uriBaseId: "%SRCROOT%" };
  if (!isKnown) return { artifactLocation };
  const region = { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
  return { artifactLocation, region };
}

/** Edits of one file are one change of it. */
function fixOf({ text, edits }: Fix, location: (span: Span) => ReturnType<typeof physicalLocation>) {
  const byFile = [...grouped(edits, ({ span }) => span.file).values()];
  const replacement = (edit: Edit) => ({
    deletedRegion: location(edit.span).region ?? { startLine: 1 },
    insertedContent: { text: edit.text },
  });
  return {
    description: { text },
    artifactChanges: byFile.flatMap((list) => {
      const [first] = list;
      if (first === undefined) return [];
      return [{ artifactLocation: location(first.span).artifactLocation, replacements: list.map(replacement) }];
    }),
  };
}

/** A relative reference: `/` stays, everything that is not plain is written by its bytes. */
function uriOf(path: string): string {
  return path
    .split("/")
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, "\uFFFD")))
    .join("/");
}
