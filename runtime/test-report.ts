// What a run of tests found, for people and for other tools.

import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import { renderPretty } from "../grammar/render.ts";
import { position, type SourceFile, type Span } from "../grammar/span.ts";
import { unreachable } from "../grammar/unreachable.ts";
import { printable } from "./printable.ts";
import type { Place } from "./sim/test-coverage.ts";
import type { TestFinding } from "./sim/test-run.ts";
import type { Timeline } from "./sim/test-timeline.ts";
import type { TestReport, TestResult } from "./testing.ts";

/** What keeps a test from passing, each like a diagnostic at its clause. */
export function testFindings(result: TestResult, sources: readonly SourceFile[]): readonly Diagnostic[] {
  return [...result.notYet, ...result.findings.map((finding) => diagnosticOf(finding, sources))];
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
      return { code, severity: "error", span, text, why: help, fixes: [], related: [] };
    }
    default:
      return unreachable(finding);
  }
}

const words = { passed: "ok", failed: "FAILED", "not available": "NOT AVAILABLE" } as const;

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
  return {
    tests: results.length,
    passed: count("passed"),
    failed: count("failed"),
    notAvailable: count("not available"),
  };
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

/** As JUnit's own runner writes it: a failed expectation is a failure, what could not run an error. */
export function renderJunit(report: TestReport, sources: readonly SourceFile[]): string {
  const suites = byFile(report.results).map(({ file, results }) => {
    const cases = results.map((result) => testCase(result, sources));
    const named = [attribute("name", file), ...totals(results)];
    return `  <testsuite ${named.join(" ")}>\n${cases.join("")}  </testsuite>\n`;
  });
  const head = [attribute("name", "cadenza"), ...totals(report.results)];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${head.join(" ")}>\n${suites.join("")}</testsuites>\n`;
}

function totals(results: readonly TestResult[]): readonly string[] {
  const count = (outcome: TestResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  return [
    attribute("tests", String(results.length)),
    attribute("failures", String(count("failed"))),
    attribute("errors", String(count("not available"))),
    attribute("time", seconds(results.reduce((sum, { durationMs }) => sum + durationMs, 0))),
  ];
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function testCase(result: TestResult, sources: readonly SourceFile[]): string {
  const { title, span, outcome, durationMs } = result;
  const { start } = placeOf(span, sources);
  const head = [
    attribute("name", title),
    attribute("classname", span.file.replace(/\.cdz$/, "")),
    attribute("file", span.file),
    attribute("line", String(start.line)),
    attribute("time", seconds(durationMs)),
  ].join(" ");
  if (outcome === "passed") return `    <testcase ${head}/>\n`;
  const found = testFindings(result, sources);
  const tag = outcome === "failed" ? "failure" : "error";
  const said = [attribute("message", found[0]?.text ?? ""), attribute("type", found[0]?.code ?? "")].join(" ");
  const body = [renderPretty(found, sources), ...result.timelines.map(renderTimeline)].join("\n");
  return `    <testcase ${head}>\n      <${tag} ${said}>${escaped(body)}</${tag}>\n    </testcase>\n`;
}

const attribute = (name: string, value: string): string => `${name}="${escaped(value).replaceAll("\n", "&#10;")}"`;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** What XML 1.0 cannot hold, not even escaped, becomes a replacement character. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
