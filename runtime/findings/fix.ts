// Applies the fixes that findings offer, again and again, until none is left that helps. Pure: judging is handed in.

import type { Diagnostic, Edit, Fix } from "../../grammar/diagnostics/entry.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { grouped } from "./findings.ts";
import { type Place, placesIn } from "./places.ts";

/** `safe` keeps the meaning; `all` also takes what changes it, where a finding offers one such fix and no choice. */
export type FixLevel = "safe" | "all";

interface Judged {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly SourceFile[];
}

export interface FixedFinding {
  readonly code: string;
  /** What the fix said it does. */
  readonly text: string;
  /** Where the finding was when it was fixed. */
  readonly place: Place;
}

export interface Fixing<J extends Judged> {
  readonly judged: J;
  /** The new text of each file that changed. */
  readonly texts: ReadonlyMap<string, string>;
  readonly fixed: readonly FixedFinding[];
}

export interface Judging<J extends Judged> {
  readonly first: J;
  /** Judges the project with other texts in the place of some of its files'. */
  readonly judge: (texts: ReadonlyMap<string, string>) => J;
  /** Whether a file may be changed: those of the library may not. */
  readonly isOwn: (file: string) => boolean;
}

/** The most times that a project is judged; more than fixes that bring up others ever need. */
const maxRounds = 100;

interface Candidate {
  readonly finding: Diagnostic;
  readonly fix: Fix;
  /** What it would change, in words that stay the same while other lines change. */
  readonly key: string;
}

/** A fix that would leave a file with more errors than it had is not applied. */
export function applyFixes<J extends Judged>({ first, judge, isOwn }: Judging<J>, level: FixLevel): Fixing<J> {
  let judged = first;
  let texts: ReadonlyMap<string, string> = new Map();
  const fixed: FixedFinding[] = [];
  const refused = new Set<string>();
  let most = Number.POSITIVE_INFINITY;
  for (let round = 0; round < maxRounds; round++) {
    const open = candidates(judged, level, isOwn).filter(({ key }) => !refused.has(key));
    const chosen = apart(open).slice(0, most);
    const [only] = chosen;
    if (only === undefined) break;
    const changed = new Map([...texts, ...edited(judged.sources, chosen)]);
    const next = judge(changed);
    if (isWorse(judged, next, chosen)) {
      // One of them brings errors: half of them are tried, until it is alone.
      if (chosen.length === 1) refused.add(only.key);
      most = Math.max(1, Math.ceil(chosen.length / 2));
      continue;
    }
    const placeOf = placesIn(judged.sources);
    fixed.push(
      ...chosen.map(({ finding, fix }) => ({ code: finding.code, text: fix.text, place: placeOf(finding.span) })),
    );
    [judged, texts, most] = [next, changed, most * 2];
  }
  return { judged, texts, fixed };
}

function candidates({ diagnostics, sources }: Judged, level: FixLevel, isOwn: (file: string) => boolean) {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const isPossible = ({ span, text }: Edit) => {
    const now = texts.get(span.file)?.slice(span.start, span.end);
    return isOwn(span.file) && now !== undefined && now !== text;
  };
  return diagnostics.flatMap((finding): readonly Candidate[] => {
    const fix = fixFor(finding, level);
    if (fix === null || fix.edits.length === 0 || !fix.edits.every(isPossible)) return [];
    const line = lineAt(texts.get(finding.span.file) ?? "", finding.span.start);
    return [{ finding, fix, key: JSON.stringify([finding.span.file, finding.code, finding.text, fix.text, line]) }];
  });
}

/** Which of several guesses is meant only the writer knows. */
function fixFor({ fixes }: Diagnostic, level: FixLevel): Fix | null {
  const safe = fixes.find(({ kind }) => kind === "safe");
  if (safe || level === "safe") return safe ?? null;
  return fixes.length === 1 ? (fixes[0] ?? null) : null;
}

function lineAt(text: string, offset: number): string {
  const end = text.indexOf("\n", offset);
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, end < 0 ? text.length : end);
}

/** The first ones that neither overlap nor touch one that is among them already; a fix is taken whole or not at all. */
function apart(list: readonly Candidate[]): readonly Candidate[] {
  const taken = new Map<string, Edit[]>();
  return list.filter(({ fix }) => {
    const isFree = fix.edits.every(({ span }) => {
      const others = taken.get(span.file) ?? [];
      return (others[firstEndingBehind(others, span.start)]?.span.start ?? Number.POSITIVE_INFINITY) > span.end;
    });
    for (const edit of isFree ? fix.edits : []) {
      const others = taken.get(edit.span.file) ?? [];
      others.splice(firstEndingBehind(others, edit.span.start), 0, edit);
      taken.set(edit.span.file, others);
    }
    return isFree;
  });
}

/** The index of the first of the sorted edits that ends at `offset` or behind it. */
function firstEndingBehind(edits: readonly Edit[], offset: number): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle]?.span.end ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function edited(sources: readonly SourceFile[], chosen: readonly Candidate[]): readonly (readonly [string, string])[] {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const edits = grouped(
    chosen.flatMap(({ fix }) => fix.edits),
    ({ span }) => span.file,
  );
  return [...edits].map(([file, list]) => [file, withEdits(texts.get(file) ?? "", list)] as const);
}

/** Lines that an edit brings end as those of the file do. */
function withEdits(text: string, edits: readonly Edit[]): string {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  let changed = "";
  let at = 0;
  for (const edit of edits.toSorted((one, other) => one.span.start - other.span.start)) {
    changed += text.slice(at, edit.span.start) + edit.text.replace(/\r?\n/g, lineEnd);
    at = edit.span.end;
  }
  return changed + text.slice(at);
}

/** Of several fixes each must take its error away, or the good that one does would hide the harm of another. */
function isWorse(before: Judged, after: Judged, chosen: readonly Candidate[]): boolean {
  const had = errorsByFile(before.diagnostics);
  const fixed = errorsByFile(chosen.length === 1 ? [] : chosen.map(({ finding }) => finding));
  const allowed = (file: string) => (had.get(file) ?? 0) - (fixed.get(file) ?? 0);
  return [...errorsByFile(after.diagnostics)].some(([file, count]) => count > allowed(file));
}

function errorsByFile(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const errors = grouped(diagnostics.filter(isError), ({ span }) => span.file);
  return new Map([...errors].map(([file, list]) => [file, list.length]));
}
