// Small projects with tests, compiled and run in this process.

import { readFileSync } from "node:fs";
import { isZone } from "../../compiler/calendar.ts";
import { compileTests } from "../../compiler/compile.ts";
import type { Body, World } from "../../compiler/world.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { runTests, type TestReport } from "../../runtime/sources/testing.ts";
import { valueFrom } from "../support/scratch.ts";

/** People, events, emails and two programs. */
export const prelude = readFileSync(new URL("../golden/tests/prelude.txt", import.meta.url), "utf8");

export interface Ran {
  readonly report: TestReport;
  readonly sources: readonly SourceFile[];
}

export interface RunChoices {
  readonly hasCoverage?: boolean;
  readonly lanes?: number;
  /** Where the bodies of mails lie. */
  readonly folder?: URL | null;
}

function bodyIn(folder: URL | null, path: string): Body {
  if (folder === null) return { kind: "missing" };
  return { kind: "text", path, text: readFileSync(new URL(path, folder), "utf8") };
}

/** Time stands still, so that reports are the same each time. */
export async function runProject(sources: readonly SourceFile[], choices: RunChoices = {}): Promise<Ran> {
  const { hasCoverage = false, lanes = 2, folder = null } = choices;
  const world: World = { library: [], isZone, body: (path) => bodyIn(folder, path) };
  const { suite, diagnostics, sources: texts } = compileTests(sources, world);
  if (!suite) {
    throw new Error(
      diagnostics
        .filter(isError)
        .map(({ code, text }) => `${code} ${text}`)
        .join("\n"),
    );
  }
  const request = { suite, tests: suite.tests, sources: texts, hasCoverage, stopwatch: () => 0, lanes };
  return { report: valueFrom(await runTests(request)), sources: texts };
}

/** The text beside the prelude. */
export function runWithPrelude(text: string, hasCoverage = false): Promise<Ran> {
  return runProject(
    [
      { path: "main.cdz", text },
      { path: "prelude.cdz", text: prelude },
    ],
    { hasCoverage },
  );
}

/** What became of each test, by its title: `passed`, or what was seen and said instead. */
export async function outcomes(text: string): Promise<Readonly<Record<string, string>>> {
  const { report } = await runWithPrelude(text);
  return Object.fromEntries(
    report.results.map(({ title, outcome, findings }) => {
      const said = findings.map((finding) =>
        finding.kind === "unexpected"
          ? finding.seen
          : finding.kind === "impossible"
            ? finding.reason
            : finding.failure.text,
      );
      return [title, outcome === "passed" ? outcome : said.join(" | ")];
    }),
  );
}
