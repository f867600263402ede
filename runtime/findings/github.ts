// Findings as workflow commands, which GitHub shows at their lines in a pull request.

import type { Severity } from "../../grammar/diagnostics/entry.ts";
import { printable } from "../printable.ts";
import { type Findings, linesOf } from "./findings.ts";
import { type Place, placesIn } from "./places.ts";

const commands: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", hint: "notice" };

/** One line for each finding; paths start where the command was called, as GitHub wants them. */
export function renderGithub({ diagnostics, sources, folder }: Findings): string {
  const placeOf = placesIn(sources);
  return diagnostics
    .map((finding) => {
      const where = Object.entries({ file: folder + finding.span.file, ...region(placeOf(finding.span)) });
      const properties = [...where, ["title", finding.code] as const].map(
        ([name, value]) => `${name}=${property(value)}`,
      );
      return `::${commands[finding.severity]} ${properties.join(",")}::${message(linesOf(finding))}\n`;
    })
    .join("");
}

/** GitHub refuses columns of a stretch that ends on another line. */
function region({ start, end, isKnown }: Place): Readonly<Record<string, string>> {
  if (!isKnown) return {};
  const lines = { line: String(start.line), endLine: String(end.line) };
  if (start.line !== end.line) return lines;
  return { ...lines, col: String(start.column), endColumn: String(end.column) };
}

function message(lines: readonly string[]): string {
  return escaped(lines.map(printable).join("\n"));
}

const escaped = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
