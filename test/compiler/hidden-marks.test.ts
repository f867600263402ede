// Marks that turn a line round, and letters that look like others: told at their place, and never shown raw.

import { describe, expect, test } from "vitest";
import { renderCompact, renderPretty } from "../../grammar/render.ts";
import { compile } from "../../compiler/compile.ts";
import { compileWithPrelude, prelude, world } from "./project.ts";

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

describe("in the file of a mail", () => {
  const mails = `email offer < subject "Sale"  body "mail/x.md"  topic tips >
email more < subject "More"  body "mail/x.md"  topic tips >
`;
  const toldOf = (text: string) =>
    compile(
      [
        { path: "prelude.cdz", text: prelude },
        { path: "main.cdz", text: mails },
      ],
      { ...world, body: (path) => ({ kind: "text", path, text }) },
    ).diagnostics.filter(({ span }) => span.file === "mail/x.md");

  test.each(marks)("a mark in a line is one warning at the first, and its fix removes all of the line", (mark) => {
    const text = `Hello,\r\n\r\nbuy ${mark}now${mark}!\nBye ${mark}.\n`;
    const found = toldOf(text);
    expect(found.map(({ code, span }) => [code, span.start])).toEqual([
      ["W152", text.indexOf(mark)],
      ["W152", text.lastIndexOf(mark)],
    ]);
    const edits = found.flatMap(({ fixes }) => fixes[0]?.edits ?? []).reverse();
    const mended = edits.reduce((rest, { span }) => rest.slice(0, span.start) + rest.slice(span.end), text);
    expect(mended).toBe(without(text, mark));
  });

  test("what a line from right to left needs is no finding, an override is one", () => {
    expect(toldOf("\u05e9\u05dc\u05d5\u05dd \u2066Acme\u2069\u200F!\n")).toEqual([]);
    expect(toldOf("\u05e9\u05dc\u05d5\u05dd \u202EAcme\u202C!\n").map(({ code }) => code)).toEqual(["W152"]);
  });

  test("letters that look like others are told", () => {
    const text = "Hello,\n\n\u0412uy now: \u0441\u043a\u0438\u0434\u043a\u0430\n";
    expect(toldOf(text).map(({ code, span }) => [code, text.slice(span.start, span.end)])).toEqual([
      ["W151", "\u0412uy"],
    ]);
  });
});
