// How many people a fix would take into a segment, or out of it, counted in the database.

import type { Plan } from "../../compiler/ir/plan.ts";
import type { Segment } from "../../grammar/ast/declaration.ts";
import type { Diagnostic, Fix } from "../../grammar/diagnostics/entry.ts";
import { parse } from "../../grammar/parse.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { freeName } from "../asked-segment.ts";
import type { Cadenza } from "../cadenza.ts";
import { addedBy, isCreated, lackingWords } from "./fix-words.ts";
import type { Instant, Result } from "../ports.ts";
import type { ProjectFolder } from "./project.ts";
import { compileProject } from "./project-plan.ts";

interface FixQuestion {
  readonly finding: Diagnostic;
  readonly fix: Fix;
  readonly segment: string;
  /** Id of the segment as the fix would leave it. */
  readonly fixed: string;
  /** Id of those members for whom what the fix adds does not hold; null where that tells nothing. */
  readonly lacking: string | null;
}

export interface FixQuestions {
  /** The project's plan, with a segment more for each question. */
  readonly plan: Plan;
  readonly questions: readonly FixQuestion[];
}

/** Members of a segment as it is and as the fix of a finding in it would leave it. */
export interface FixCount {
  readonly finding: Diagnostic;
  readonly fix: Fix;
  readonly segment: string;
  readonly before: number;
  readonly after: number;
  /** Members for whom what the fix adds does not hold; null where that tells nothing. */
  readonly lacking: number | null;
}

/** More than anybody would read; each is a segment that the database judges. */
const mostQuestions = 100;

/** Codes about people whom the condition takes in and its writer may have forgotten. */
const told: ReadonlySet<string> = new Set(["W320", "W401"]);

/** What can be counted for the findings of a project that compiles; null where there is nothing. */
export function fixQuestions(folder: ProjectFolder, findings: readonly Diagnostic[]): FixQuestions | null {
  const name = freeName(folder.sources);
  const asked = folder.sources
    .flatMap((source) => questionsIn(source, findings))
    .slice(0, mostQuestions)
    .map((question, index) => ({
      ...question,
      fixed: `${name}${index}`,
      lacking: !told.has(question.finding.code) || addedBy(question.fix) === null ? null : `${name}${index}_lacking`,
    }));
  if (asked.length === 0) return null;
  const text = asked.map(({ fixed, where, ...of }) => `segment ${fixed} where ${where}\n${lackingText(of)}`).join("\n");
  const { plan } = compileProject({ ...folder, sources: [...folder.sources, { path: "fixes", text }] });
  return plan && { plan, questions: asked };
}

function questionsIn(source: SourceFile, findings: readonly Diagnostic[]) {
  const own = findings.filter(({ span, fixes }) => span.file === source.path && fixes.length > 0);
  if (own.length === 0) return [];
  const segments = parse(source).file.declarations.filter(
    (node): node is Segment => node.kind === "segment" && node.parameters.length === 0 && !node.recovered,
  );
  return own.flatMap((finding) => {
    const segment = segments.find((node) => isInside(finding.span, node.where.span));
    if (!segment) return [];
    return finding.fixes
      .filter(({ edits }) => edits.every(({ span }) => isInside(span, segment.where.span)))
      .map((fix) => ({ finding, fix, segment: segment.name.text, where: fixedText(source, segment, fix) }));
  });
}

function isInside(inner: Diagnostic["span"], outer: Diagnostic["span"]): boolean {
  return inner.file === outer.file && outer.start <= inner.start && inner.end <= outer.end;
}

function lackingText({ fix, segment, lacking }: Pick<FixQuestion, "fix" | "segment" | "lacking">): string {
  const added = addedBy(fix);
  if (added === null || lacking === null) return "";
  // Who has no date was not created lately; nobody knows when.
  const isKnown = isCreated(added) ? " and created is known" : "";
  return `segment ${lacking} where in ${segment} and not (${added})${isKnown}\n`;
}

/** The condition with the edits made, from the last to the first. */
function fixedText({ text }: SourceFile, { where }: Segment, { edits }: Fix): string {
  const { start, end } = where.span;
  const backwards = edits.toSorted((left, right) => right.span.start - left.span.start);
  return backwards.reduce(
    (condition, { span, text: put }) =>
      condition.slice(0, span.start - start) + put + condition.slice(span.end - start),
    text.slice(start, end),
  );
}

/** Counts at an instant; the engine must have been opened with the plan of the questions. */
export async function countFixes(
  engine: Pick<Cadenza, "evaluate">,
  { questions }: FixQuestions,
  at: Instant,
): Promise<Result<readonly FixCount[]>> {
  const counts = new Map<string, number>();
  const ids = questions.flatMap(({ segment, fixed, lacking }) => [
    segment,
    fixed,
    ...(lacking === null ? [] : [lacking]),
  ]);
  for (const id of new Set(ids)) {
    const found = await engine.evaluate(id, { at, limit: 0 });
    if (!found.ok) return found;
    counts.set(id, found.value.count);
  }
  const countOf = (id: string) => counts.get(id) ?? 0;
  const value = questions.map(({ finding, fix, segment, fixed, lacking }) => ({
    finding,
    fix,
    segment,
    before: countOf(segment),
    after: countOf(fixed),
    lacking: lacking === null ? null : countOf(lacking),
  }));
  return { ok: true, value };
}

/** The findings, each with the people that it is about, each fix with what it would change for people in its words. */
export function withCounts(findings: readonly Diagnostic[], counts: readonly FixCount[]): readonly Diagnostic[] {
  const words = new Map(counts.map(({ fix, before, after }) => [fix, countText(before, after)]));
  return findings.map((finding) => ({
    ...finding,
    why: [lackingWords(counts.filter((count) => count.finding === finding)), finding.why].filter(Boolean).join(" "),
    fixes: finding.fixes.map((fix) => {
      const said = words.get(fix);
      return said === undefined ? fix : { ...fix, text: `${fix.text} ${said}` };
    }),
  }));
}

function countText(before: number, after: number): string {
  const number = (count: number) => count.toLocaleString("en-US");
  const members = (count: number) => `${number(count)} ${count === 1 ? "member" : "members"}`;
  return before === after ? `(still ${members(after)})` : `(${members(after)} instead of ${number(before)})`;
}
