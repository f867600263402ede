// Findings as JUnit's XML: a suite for each file, a failed case for each finding that fails the check.

import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { type Findings, grouped, isFailing, linesOf } from "./findings.ts";
import { placesIn } from "./places.ts";
import { element, textElement, xmlHead } from "./xml.ts";

/** What is below the level that fails is a case that passed and says what was found; a file without findings has one case. */
export function renderJunit({ diagnostics, sources, files, folder, failLevel }: Findings): string {
  const placeOf = placesIn(sources);
  const caseOf = (finding: Diagnostic): string => {
    const { start, isKnown } = placeOf(finding.span);
    const at = isKnown ? `:${start.line}:${start.column}` : "";
    const classname = folder + finding.span.file;
    const text = [`${classname}${at}: ${finding.severity} ${finding.code}`, ...linesOf(finding)].join("\n");
    const outcome = isFailing(finding, failLevel)
      ? textElement("failure", { type: finding.code, message: finding.text }, text)
      : textElement("system-out", {}, text);
    return element("testcase", { classname, name: `${finding.code}${at}` }, [outcome]);
  };
  const failures = (list: readonly Diagnostic[]) => list.filter((finding) => isFailing(finding, failLevel)).length;
  const found = grouped(diagnostics, ({ span }) => span.file);
  const suites = [...new Set([...files, ...found.keys()])].map((path) => {
    const list = found.get(path) ?? [];
    const name = folder + path;
    const cases =
      list.length === 0 ? [element("testcase", { classname: name, name: "no findings" })] : list.map(caseOf);
    return {
      tests: cases.length,
      text: element("testsuite", { name, ...counts(cases.length, failures(list)) }, cases),
    };
  });
  const tests = suites.reduce((sum, suite) => sum + suite.tests, 0);
  const all = { name: "cadenza check", ...counts(tests, failures(diagnostics)) };
  return `${xmlHead}${element(
    "testsuites",
    all,
    suites.map(({ text }) => text),
  )}\n`;
}

const counts = (tests: number, failures: number) => ({ tests, failures, errors: 0 });
