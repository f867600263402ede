// What a run of tests found, for people and for other tools.

import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { renderPretty } from "../../grammar/render.ts";
import { position, type SourceFile, type Span } from "../../grammar/span.ts";
import { unreachable } from "../../grammar/unreachable.ts";
import { type Attributes, element, textElement, xmlHead } from "../findings/xml.ts";
import { printable } from "../printable.ts";
import type { Place } from "../sim/test-coverage.ts";
import type { TestFinding } from "../sim/test-run.ts";
import type { Timeline } from "../sim/test-timeline.ts";
import type { TestReport, TestResult } from "./testing.ts";

/** What keeps a test from passing, each like a diagnostic at its clause. */
export function testFindings(result: TestResult, sources: readonly SourceFile[]): readonly Diagnostic[] {
  return result.findings.map((finding) => diagnosticOf(finding, sources));
}

function diagnosticOf(finding: TestFinding, sources: readonly SourceFile[]): Diagnostic {
  const { span } = finding;
  const text = sources.find(({ path }) => path === span.file)?.text ?? "";
  const clause = text.slice(span.start, span.end).replaceAll(/\s+/g, " ");
  switch (finding.kind) {
    case "unexpected": {
      const seen = printable(finding.seen);
      const expected = clause.replace(/^expect /, "");
      return { ...diagnose("E870", span, { expected }), why: `Seen at ${finding.at}: ${seen}.` };
    }
    case "impossible":
      return diagnose("E871", span, { clause, reason: finding.reason });
    case "failure": {
      const { code, text, help } = finding.failure;
      return { code, severity: "error", span, text, why: help, fixes: [], related: [], example: null };
    }
    default:
      return unreachable(finding);
  }
}

const words = { passed: "ok", failed: "FAILED" } as const;

/** A line for each test, then what is wrong with those that did not pass. */
export function renderTests({ results }: TestReport, sources: readonly SourceFile[]): string {
  const lines: string[] = [];
  for (const { file, results: own } of byFile(results)) {
    lines.push(printable(file));
    const width = Math.max(...own.map(({ outcome }) => words[outcome].length));
    lines.push(...own.map(({ outcome, title }) => `  ${words[outcome].padEnd(width)}  ${printable(title)}`));
  }
  const wrong = results.filter(({ outcome }) => outcome !== "passed");
  const details = wrong.map((result) => detail(result, sources));
  return `${[`${lines.join("\n")}\n`, ...details].join("\n")}`;
}

function byFile(results: readonly TestResult[]) {
  const files = [...new Set(results.map(({ span }) => span.file))];
  return files.map((file) => ({ file, results: results.filter(({ span }) => span.file === file) }));
}

function detail(result: TestResult, sources: readonly SourceFile[]): string {
  const head = `${words[result.outcome]}  ${printable(result.title)}\n\n`;
  const found = renderPretty(testFindings(result, sources), sources);
  return `${head}${[found, ...result.timelines.map(renderTimeline)].join("\n")}`;
}

export function renderTimeline({ person, entries }: Timeline): string {
  const lines = entries.map(({ at, text }) => `    ${at}  ${printable(text)}`);
  return `  ${person}\n${(lines.length === 0 ? ["    nothing happened"] : lines).join("\n")}\n`;
}

export function countTests({ results }: TestReport) {
  const count = (outcome: TestResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  return { tests: results.length, passed: count("passed"), failed: count("failed") };
}

/** Per program and segment how much of it the tests have met, and where they have not been. */
export interface CoverageSummary {
  readonly rows: readonly {
    readonly kind: Place["kind"];
    readonly name: string;
    readonly met: number;
    readonly all: number;
  }[];
  /** `file:line:column` and what was not met there, in the order of the sources. */
  readonly missed: readonly { readonly place: string; readonly text: string }[];
}

export function coverageSummary(coverage: readonly Place[], sources: readonly SourceFile[]): CoverageSummary {
  const keys = [...new Map(coverage.map((place) => [`${place.kind} ${place.name}`, place])).values()];
  const rows = keys.map(({ kind, name }) => {
    const own = coverage.filter((place) => place.kind === kind && place.name === name);
    return { kind, name, met: own.filter(({ isMet }) => isMet).length, all: own.length };
  });
  const ranks = new Map(sources.map(({ path }, index) => [path, index]));
  const rank = ({ span }: Place) => ranks.get(span.file) ?? sources.length;
  const missed = coverage
    .filter(({ isMet }) => !isMet)
    .toSorted((left, right) => rank(left) - rank(right) || left.span.start - right.span.start)
    .map(({ span, name, text }) => ({ place: placeText(span, sources), text: `${name}: ${text}` }));
  return { rows, missed };
}

function placeOf({ file, start, end }: Span, sources: readonly SourceFile[]) {
  const text = sources.find(({ path }) => path === file)?.text ?? "";
  return { file, start: position(text, start), end: position(text, end) };
}

function placeText(span: Span, sources: readonly SourceFile[]): string {
  const { file, start } = placeOf(span, sources);
  return `${file}:${start.line}:${start.column}`;
}

/** The shape has a version; fields are added, never changed. */
export function renderTestsJson(report: TestReport, sources: readonly SourceFile[]): string {
  const tests = report.results.map((result) => ({
    title: result.title,
    ...placeOf(result.span, sources),
    outcome: result.outcome,
    durationMs: result.durationMs,
    findings: testFindings(result, sources).map(({ code, text, why, span }) => ({
      code,
      text,
      why,
      ...placeOf(span, sources),
    })),
    timelines: result.timelines,
  }));
  const places = report.coverage.map(({ kind, name, span, text, isMet }) => ({
    kind,
    name,
    text,
    ...placeOf(span, sources),
    isMet,
  }));
  const coverage = report.coverage.length > 0 ? { coverage: places } : {};
  return JSON.stringify({ version: 1, summary: countTests(report), tests, ...coverage }, null, 2);
}

/** As JUnit's own runner writes it. */
export function renderJunit(report: TestReport, sources: readonly SourceFile[]): string {
  const suites = byFile(report.results).map(({ file, results }) =>
    element(
      "testsuite",
      { name: file, ...totals(results) },
      results.map((result) => testCase(result, sources)),
    ),
  );
  return `${xmlHead}${element("testsuites", { name: "cadenza", ...totals(report.results) }, suites)}\n`;
}

function totals(results: readonly TestResult[]): Attributes {
  return {
    tests: results.length,
    failures: results.filter(({ outcome }) => outcome === "failed").length,
    errors: 0,
    time: seconds(results.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function testCase(result: TestResult, sources: readonly SourceFile[]): string {
  const { title, span, outcome, durationMs } = result;
  const head = {
    name: title,
    classname: span.file.replace(/\.cdz$/, ""),
    file: span.file,
    line: placeOf(span, sources).start.line,
    time: seconds(durationMs),
  };
  if (outcome === "passed") return element("testcase", head);
  const found = testFindings(result, sources);
  const [first] = found;
  const said = { message: first?.text ?? "", type: first?.code ?? "" };
  const text = [renderPretty(found, sources), ...result.timelines.map(renderTimeline)].join("\n");
  return element("testcase", head, [textElement("failure", said, text)]);
}
