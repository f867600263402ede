// Every expectation can fail: turned into its opposite, it does.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Test } from "../../grammar/ast/suite.ts";
import { parse } from "../../grammar/parse.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { prelude, runProject } from "./project.ts";

/** The opposite of an expectation, as text; where there is none, something that can only hold if it does not. */
function opposite(clause: string, programOf: (label: string) => string): string {
  const pairs: readonly (readonly [RegExp, string])[] = [
    [/^expect between (\d+) and (\d+) /, "expect 1_000_000 "],
    [/^expect \d+ /, "expect 1_000_000 "],
    [/ is unknown$/, " is known"],
    [/ is known$/, " is unknown"],
    [/( of \w+) = .*$/s, "$1 is unknown"],
    [/ was not sent /, " was sent "],
    [/ was sent /, " was not sent "],
    [/ not in /, " in "],
    [/ is not in program /, " is in program "],
    [/ is in program /, " is not in program "],
    [/ left /, " is in program "],
    [/ reached goal of /, " is in program "],
    [/ in /, " not in "],
  ];
  const label = / is at (\w+)$/.exec(clause)?.[1];
  if (label !== undefined) return clause.replace(/ is at .*/, ` is not in program ${programOf(label)}`);
  const [from, to] = pairs.find(([pattern]) => pattern.test(clause)) ?? [/$/, ""];
  return clause.replace(from, to);
}

interface Mutant {
  readonly title: string;
  readonly source: string;
  readonly expectations: number;
}

/** The test with all its expectations turned round. */
function mutantOf({ text }: SourceFile, node: Test, programOf: (label: string) => string): Mutant {
  const clauses = node.clauses.map(({ kind, span }) => {
    const clause = text.slice(span.start, span.end);
    return kind.startsWith("expect") ? opposite(clause, programOf) : clause;
  });
  const title = node.title.value;
  const expectations = node.clauses.filter(({ kind }) => kind.startsWith("expect")).length;
  return { title, source: `test "${title}" <\n  ${clauses.join("\n  ")}\n>\n`, expectations };
}

function sourcesIn(folder: string): readonly SourceFile[] {
  const url = new URL(`../../${folder}/`, import.meta.url);
  const names = readdirSync(url).filter((name) => name.endsWith(".cdz"));
  return names.map((path) => ({ path, text: readFileSync(new URL(path, url), "utf8") }));
}

const golden = new URL("../golden/tests/good-clauses.cdz", import.meta.url);
const projects: readonly (readonly [string, readonly SourceFile[]])[] = [
  [
    "the clauses",
    [
      { path: "prelude.cdz", text: prelude },
      { path: "main.cdz", text: readFileSync(golden, "utf8") },
    ],
  ],
  ["examples/starter", sourcesIn("examples/starter")],
  ["examples/onboarding", sourcesIn("examples/onboarding")],
];

describe.each(projects)("of %s", (name, sources) => {
  test("each expectation, turned round, fails", async () => {
    const folder = name.startsWith("examples") ? new URL(`../../${name}/`, import.meta.url) : null;
    const parsed = sources.map((source) => ({ source, file: parse(source).file }));
    const programs = parsed.flatMap(({ file, source }) =>
      file.declarations.flatMap((node) =>
        node.kind === "program"
          ? [{ name: node.name.text, text: source.text.slice(node.span.start, node.span.end) }]
          : [],
      ),
    );
    const programOf = (label: string) => programs.find(({ text }) => text.includes(` as ${label}`))?.name ?? "";
    const mutants = parsed.flatMap(({ source, file }) =>
      file.declarations.flatMap((node) => (node.kind === "test" ? [mutantOf(source, node, programOf)] : [])),
    );
    expect(mutants.length).toBeGreaterThan(3);
    const without = parsed.map(({ source, file }) => ({
      path: source.path,
      text: file.declarations
        .filter(({ kind }) => kind !== "test")
        .map(({ span }) => source.text.slice(span.start, span.end))
        .join("\n"),
    }));
    const extra = { path: "mutants.cdz", text: mutants.map(({ source }) => source).join("\n") };
    const { report } = await runProject([...without, extra], { folder });
    const failed = report.results.map(({ title, findings }) => {
      return { title, expectations: findings.filter(({ kind }) => kind === "unexpected").length };
    });
    expect(failed).toEqual(mutants.map(({ title, expectations }) => ({ title, expectations })));
  }, 120_000);
});
