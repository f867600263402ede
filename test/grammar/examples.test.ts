import { describe, expect, test } from "vitest";
import { canonicalJson, sameTree } from "./canonical.ts";
import { lex } from "../../grammar/lex.ts";
import { print } from "../../grammar/print.ts";
import { CadenzaParser } from "../../grammar/parser/cadenza-parser.ts";
import { vocabulary } from "../../grammar/tokens.ts";
import { Coverage } from "./coverage.ts";
import { examples, messages, parsed } from "./examples.ts";
import { GrammarSets } from "./grammar-sets.ts";

describe.each(examples)("$name", ({ text }) => {
  test("has no mistakes", () => {
    expect(messages(text)).toEqual([]);
    expect(parsed(text).file.declarations.length).toBeGreaterThan(0);
  });

  test("printed and parsed again is the same tree, with the same comments and docs", () => {
    const { file } = parsed(text);
    const again = parsed(print(file)).file;
    expect(sameTree(again, file)).toBe(true);
    expect(again.comments.map((each) => each.text)).toEqual(file.comments.map((each) => each.text));
    expect(again.declarations.map((each) => each.doc)).toEqual(file.declarations.map((each) => each.doc));
    expect(print(again)).toBe(print(file));
  });

  test("with Windows line ends is the same tree", () => {
    expect(canonicalJson(parsed(text.replaceAll("\n", "\r\n")).file)).toBe(canonicalJson(parsed(text).file));
  });

  test("every span lies inside the span around it", () => {
    const visit = (node: unknown, start: number, end: number): void => {
      if (typeof node !== "object" || node === null) return;
      const span = "span" in node ? (node.span as { start: number; end: number }) : { start, end };
      expect(span.start).toBeGreaterThanOrEqual(start);
      expect(span.end).toBeLessThanOrEqual(end);
      expect(span.end).toBeGreaterThan(span.start);
      for (const [key, inner] of Object.entries(node)) if (key !== "span") visit(inner, span.start, span.end);
    };
    visit(parsed(text).file.declarations, 0, text.length);
  });

  test("every name is the text at its span", () => {
    const visit = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      if ("kind" in node && node.kind === "name") {
        const { span, text: name } = node as unknown as { span: { start: number; end: number }; text: string };
        expect(text.slice(span.start, span.end).replace(/\s+/g, " ")).toBe(name);
      }
      Object.values(node).forEach(visit);
    };
    visit(parsed(text).file.declarations);
  });
});

describe("the grammar", () => {
  test("is free of conflicts by Chevrotain's own checks", () => {
    expect(() => new CadenzaParser({ validates: true, recovers: true })).not.toThrow();
  });

  test("is used by the examples in every alternative and option", () => {
    const coverage = new Coverage();
    for (const { text } of examples) {
      coverage.parser.input = [...lex({ path: "file.cdz", text }).tokens];
      coverage.parser.file();
      expect(coverage.parser.errors).toEqual([]);
    }
    expect(coverage.missing()).toEqual([]);
  });

  test("is ambiguous at one token only where two tokens or the text settle it", () => {
    const sets = new GrammarSets(
      new CadenzaParser({ validates: false, recovers: true }).getGAstProductions(),
      vocabulary,
    );
    expect(sets.overlaps()).toEqual([
      { rule: "aggregateCheck", tokens: ["IN"] },
      { rule: "named", tokens: ["Gt"] },
      { rule: "send", tokens: ["ONLY"] },
      { rule: "if", tokens: ["OTHERWISE"] },
    ]);
  });
});
