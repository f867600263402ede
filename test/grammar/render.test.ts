import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { displayWidth } from "../../grammar/display-width.ts";
import { renderCompact, renderPretty } from "../../grammar/render.ts";

const path = "a.cdz";
function about(text: string, part: string, more: Partial<Diagnostic> = {}): Diagnostic {
  const start = text.indexOf(part);
  const span = { file: path, start, end: start + part.length };
  return {
    code: "W401",
    severity: "warning",
    span,
    text: "Mind this.",
    why: "",
    fixes: [],
    related: [],
    example: null,
    ...more,
  };
}
const lines = (text: string, part: string, more: Partial<Diagnostic> = {}): readonly string[] =>
  renderPretty([about(text, part, more)], [{ path, text }]).split("\n");

describe("the underline stands under its text", () => {
  test.each([
    ["plain", "ab cd ef", "cd", "     ^^"],
    ["behind a tab", "\tab", "ab", "      ^^"],
    ["over a tab", "a\tb", "\tb", "   ^^^^"],
    ["behind wide characters", "日本 ab", "ab", "       ^^"],
    ["under wide characters", "a 日本", "日本", "    ^^^^"],
    ["behind combining characters", "e\u0301e\u0301 ab", "ab", "     ^^"],
    ["behind an emoji", "👩‍👩‍👧 ab", "ab", "     ^^"],
    ["at nothing", "ab", "", "  ^"],
  ])("%s", (_, text, part, expected) => {
    const [, source = "", underline = ""] = lines(text, part);
    expect(underline.slice(underline.indexOf("|") + 1)).toBe(` ${expected.slice(2)}`);
    expect(displayWidth(source)).toBeGreaterThanOrEqual(displayWidth(underline) - 1);
  });
});

test("head, snippet, reason, related places and fixes stand in the documented layout", () => {
  const text = "segment A where\n  not opened in 90d\n";
  const fix = { kind: "suggested", text: "add  and received in 90d", edits: [] } as const;
  const related = [{ span: { file: path, start: 8, end: 9 }, text: "declared here" }];
  expect(
    renderPretty([about(text, "not opened in 90d", { why: "A reason.", fixes: [fix], related })], [{ path, text }]),
  ).toBe(
    [
      `${"W401  Mind this.".padEnd(70)}a.cdz:2:3`,
      "  2 |   not opened in 90d",
      "    |   ^^^^^^^^^^^^^^^^^",
      "  1 | segment A where",
      "    |         ^ declared here",
      "  A reason.",
      "  Fix (changes meaning): add  and received in 90d",
      "",
    ].join("\n"),
  );
});

test("a long line is shown around the place only", () => {
  const text = `${"x ".repeat(50_000)}here${" y".repeat(50_000)}`;
  const [, source = "", underline = ""] = lines(text, "here");
  expect(source.length).toBeLessThan(200);
  expect(source.slice(underline.indexOf("^"), underline.lastIndexOf("^") + 1)).toBe("here");
});

test("control characters never reach the terminal", () => {
  const shown = lines("a \u001b[31m \u202e b", "b", { text: "Odd \u001b[2J." }).join("\n");
  expect(shown).not.toContain("\u001b");
  expect(shown).not.toContain("\u202e");
});

test("the end of a file, an empty file and an unknown file have a place", () => {
  expect(lines("use a", "", { span: { file: path, start: 5, end: 5 } })[2]).toBe("    |      ^");
  expect(lines("", "")[0]).toMatch(/a\.cdz:1:1$/);
  expect(renderPretty([about("x", "x")], [])).toBe(`${"W401  Mind this.".padEnd(70)}a.cdz\n`);
});

test("compact is one line for each", () => {
  const text = "use a\nuse b";
  const both = [about(text, "use a"), about(text, "b", { severity: "error", text: "Two\nlines." })];
  expect(renderCompact(both, [{ path, text }])).toBe(
    "a.cdz:1:1: warning W401 Mind this.\na.cdz:2:5: error W401 Two lines.\n",
  );
});
