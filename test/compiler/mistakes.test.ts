// One mistake gives one error, whatever follows from it; and nothing that is written makes the compiler throw.

import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { compileWithPrelude, prelude, world } from "./project.ts";

function sourcesIn(folder: string): readonly SourceFile[] {
  const url = new URL(`../../${folder}/`, import.meta.url);
  const names = readdirSync(url).filter((name) => name.endsWith(".cdz") && !name.startsWith("alternatives"));
  return names.map((path) => ({ path, text: readFileSync(new URL(path, url), "utf8") }));
}

const anyBody = { ...world, body: (path: string) => ({ kind: "text", path, text: "Hello\n" }) as const };
const errorsOf = (sources: readonly SourceFile[]) => compile(sources, anyBody).diagnostics.filter(isError);

const token = /#[^\n]*|"(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z0-9_]*|\d[\w:.%-]*|[<>=!]=|[^\s]/g;

/** Every token that is no comment. */
function tokensOf(text: string): readonly { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(token)]
    .filter(([found]) => !found.startsWith("#"))
    .map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

/** Projects in which each word is needed: the starter, the demo, and what compiles of the golden files. */
const preludeFile = { path: "prelude.cdz", text: prelude };
const projects: readonly (readonly [string, readonly SourceFile[]])[] = [
  ["examples/starter", sourcesIn("examples/starter")],
  ["examples/onboarding", sourcesIn("examples/onboarding")],
  ...[
    "good-load",
    "good-parameters",
    "good-program",
    "whole-heads-and-steps",
    "whole-delivery",
    "whole-emails",
    "whole-aggregates",
    "whole-chains",
    "whole-changes",
    "whole-derived",
    "whole-scores-and-funnels",
    "whole-stages",
    "whole-texts-and-lists",
    "whole-words",
  ].map((name): [string, readonly SourceFile[]] => {
    const text = readFileSync(new URL(`../golden/compiler/${name}.cdz`, import.meta.url), "utf8");
    return [name, [preludeFile, { path: "main.cdz", text }]];
  }),
];

/** Many projects share their prelude: beside each of them every fifth of its words is taken out, beside the next one others. */
const isTurn = (path: string, project: string, word: number): boolean => {
  if (path !== preludeFile.path) return true;
  return (word + projects.findIndex(([name]) => name === project)) % 5 === 0;
};

describe.each(projects)("taking one word out of %s", (project, sources) => {
  test("is no mistake before", () => {
    expect(errorsOf(sources)).toEqual([]);
  });
  for (const { path, text } of sources) {
    test(`${path} gives one error at most`, () => {
      const words = tokensOf(text).filter((_, index) => isTurn(path, project, index));
      const many = words.flatMap(({ start, end }) => {
        const shorter = text.slice(0, start) + text.slice(end);
        const found = errorsOf(sources.map((source) => (source.path === path ? { path, text: shorter } : source)));
        return found.length > 1 ? [`${text.slice(start, end)}: ${found.map(({ text }) => text).join(" | ")}`] : [];
      });
      expect(many).toEqual([]);
    });
  }
});

describe("a load with one mistake", () => {
  test.each([
    ["purchased", "contct from c  at from t  amount from a", "E810"],
    ["purchased", "contact from c  att from t  amount from a", "E810"],
    ["purchased", "contact from c  amount from a", "E812"],
    ["company", "domian from d", "E810"],
  ])("of %s has one error: %s", (target, mappings, code) => {
    const found = compileWithPrelude(`load ${target} from csv "a.csv" < ${mappings} >`).diagnostics.filter(isError);
    expect(found.map((error) => error.code)).toEqual([code]);
  });
  test("of companies says that they are not declared", () => {
    const alone = prelude.replace(/^company .*\n/m, "");
    const { diagnostics } = compile(
      [{ path: "main.cdz", text: `${alone}load company from csv "a.csv" < domain from d >` }],
      anyBody,
    );
    expect(diagnostics.map(({ text }) => text)).toEqual(["There is no declaration of `company` in this project."]);
  });
});

test("a bare word in `where` offers `field` for a property of the event, not for a field of the contact", () => {
  const fixes = (word: string) =>
    compileWithPrelude(`segment A where purchased where (product = ${word})`).diagnostics[0]?.fixes.map(
      (fix) => fix.text,
    );
  expect(fixes("order_id")).toContain("Write `field order_id`");
  expect(fixes("first_name")).not.toContain("Write `field first_name`");
});

test("a blank postal address is none", () => {
  const { diagnostics } = compile(
    [{ path: "main.cdz", text: prelude.replace(/postal address ".*"/, 'postal address " "') }],
    anyBody,
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(["E703"]);
});

describe("a word that the parser reported", () => {
  test.each([
    ["segment A where seats > 1__000", "E108"],
    ["segment A where seats = 9:00", "E110"],
    ["segment A where größe > 3", "E113"],
    ["segment email where vip is yes", "E112"],
    ["segment 3A where vip is yes", "E113"],
  ])("is not judged again for what it was mended to: %s", (text, code) => {
    const { diagnostics } = compileWithPrelude(text);
    expect(diagnostics.map((found) => found.code)).toEqual([code]);
  });
});

describe("the examples of the language", () => {
  const sources = sourcesIn("test/golden/grammar/examples");
  const line = ({ code, span }: Diagnostic) => {
    const text = sources.find(({ path }) => path === span.file)?.text ?? "";
    return `${code} ${text.slice(span.start, span.end)}`;
  };
  test("use nothing that is wrong", () => {
    expect(errorsOf(sources).map(line)).toEqual([]);
  });
  test("have a plan, since whatever is right runs", () => {
    expect(compile(sources, anyBody).plan?.programs.length).toBeGreaterThan(1);
  });
});

describe("whatever is written", () => {
  const parts = [...sourcesIn("examples/starter"), ...sourcesIn("test/golden/grammar/examples")]
    .map(({ text }) => text)
    .flatMap((text) => tokensOf(text).map(({ start, end }) => text.slice(start, end)));
  const starter = sourcesIn("examples/starter");
  test("in any order, it compiles or is reported", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 40 }), (words) => {
        const { plan, diagnostics } = compile([...starter, { path: "more.cdz", text: words.join(" ") }], anyBody);
        expect(plan === null).toBe(diagnostics.some(isError));
      }),
      { numRuns: 25 },
    );
  });
  test("with words of the starter exchanged, it compiles or is reported", () => {
    const places = starter.flatMap(({ path, text }) => tokensOf(text).map((place) => ({ path, ...place })));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...parts), ({ path, start, end }, word) => {
        const changed = starter.map((source) =>
          source.path === path ? { path, text: source.text.slice(0, start) + word + source.text.slice(end) } : source,
        );
        const { plan, diagnostics } = compile(changed, anyBody);
        expect(plan === null).toBe(diagnostics.some(isError));
      }),
      { numRuns: 25 },
    );
  });
});
