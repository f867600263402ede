// The formats of `check`: one golden file each, and what every document of a format must be, whatever was found.

import Ajv from "ajv";
import Ajv4 from "ajv-draft-04";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import type { Diagnostic, Person } from "../../grammar/diagnostics/entry.ts";
import { type Findings, linesOf } from "../../runtime/findings/findings.ts";
import { formatNames, renderAs } from "../../runtime/findings/formats.ts";
import { sample } from "./sample.ts";

const schema = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

test("the sample has an error, a warning and a hint, safe and other fixes, another place, and an end on another line", () => {
  const { diagnostics } = sample;
  expect(new Set(diagnostics.map(({ severity }) => severity))).toEqual(new Set(["error", "warning", "hint"]));
  expect(new Set(diagnostics.flatMap(({ fixes }) => fixes.map(({ kind }) => kind)))).toEqual(
    new Set(["safe", "suggested"]),
  );
  expect(diagnostics.some(({ related }) => related.length > 0)).toBe(true);
});

test.each(formatNames)("%s", async (format) => {
  await expect(renderAs(format, sample)).toMatchFileSnapshot(`../golden/findings/${format}.expected`);
});

const word = fc.string({ unit: "binary", maxLength: 12 });
const source = fc.record({
  path: word.filter((path) => path !== ""),
  text: fc.string({ unit: "binary", maxLength: 60 }),
});
const spanIn = ({ path, text }: { readonly path: string; readonly text: string }) =>
  fc
    .tuple(fc.nat(text.length), fc.nat(text.length))
    .map(([one, other]) => ({ file: path, start: Math.min(one, other), end: Math.max(one, other) }));
const findings: fc.Arbitrary<Findings> = fc.array(source, { minLength: 1, maxLength: 3 }).chain((sources) => {
  const span = fc.oneof(
    ...sources.map(spanIn),
    word.filter((path) => path !== "").map((file) => ({ file, start: 0, end: 0 })),
  );
  const place = fc.record({ span, text: word });
  const fix = fc.record({
    kind: fc.constantFrom("safe" as const, "suggested" as const),
    text: word,
    edits: fc.array(place, { maxLength: 2 }),
  });
  const person: Person = {
    now: "2026-03-16T20:00:00.000Z",
    contact: { seats: 4, role: null, vip: true },
    company: { plan: "free" },
    events: [{ event: "purchased", at: "2026-03-15T20:00:00.000Z", properties: { amount: "5" }, countsIn: [] }],
    enrollment: null,
    startingEvent: {},
    lists: ["beta"],
    isSuppressed: false,
    consents: [{ topic: "news", isYes: true }],
  };
  const diagnostic: fc.Arbitrary<Diagnostic> = fc.record({
    code: fc.constantFrom("E101", "W401", "W830"),
    severity: fc.constantFrom("error" as const, "warning" as const, "hint" as const),
    span,
    text: word.filter((text) => text !== ""),
    why: word,
    fixes: fc.array(fix, { maxLength: 2 }),
    related: fc.array(place, { maxLength: 2 }),
    example: fc.option(fc.record({ text: word, person: fc.constant(person) })),
  });
  return fc.record({
    diagnostics: fc.array(diagnostic, { maxLength: 5 }),
    sources: fc.constant(sources),
    files: fc.constant(sources.map(({ path }) => path)),
    folder: fc.constantFrom("", "shops/", "../other shop/"),
    failLevel: fc.constantFrom("error" as const, "warning" as const, "hint" as const),
    version: fc.constant("1.2.3"),
  });
});
const both = (check: (found: Findings) => void) => {
  check(sample);
  fc.assert(fc.property(findings, check), { numRuns: 300 });
};

describe("whatever was found", () => {
  test("sarif validates against the schema of SARIF 2.1.0", () => {
    const ajv = new Ajv4.default({ strict: false, unicodeRegExp: false });
    addFormats.default(ajv);
    const validate = ajv.compile(schema("../support/sarif-2.1.0-rtm.5.json"));
    both((found) => {
      const log = JSON.parse(renderAs("sarif", found));
      expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
      expect(log.runs[0].results.length).toBe(found.diagnostics.length);
    });
    expect(validate({ version: "2.1.0", runs: [{ results: [] }] })).toBe(false);
  });

  test("json validates against its documented schema", () => {
    const validate = new Ajv.default().compile(schema("../../docs/check.schema.json"));
    both((found) => {
      const log = JSON.parse(renderAs("json", found));
      expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
    });
    expect(validate({ version: 1, diagnostics: [{ code: "E101" }] })).toBe(false);
  });

  test("a finding is one line of github, and its message comes back", () => {
    both((found) => {
      const lines = renderAs("github", found).split("\n").slice(0, -1);
      expect(lines.length).toBe(found.diagnostics.length);
      for (const [index, line] of lines.entries()) {
        expect(line).toMatch(/^::(error|warning|notice) file=[^\r\n]*,title=[EW]\d{3}::/);
        const [, properties = "", message = ""] = /^::\w+ (.*?)::(.*)$/s.exec(line) ?? [];
        const values = properties.split(",").map((each) => each.slice(each.indexOf("=") + 1));
        const unescaped = (text: string) => text.replace(/%(0D|0A|3A|2C|25)/g, (code) => decodeURIComponent(code));
        const finding = found.diagnostics[index];
        expect(unescaped(values[0] ?? "")).toBe(found.folder + finding?.span.file);
        expect(unescaped(message).split("\n").length).toBe(finding ? linesOf(finding).length : 0);
      }
    });
  });

  test.each(["junit", "checkstyle"] as const)(
    "%s is well-formed XML, and every message comes back but for what XML cannot hold",
    (format) => {
      both((found) => {
        const messages: string[] = [];
        const parser = new SaxesParser();
        parser.on("error", (error) => {
          throw error;
        });
        parser.on("opentag", ({ name, attributes }) => {
          if (name === "error" || name === "failure") messages.push(String(attributes.message));
        });
        parser.write(renderAs(format, found)).close();
        const weight = { hint: 0, warning: 1, error: 2 };
        const failing = ({ severity }: Diagnostic) => weight[severity] >= weight[found.failLevel];
        const wanted =
          format === "junit"
            ? found.diagnostics.filter(failing).map(({ text }) => text)
            : found.diagnostics.map((each) => linesOf(each).join("\n"));
        expect(messages.sort()).toEqual(
          wanted
            .map((text) => text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD"))
            .sort(),
        );
      });
    },
  );
});
