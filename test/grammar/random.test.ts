import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./canonical.ts";
import { scan } from "../../grammar/scan.ts";
import { CadenzaParser } from "../../grammar/parser/cadenza-parser.ts";
import { print } from "../../grammar/print.ts";
import { messages, parsed } from "./examples.ts";
import { randomFrom, Sentences } from "./sentences.ts";

const productions = new CadenzaParser({ validates: false, recovers: true }).getGAstProductions();
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

test("a random sentence of the grammar parses, and printing it gives the same tree and is stable", () => {
  let declarations = 0;
  const property = fc.property(seeds, (seed) => {
    const text = new Sentences(productions, seed).declarations(4).join(" ");
    expect(messages(text)).toEqual([]);
    const { file } = parsed(text);
    declarations += file.declarations.length;
    const printed = print(file);
    expect(messages(printed)).toEqual([]);
    expect(canonicalJson(parsed(printed).file)).toBe(canonicalJson(file));
    expect(print(parsed(printed).file)).toBe(printed);
  });
  fc.assert(property, { numRuns: 1000 });
  expect(declarations).toBeGreaterThan(3500);
});

test("comments at random places keep their number and words, and do not change the tree", () => {
  const property = fc.property(seeds, (seed) => {
    const random = randomFrom(seed + 1);
    const words = new Sentences(productions, seed).declarations(3);
    let count = 0;
    const bare = words.join(" ");
    const text = words
      .map((word) => {
        const dice = random();
        if (dice < 0.06) return `${word} # c${count++}\n`;
        if (dice < 0.1) return `${word}\n  ## d${count++}\n`;
        if (dice < 0.12) return `${word}\n# own ${count++}\n\n`;
        return `${word}${dice < 0.3 ? "\n" : " "}`;
      })
      .join("");
    expect(messages(text)).toEqual([]);
    const { file } = parsed(text);
    const printed = print(file);
    const again = parsed(printed).file;
    const texts = (list: readonly { readonly text: string }[]) => list.map((each) => each.text).sort();
    expect(file.comments.length).toBe(count);
    expect(texts(again.comments)).toEqual(texts(file.comments));
    expect(canonicalJson(again)).toBe(canonicalJson(parsed(bare).file));
    expect(print(again)).toBe(printed);
  });
  fc.assert(property, { numRuns: 1000 });
});

test("no text makes the parser throw or hang", () => {
  const pieces = fc.constantFrom(
    ..."segment email program test contact < > ( ) , . ; ? = != >= <= <> == && || ! $5 3m 9am ' “ ” – \" # ## \n \\ ö 日本 \u0000 \u200B 🎉 where and or not in is then if 3d 10% 09:00 2026-03-02 Where wher A b".split(
      " ",
    ),
  );
  const texts = fc.array(fc.oneof(pieces, fc.string({ unit: "binary", maxLength: 5 })), { maxLength: 60 });
  const property = fc.property(texts, fc.constantFrom("", " ", "\n"), (words, glue) => {
    const text = words.join(glue);
    const { tokens, comments } = scan(text);
    const read = [...tokens, ...comments].sort((one, other) => one.startOffset - other.startOffset);
    expect(
      read
        .map((each) => each.image)
        .join("")
        .replace(/\s/g, ""),
    ).toBe(text.replace(/\s/g, ""));
    const { diagnostics } = parsed(text);
    for (const { span } of diagnostics) {
      expect(span.start).toBeGreaterThanOrEqual(0);
      expect(span.end).toBeLessThanOrEqual(text.length);
      expect(span.end).toBeGreaterThanOrEqual(span.start);
    }
  });
  fc.assert(property, { numRuns: 1000 });
});
