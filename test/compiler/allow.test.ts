// Allowances on declarations of every kind: made-up findings at their first and last words are taken away.

import { describe, expect, test } from "vitest";
import { applyAllowances } from "../../compiler/allow.ts";
import type { Declaration } from "../../grammar/ast/file.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { parse } from "../../grammar/parse.ts";
import { examples } from "../grammar/examples.ts";

const parsed = (text: string) => parse({ path: "a.cdz", text }).file;
const warningAt = (start: number, end: number) => diagnose("W401", { file: "a.cdz", start, end }, {});
const around = ({ span }: Declaration) => [warningAt(span.start, span.start + 1), warningAt(span.end - 1, span.end)];

/** The codes that are left of the findings. */
function left(text: string, findings: ReturnType<typeof around>): readonly string[] {
  return applyAllowances([parsed(text)], findings).map(({ code }) => code);
}

const declarations = examples.flatMap(({ text }) =>
  parsed(text).declarations.map(({ kind, span }) => ({ kind, text: text.slice(span.start, span.end) })),
);

describe.each(["\n", "\r\n"])("with lines that end in %j", (lineEnd) => {
  const lines = (...list: readonly string[]) => list.join("\n").replace(/\r?\n/g, lineEnd);

  test("a comment above a declaration of any kind covers it from its first word to its last", () => {
    const kinds = new Set<string>();
    for (const { kind, text } of declarations) {
      kinds.add(kind);
      for (const between of [[], ["## A doc.", ""], ["", "# another comment"]]) {
        const whole = lines("use aa", "# allow W401 because it is a test", ...between, text, "use zz", "");
        const file = parsed(whole);
        const [before, node, behind] = file.declarations;
        if (!before || !node || !behind) throw new Error(whole);
        expect(left(whole, around(node)), whole).toEqual([]);
        // Nothing else is covered, so the comment is idle too.
        expect(left(whole, around(before))).toEqual(["W401", "W401", "W830"]);
        expect(left(whole, around(behind))).toEqual(["W401", "W401", "W830"]);
      }
    }
    expect(kinds.size).toBe(23);
  });

  test("a comment behind a line covers that line", () => {
    const text = lines("segment A where", "  opened # allow W401 because of the test", "  and clicked", "");
    expect(left(text, [warningAt(text.indexOf("opened"), text.indexOf("opened") + 6)])).toEqual([]);
    expect(left(text, [warningAt(text.indexOf("clicked"), text.length)])).toEqual(["W401", "W830"]);
  });

  test("several codes share a comment and its reason, and each must have something to allow", () => {
    const text = lines("# allow W401, W402 and W830 because of the test", "segment A where opened", "");
    const complaints = applyAllowances([parsed(text)], [warningAt(text.indexOf("opened"), text.length)]);
    expect(complaints.map(({ code, text }) => [code, text.match(/`(.*?)`/)?.[1]])).toEqual([
      ["W830", "W402"],
      ["W830", "W830"],
    ]);
    expect(
      left(
        text.replace(" because of the test", ""),
        around({ span: { file: "a.cdz", start: 60, end: 61 } } as Declaration),
      ),
    ).toContain("W831");
  });
});
