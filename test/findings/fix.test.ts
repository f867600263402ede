// Fixes applied until none is left: on texts whose findings a test makes up.

import { describe, expect, test } from "vitest";
import type { Diagnostic, Edit, Fix } from "../../grammar/diagnostics/entry.ts";
import { applyFixes, type FixLevel } from "../../runtime/findings/fix.ts";

const file = "a.cdz";
const edit = (start: number, end: number, text: string): Edit => ({ span: { file, start, end }, text });
const fix = (kind: Fix["kind"], ...edits: readonly Edit[]): Fix => ({ kind, text: "fix it", edits });
const finding = (code: string, at: number, ...fixes: readonly Fix[]): Diagnostic => ({
  code,
  severity: code.startsWith("E") ? "error" : "warning",
  span: { file, start: at, end: at + 1 },
  text: code,
  why: "",
  fixes,
  related: [],
  example: null,
});
const places = (text: string, word: string): readonly number[] =>
  [...text.matchAll(new RegExp(word, "g"))].map(({ index }) => index);

/** Fixes `text`, in which `judge` finds what it finds. */
function fixed(text: string, judge: (text: string) => readonly Diagnostic[], level: FixLevel = "safe") {
  const judged = (now: string) => ({ diagnostics: judge(now), sources: [{ path: file, text: now }] });
  let judgements = 0;
  const {
    texts,
    fixed,
    judged: last,
  } = applyFixes(
    {
      first: judged(text),
      judge: (changed) => {
        judgements++;
        return judged(changed.get(file) ?? text);
      },
      isOwn: (path) => path === file,
    },
    level,
  );
  return { text: texts.get(file) ?? text, count: fixed.length, left: last.diagnostics.length, judgements };
}

/** Each `a` may become `b`, each `b` may become `c`. */
const steps = (text: string) =>
  [["a", "b"] as const, ["b", "c"] as const].flatMap(([from, to]) =>
    places(text, from).map((at) => finding("E1", at, fix("safe", edit(at, at + 1, to)))),
  );

describe("fixes", () => {
  test("are applied together, and again while there are new ones", () => {
    expect(fixed("a b . a", steps)).toMatchObject({ text: "c c . c", count: 5, left: 0 });
  });
  test("that overlap or touch wait for each other", () => {
    const pairs = (text: string) =>
      places(text, "x(?=x)").map((at) => finding("W1", at, fix("safe", edit(at, at + 2, "x"))));
    expect(fixed("xxxx x", pairs)).toMatchObject({ text: "x x", left: 0 });
  });
  test("of several edits are taken whole or not at all", () => {
    const both = (text: string) => [
      ...places(text, "\\(").map((at) =>
        finding("W1", at, fix("safe", edit(at, at + 1, "<"), edit(text.indexOf(")"), text.indexOf(")") + 1, ">"))),
      ),
      ...places(text, "\\)").map((at) => finding("W2", at, fix("safe", edit(at, at + 1, "]")))),
    ];
    expect(fixed("(x)", both).text).toBe("<x>");
  });
  test("that would leave more errors than before are left out, the others are not", () => {
    // Taking the `!` away brings two errors to light.
    const judge = (text: string) => [
      ...steps(text),
      ...places(text, "!").map((at) => finding("E2", at, fix("safe", edit(at, at + 1, "??")))),
      ...places(text, "\\?").map((at) => finding("E3", at)),
    ];
    expect(fixed("a ! b a a a", judge)).toMatchObject({ text: "c ! c c c c", left: 1 });
  });
  test("that lead in a ring come to an end", () => {
    const ring = (text: string) => [finding("W1", 0, fix("safe", edit(0, 1, text === "a" ? "b" : "a")))];
    expect(fixed("a", ring).judgements).toBeLessThanOrEqual(100);
  });
  test("that change nothing are no fixes", () => {
    expect(fixed("a", () => [finding("W1", 0, fix("safe", edit(0, 1, "a")))])).toMatchObject({
      count: 0,
      judgements: 0,
    });
  });
  test("in another file are left alone", () => {
    const elsewhere = { span: { file: "library.cdz", start: 0, end: 0 }, text: "x" };
    expect(fixed("a", () => [finding("W1", 0, fix("safe", elsewhere))])).toMatchObject({ count: 0, judgements: 0 });
  });
  test("that change the meaning are taken only if asked for, and never where there is a choice", () => {
    const one = (text: string) =>
      places(text, "q").map((at) => finding("E1", at, fix("suggested", edit(at, at + 1, "r"))));
    const two = (text: string) =>
      places(text, "p").map((at) =>
        finding("E2", at, fix("suggested", edit(at, at + 1, "1")), fix("suggested", edit(at, at + 1, "2"))),
      );
    const judge = (text: string) => [...one(text), ...two(text)];
    expect(fixed("p q", judge).text).toBe("p q");
    expect(fixed("p q", judge, "all").text).toBe("p r");
  });
  test("keep the line ends of the file", () => {
    const judge = (text: string) =>
      places(text, "a").map((at) => finding("W1", at, fix("safe", edit(at, at + 1, "b\nc"))));
    expect(fixed("x\r\na\r\n", judge).text).toBe("x\r\nb\r\nc\r\n");
  });
  test("a thousand of them, one of which does harm, take few judgements", () => {
    const judge = (text: string) => [
      ...places(text, "a").map((at) => finding("E1", at, fix("safe", edit(at, at + 1, "b")))),
      ...places(text, "!").map((at) => finding("E2", at, fix("safe", edit(at, at + 1, "??")))),
      ...places(text, "\\?").map((at) => finding("E3", at)),
    ];
    const ran = fixed(`${"a ".repeat(500)}! ${"a ".repeat(500)}`, judge);
    expect(ran.left).toBe(1);
    expect(ran.judgements).toBeLessThan(50);
  });
});
