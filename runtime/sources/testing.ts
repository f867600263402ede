// The tests of a project, run: each in an empty world of its own, several at a time.

import { availableParallelism } from "node:os";
import { compileTests } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Test } from "../../compiler/ir/test.ts";
import type { TestSuite } from "../../compiler/test-suite.ts";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import type { SourceFile, Span } from "../../grammar/span.ts";
import { nearest } from "../../compiler/similar.ts";
import { caught } from "../caught.ts";
import { failure } from "../failures/failures.ts";
import type { Database, Result } from "../ports.ts";
import type { ProjectFolder } from "./project.ts";
import { worldOf } from "./project-plan.ts";
import type { Place } from "../sim/test-coverage.ts";
import type { TestOutcome } from "../sim/test-run.ts";
import type { TestBench, TestWorld } from "../sim/test-world.ts";

export interface TestedProject {
  /** null where errors forbid running. */
  readonly suite: TestSuite | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly SourceFile[];
}

/** The tests of a project folder, compiled; files that are no text are findings too. */
export function compileProjectTests(folder: ProjectFolder): TestedProject {
  if (folder.sources.length === 0) return { suite: null, diagnostics: folder.unreadable, sources: [] };
  const compiled = compileTests(folder.sources, worldOf(folder));
  return {
    ...compiled,
    suite: folder.unreadable.some(isError) ? null : compiled.suite,
    diagnostics: [...folder.unreadable, ...compiled.diagnostics],
  };
}

/**
 * Tests whose title contains one of the names, whatever its letter case; without names all. F160 where the project has no
 * tests, F117 where no title contains a name.
 */
export function testsNamed({ tests }: TestSuite, names: readonly string[]): Result<readonly Test[]> {
  if (tests.length === 0) return { ok: false, failure: failure("F160", {}) };
  const fits = (name: string) => (test: Test) => test.title.toLowerCase().includes(name.toLowerCase());
  const missing = names.find((name) => !tests.some(fits(name)));
  if (missing !== undefined) {
    const near = nearest(
      missing,
      tests.map(({ title }) => title),
    );
    return { ok: false, failure: failure("F117", { kind: "test", name: missing, near }) };
  }
  return {
    ok: true,
    value: names.length === 0 ? tests : tests.filter((test) => names.some((name) => fits(name)(test))),
  };
}

export interface TestRunRequest {
  readonly suite: TestSuite;
  /** Those of the suite to run. */
  readonly tests: readonly Test[];
  readonly sources: readonly SourceFile[];
  readonly hasCoverage: boolean;
  /** Milliseconds on a clock that never runs backwards. */
  readonly stopwatch: () => number;
  /** How many tests run at a time; absent: two for each core, since each waits by turns for the database and for its turn in JavaScript. */
  readonly lanes?: number;
  readonly signal?: AbortSignal;
  /** Called when the last clause of a test has run. */
  readonly onEnd?: (world: TestWorld) => Promise<void>;
}

export interface TestResult extends TestOutcome {
  readonly title: string;
  /** Of the title. */
  readonly span: Span;
  readonly outcome: "passed" | "failed";
  readonly durationMs: number;
}

export interface TestReport {
  /** In the order of the request; where the signal aborted, those that had come to their end. */
  readonly results: readonly TestResult[];
  /** Empty unless asked for. */
  readonly coverage: readonly Place[];
}

/** Runs tests; a test that fails is a result, and a failure is what kept all of them from running. */
export async function runTests(request: TestRunRequest): Promise<Result<TestReport>> {
  const { suite, tests, sources, stopwatch, signal } = request;
  const { plan, atoms } = suite;
  const { coverageOf } = await import("../sim/test-coverage.ts");
  const { runTest } = await import("../sim/test-run.ts");
  const coverage = request.hasCoverage ? coverageOf(plan, atoms) : null;
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const textOf = ({ file, start, end }: Span) => (texts.get(file) ?? "").slice(start, end);
  const results: TestResult[] = [];
  let next = 0;

  // A test of years is cut off as well: nobody waits for its end.
  const onJudged = async (world: TestWorld) => {
    signal?.throwIfAborted();
    await coverage?.onJudged(world);
  };
  const runOne = async (bench: TestBench, test: Test): Promise<TestResult> => {
    const { title, span } = test;
    const start = stopwatch();
    const hooks = { onJudged, onEnd: request.onEnd ?? coverage?.onEnd ?? null };
    const outcome = await runTest(bench, { test, atoms, textOf, ...hooks });
    const isFine = outcome.findings.length === 0;
    return { title, span, outcome: isFine ? "passed" : "failed", durationMs: stopwatch() - start, ...outcome };
  };
  const lane = () =>
    withBench(plan, async (bench) => {
      for (let index = next++; index < tests.length && !signal?.aborted; index = next++) {
        const test = tests[index];
        if (test) results[index] = await runOne(bench, test);
      }
    }).catch((error): Result<void> => {
      if (!signal?.aborted || error !== signal.reason) throw error;
      return { ok: true, value: undefined };
    });
  const lanes = Math.min(request.lanes ?? 2 * availableParallelism(), tests.length);
  const ended = await Promise.all(Array.from({ length: lanes }, lane));
  const broken = ended.find((end) => !end.ok);
  if (broken && !broken.ok) return broken;
  return {
    ok: true,
    value: { results: results.filter((result) => result !== undefined), coverage: coverage?.places() ?? [] },
  };
}

/** One thread for each lane: a test has few rows, and the lanes share the cores. */
async function withBench(plan: Plan, work: (bench: TestBench) => Promise<void>): Promise<Result<void>> {
  const { openDatabase } = await import("../store/duckdb.ts");
  const opened = await openDatabase(":memory:", { threads: 1 });
  if (!opened.ok) return opened;
  try {
    return await caught(async () => {
      const bench = await benchOn(opened.value, plan);
      if (!bench.ok) return bench;
      await work(bench.value);
      return { ok: true, value: undefined };
    });
  } finally {
    await opened.value.close();
  }
}

async function benchOn(database: Database, plan: Plan): Promise<Result<TestBench>> {
  const { ensureCatalog } = await import("../store/catalog-tables.ts");
  const { renderFor } = await import("../rendering.ts");
  const { testBench } = await import("../sim/test-world.ts");
  const { forgetRows } = await import("../preserving/forgotten-rows.ts");
  const made = await ensureCatalog(database, plan.catalog);
  if (!made.ok) return made;
  const forget: TestBench["forget"] = (key, onFound) => forgetRows(database, plan, { key, onFound });
  return { ok: true, value: await testBench(database, plan, { render: renderFor(plan), forget }) };
}
