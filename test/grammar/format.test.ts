// The laws of the formatter, on files with mistakes too.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isError } from "../../grammar/diagnostics/table.ts";
import { lex } from "../../grammar/lex.ts";
import { CadenzaParser } from "../../grammar/parser/cadenza-parser.ts";
import { formatSource } from "../../runtime/sources/format-source.ts";
import { canonicalJson } from "./canonical.ts";
import { examples, parsed } from "./examples.ts";
import { randomFrom, Sentences } from "./sentences.ts";

const formatted = (text: string): string => formatSource({ path: "file.cdz", text }).text;
const tokensOf = (text: string) => lex({ path: "file.cdz", text }).tokens;

/** What a formatter must keep of a text. */
function meaning(text: string) {
  const { file } = parsed(text);
  const isBroken = ({ start, end }: { readonly start: number; readonly end: number }) =>
    file.broken.some((stretch) => start < stretch.end && stretch.start < end);
  return {
    whole: file.declarations.filter(({ span }) => !isBroken(span)).map(canonicalJson),
    broken: file.broken.map(({ start, end }) => text.slice(start, end)),
    comments: file.comments.map((comment) => comment.text).sort(),
  };
}

/** True if the text was laid out anew. */
function obeysTheLaws(text: string): boolean {
  const laidOut = formatted(text);
  expect(formatted(laidOut)).toBe(laidOut);
  expect(meaning(laidOut)).toEqual(meaning(text));
  return laidOut !== text;
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const productions = new CadenzaParser({ validates: false, recovers: true }).getGAstProductions();

/** Declarations with a comment here and there, in a wild layout, each starting on a line of its own. */
function wildDeclarations(seed: number, count: number): readonly string[] {
  const random = randomFrom(seed + 1);
  const sentences = new Sentences(productions, seed);
  let comments = 0;
  return Array.from({ length: count }, () =>
    sentences
      .declarations(1)
      .map((word) => {
        const dice = random();
        if (dice < 0.05) return `${word} # c${comments++}\n  `;
        return `${word}${dice < 0.2 ? "\n    " : "  "}`;
      })
      .join("")
      .trimEnd(),
  );
}

/** The text without one of its words, or with one too many. */
function broken(text: string, random: () => number): string {
  const tokens = tokensOf(text);
  const token = tokens[Math.floor(random() * tokens.length)];
  if (token === undefined) return text;
  const [start, end] = [token.startOffset, token.startOffset + token.image.length];
  const dice = random();
  if (dice < 0.6) return `${text.slice(0, start)} ${text.slice(end)}`;
  return `${text.slice(0, start)}${["@", "<", ")", "== ", "“", "where"][Math.floor(dice * 100) % 6]} ${text.slice(start)}`;
}

describe("formatting", () => {
  test("of a sound file changes neither its tree nor its comments, and is done after once", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const text = wildDeclarations(seed, 3).join("\n");
        expect(meaning(text).broken).toEqual([]);
        obeysTheLaws(text);
      }),
      { numRuns: 300 },
    );
  });

  test("of a file with a broken declaration leaves that one as it is, and lays out the others", () => {
    let kept = 0;
    let laidOut = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed + 2);
        const parts = [...wildDeclarations(seed, 4)];
        const at = Math.floor(random() * parts.length);
        parts[at] = broken(parts[at] ?? "", random);
        const text = parts.join("\n");
        const isNew = obeysTheLaws(text);
        const { broken: stretches, whole } = meaning(text);
        if (stretches.length === 0 || whole.length < 3) return;
        const result = formatted(text);
        expect(result).toContain(stretches[0]);
        const sound = parts.filter((_, index) => index !== at).map((part) => formatted(part).trimEnd());
        if (sound.every((part) => result.includes(part))) laidOut++;
        else if (!isNew) kept++;
      }),
      { numRuns: 150 },
    );
    expect(laidOut).toBeGreaterThan(60);
    // A guess about where a declaration ends may hang on the layout; then nothing is changed.
    expect(kept).toBeLessThan(laidOut * 0.05);
  });

  test("of an example with any token gone or doubled obeys the laws", () => {
    fc.assert(
      fc.property(fc.constantFrom(...examples), seeds, fc.integer({ min: 1, max: 4 }), (example, seed, count) => {
        const random = randomFrom(seed);
        let { text } = example;
        for (let index = 0; index < count; index++) text = broken(text, random);
        obeysTheLaws(text);
      }),
      { numRuns: 100 },
    );
  });

  test("of any text obeys the laws", () => {
    const pieces = fc.constantFrom(
      ...'segment|segment A where x|use  a|email c <|program|contact|<|>|(|)|;|#|# c|##|\n|\n\n|\r\n|\t|"|"x"|==|“|@|\u0000|\u200b|ö|where|and|3d|A|='.split(
        "|",
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ unit: "binary", maxLength: 3 })), { maxLength: 30 }),
        (words) => {
          obeysTheLaws(words.join(" "));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("a broken declaration", () => {
  test.each([
    ["between others", "use   a\nsegment   B   where\nuse   c\n", "use a\nsegment   B   where\nuse c\n"],
    [
      "of several lines, with its comments",
      "use   a\nemail b <\n   subject  5 # five\n>\n# of c\nuse   c\n",
      "use a\n\nemail b <\n   subject  5 # five\n>\n\n# of c\nuse c\n",
    ],
    ["with a comment behind it", "segment   B   where # to do\nuse   c\n", "segment   B   where # to do\nuse c\n"],
    [
      "with a slip that the parser mends",
      "segment   B   where x == 5\nuse   c\n",
      "segment   B   where x == 5\nuse c\n",
    ],
    [
      "with Windows line ends",
      "email b <\r\n   subject  5\r\n>\r\nuse   c\r\n",
      "email b <\r\n   subject  5\r\n>\n\nuse c\n",
    ],
    ["behind another on its line", "use   a   segment   B   where", "use a\nsegment   B   where\n"],
    ["behind a semicolon", "use   a;\nsegment   B   where\n;use   c", "use a\n\nsegment   B   where\n;\n\nuse c\n"],
    ["and nothing else", "  segment   B   where  ", "  segment   B   where  "],
  ])("%s stays as it is", (_, text, wanted) => {
    expect(formatted(text)).toBe(wanted);
    expect(formatted(wanted)).toBe(wanted);
    expect(formatSource({ path: "a.cdz", text }).diagnostics.filter(isError).length).toBe(1);
  });

  test("stays in a file that is too large or has too many mistakes to be read whole", () => {
    const large = `use   a\n# ${"x".repeat(1_048_576)}\n`;
    expect(formatted(large)).toBe(large);
    const many = `use   a\n${"segment   B   where\n".repeat(80)}use   c\n`;
    expect(formatted(many)).toBe(many.replace("use   a", "use a\n"));
  });
});
