// Marks that turn a line round, and letters that look like others: told at their place, and never shown raw.

import { describe, expect, test } from "vitest";
import { renderCompact, renderPretty } from "../../grammar/render.ts";
import { compileWithPrelude } from "./project.ts";

const between = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index));
const marks = [...between(0x202a, 0x202e), ...between(0x2066, 0x2069), "\u200E", "\u200F", "\u061C"];
const email = (subject: string) => `email offer < subject "${subject}"  text "Hello"  topic tips >\n`;
const told = (text: string) =>
  compileWithPrelude(text).diagnostics.filter(({ span, code }) => span.file === "main.cdz" && code !== "W841");
const without = (text: string, mark: string) => text.replaceAll(mark, "");

describe.each(
  marks.map((mark) => ({ mark, code: `U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}` })),
)("$code", ({ mark, code }) => {
  test.each([
    { where: "a text", text: email(`Sale ${mark}now${mark}`), kind: "suggested" },
    { where: "a comment", text: `# Sale ${mark}now${mark}\n${email("Sale")}`, kind: "safe" },
  ])("in $where is one warning, at the first of them, and its fix removes all", ({ text, kind }) => {
    const found = told(text);
    expect(found.map((each) => [each.code, each.severity, each.span.start, each.span.end])).toEqual([
      ["W152", "warning", text.indexOf(mark), text.indexOf(mark) + 1],
    ]);
    expect(found[0]?.text).toContain(code);
    const [fix] = found[0]?.fixes ?? [];
    expect(fix?.kind).toBe(kind);
    const backwards = [...(fix?.edits ?? [])].reverse();
    const mended = backwards.reduce((rest, { span }) => rest.slice(0, span.start) + rest.slice(span.end), text);
    expect(mended).toBe(without(text, mark));
    const sources = [{ path: "main.cdz", text }];
    expect(renderPretty(found, sources)).not.toContain(mark);
    expect(renderPretty(found, sources)).toContain(`‹${code}›`);
    expect(renderCompact(found, sources)).not.toContain(mark);
  });

  test("in a name is an error", () => {
    const text = `segment Bo${mark}b where seats > 3\n`;
    const [found] = told(text);
    expect([found?.code, found?.severity, found?.span.start]).toEqual(["E114", "error", text.indexOf(mark)]);
    expect(renderPretty(told(text), [{ path: "main.cdz", text }])).not.toContain(mark);
  });
});

test("a mark that says where a sign belongs may stand beside letters from right to left, an override may not", () => {
  expect(told(email("שלום\u200F!"))).toEqual([]);
  expect(told(email("שלום\u202E!")).map(({ code }) => code)).toEqual(["W152"]);
});

test("a finding about a mark can be allowed", () => {
  expect(told(`# allow W152 because the brand is written so\n${email("Sale \u2067now\u2069")}`)).toEqual([]);
});

test("a word of a text that mixes Latin letters with such as look like them is told, one of another script is not", () => {
  const text = email("Вuy now: скидка");
  const found = told(text);
  expect(found.map(({ code, span }) => [code, text.slice(span.start, span.end)])).toEqual([["W151", "Вuy"]]);
  expect(found[0]?.fixes.map(({ kind, edits }) => [kind, edits[0]?.text])).toEqual([["suggested", "Buy"]]);
});
