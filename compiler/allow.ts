// `# allow W401 because …`: takes warnings away where the writer says why they may stand.

import type { File } from "../grammar/ast/file.ts";
import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { codes, diagnose, isError } from "../grammar/diagnostics/table.ts";
import type { Span } from "../grammar/span.ts";
import { replace, suggested } from "./fixes.ts";

interface Allowance {
  readonly code: string;
  readonly span: Span;
  readonly hasReason: boolean;
  /** The stretch of source whose findings it takes away. */
  readonly from: number;
  readonly until: number;
}

const wording = /^#\s*allow\s+([A-Z]\d{3}(?:\s*(?:,|\band\b)\s*[A-Z]\d{3})*)\b(?:\s+because\s+(\S.*))?/;
/** What was probably meant as one. */
const nearWording = /^#+\s*allow(?:s|ed)?\b[\s:]*([a-z]\d{3})\b[\s:,-]*/i;

/** Without the warnings that comments allow; allowances without a reason, or without a finding, are reported instead. */
export function applyAllowances(files: readonly File[], found: readonly Diagnostic[]): readonly Diagnostic[] {
  const near = files.flatMap(nearAllowances);
  const allowances = files.flatMap(allowancesIn);
  if (allowances.length === 0) return [...found, ...near];
  const used = new Set<Allowance>();
  const kept = found.filter((diagnostic) => {
    if (isError(diagnostic)) return true;
    const allowance = allowances.find((candidate) => candidate.hasReason && covers(candidate, diagnostic));
    if (allowance) used.add(allowance);
    return allowance === undefined;
  });
  const idle = allowances.filter((allowance) => !used.has(allowance)).map(complaint);
  return [...kept, ...idle, ...near];
}

function covers({ code, span, from, until }: Allowance, finding: Diagnostic): boolean {
  const { file, start } = finding.span;
  return finding.code === code && file === span.file && from <= start && start < until;
}

function complaint({ code, span, hasReason }: Allowance): Diagnostic {
  if (!codes.some((known) => known === code)) return diagnose("W832", span, { code });
  if (code.startsWith("E")) return diagnose("W833", span, { code });
  return hasReason ? diagnose("W830", span, { code }) : diagnose("W831", span, { code });
}

/** A comment speaks of its own line, or, alone on its line, of the declaration or line that follows. */
function allowancesIn({ source, comments, declarations }: File): readonly Allowance[] {
  return comments.flatMap(({ kind, text, span }) => {
    const match = kind === "comment" ? wording.exec(text) : null;
    if (!match?.[1]) return [];
    const lineStart = source.text.lastIndexOf("\n", span.start - 1) + 1;
    const isAlone = source.text.slice(lineStart, span.start).trim() === "";
    const next = nextLine(source.text, span.end);
    const declaration = declarations.find((node) => next.from <= node.span.start && node.span.start < next.until);
    const whole = declaration ? { from: next.from, until: declaration.span.end } : next;
    const place = isAlone ? whole : { from: lineStart, until: span.start };
    const codes = match[1].match(/[A-Z]\d{3}/g) ?? [];
    return codes.map((code) => ({ code, span, hasReason: match[2] !== undefined, ...place }));
  });
}

function nearAllowances({ comments }: File): readonly Diagnostic[] {
  return comments.flatMap(({ kind, text, span }) => {
    const match = nearWording.exec(text);
    if (!match?.[1] || (kind === "comment" && wording.test(text))) return [];
    const code = match[1].toUpperCase();
    const rest = text.slice(match[0].length).replace(/^because\s+/, "");
    const instead = `# allow ${code} because ${rest}`;
    // The reason is the writer's to give.
    const fixes = rest === "" ? [] : [suggested(`Write \`${instead}\``, replace(span, instead))];
    return [diagnose("W834", span, { code }, { fixes })];
  });
}

/** The next line that holds more than a comment. */
function nextLine(text: string, offset: number): { readonly from: number; readonly until: number } {
  const match = /\n([ \t]*(#[^\n]*)?\r?\n)*/.exec(text.slice(offset));
  const from = match ? offset + match.index + match[0].length : text.length;
  const end = text.indexOf("\n", from);
  return { from, until: end < 0 ? text.length : end };
}
