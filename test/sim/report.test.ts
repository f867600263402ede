// Results for other tools: JUnit XML that any parser reads, and coverage that counts what was met.

import fc from "fast-check";
import { Parser } from "htmlparser2";
import { describe, expect, test } from "vitest";
import { coverageSummary, renderJunit } from "../../runtime/sources/test-report.ts";
import type { TestResult } from "../../runtime/sources/testing.ts";
import { outcomes, runWithPrelude } from "./project.ts";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

function elementsOf(xml: string): readonly Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        const element = { name, attributes, text: "" };
        elements.push(element);
        open.push(element);
      },
      ontext: (text) => {
        const inner = open.at(-1);
        if (inner) inner.text += text;
      },
      onclosetag: (name) => {
        expect(open.pop()?.name).toBe(name);
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  expect(open).toEqual([]);
  return elements;
}

const result = (title: string, seen: string): TestResult => ({
  title,
  span: { file: "a.cdz", start: 0, end: 4 },
  outcome: "failed",
  durationMs: 1500,
  findings: [{ kind: "unexpected", span: { file: "a.cdz", start: 0, end: 4 }, at: "2026-01-05 09:00", seen }],
  timelines: [],
});

describe("JUnit", () => {
  test("says what failed, and how long it took", () => {
    const results: readonly TestResult[] = [
      result('a < b & "c"', "it's > 3"),
      { ...result("b", ""), outcome: "passed", findings: [] },
    ];
    const elements = elementsOf(renderJunit({ results, coverage: [] }, [{ path: "a.cdz", text: "test" }]));
    const counts = { tests: "2", failures: "1", errors: "0", time: "3.000" };
    expect(elements.map(({ name, attributes }) => [name, attributes])).toEqual([
      ["testsuites", { name: "cadenza", ...counts }],
      ["testsuite", { name: "a.cdz", ...counts }],
      ["testcase", { name: 'a < b & "c"', classname: "a", file: "a.cdz", line: "1", time: "1.500" }],
      ["failure", { message: "Expected: test.", type: "E870" }],
      ["testcase", { name: "b", classname: "a", file: "a.cdz", line: "1", time: "1.500" }],
    ]);
    expect(elements[3]?.text).toContain("Seen at 2026-01-05 09:00: it's > 3.");
  });
  test("holds whatever a title or a value holds", () => {
    const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(anyText, anyText, (title, seen) => {
        const xml = renderJunit({ results: [result(title, seen)], coverage: [] }, [{ path: "a.cdz", text: "test" }]);
        expect(xml).not.toMatch(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u);
        const [, , testcase] = elementsOf(xml);
        const legal = title.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
        expect(testcase?.attributes.name).toBe(legal);
      }),
    );
  });
});

describe("coverage", () => {
  const missed = async (text: string) => {
    const { report, sources } = await runWithPrelude(text, true);
    const summary = coverageSummary(report.coverage, sources);
    const rows = Object.fromEntries(summary.rows.map(({ kind, name, met, all }) => [`${kind} ${name}`, [met, all]]));
    return { rows, missed: summary.missed.map(({ place, text }) => `${place} ${text}`) };
  };
  test("counts nothing where nothing happens", async () => {
    const { rows } = await missed('test "nobody" < given ana >');
    expect(rows).toEqual({
      "program hello": [0, 16],
      "program winners": [0, 4],
      "segment Customers": [1, 2],
      "segment Regulars": [1, 2],
      "segment Quiet": [2, 4],
    });
  });
  test("counts each way through each step, and each condition met both ways", async () => {
    const found = await missed(`
      test "one way" <
        given ana < role = user  seats = 4 >
        given bob purchased 4 times 2d ago
        given bob received welcome 3 times 10d ago
        given bob opened welcome 3d ago
        given cem subscribed to news
        given dee
        when ana signed_up
        when cem signed_up
        after 4d
        when cem opened welcome
        after 20d
        when ana purchased
        expect ana reached goal of hello
        after 40d
      >`);
    expect(found.rows).toEqual({
      "program hello": [12, 16],
      "program winners": [3, 4],
      "segment Customers": [2, 2],
      "segment Regulars": [2, 2],
      "segment Quiet": [4, 4],
    });
    expect(found.missed).toEqual([
      "prelude.cdz:20:1 hello: somebody leaves by `exit when`",
      "prelude.cdz:30:5 hello: `send nudge only if seats < 10` is skipped",
      "prelude.cdz:32:3 hello: `if role = user and seats >= 3` branch 2",
      "prelude.cdz:32:87 hello: `stop` is reached",
      "prelude.cdz:34:1 winners: somebody leaves by `exit when`",
    ]);
  });
});

test("what a project declares and nothing touches does not keep it from being tested", async () => {
  const signedUp = (title: string) => `test "${title}" < given ana  when ana signed_up  expect ana was sent welcome >`;
  const harmless = [
    'webhook crm "https://crm.example/hook"',
    'team sales "Sales"',
    "score Engagement < opened adds 1 up to 10 >",
    "funnel Lifecycle < stage lead >",
    "vocabulary health < prospect means patient >",
    "report weekly < every monday 08:00  for hello  show entered >",
    'load contact from csv "a.csv" refresh every 1h < id from id  email from email >',
    "segment Moved where stage Lifecycle changed in 30d",
    'email chart < subject "A"  text "B"  topic tips  skip caps >',
  ];
  expect(await outcomes([...harmless, signedUp("it runs")].join("\n"))).toEqual({ "it runs": "passed" });
});
