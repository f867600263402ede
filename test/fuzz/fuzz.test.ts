import fc from "fast-check";
import { expect, test } from "vitest";
import { judged } from "./judge.ts";
import { mutant, readCorpus } from "./mutants.ts";

const corpus = readCorpus(["test/golden", "examples"]);

test("no text that is nearly Cadenza makes the compiler or the formatter throw, point outside or disagree with itself", () => {
  expect(corpus.length).toBeGreaterThan(300);
  const property = fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
    const text = mutant(seed, corpus);
    expect(judged(text), JSON.stringify(text)).toBeNull();
  });
  fc.assert(property, { numRuns: 3000 });
}, 300_000);

test("nor does any other text", () => {
  const pieces = fc.constantFrom(
    ...'segment A where |program p < |email e < |contact < |if |wait |x|<|>|(|)|and|not|3d|"|# |\n|{{ name }}|= '.split(
      "|",
    ),
  );
  const texts = fc.array(fc.oneof(pieces, fc.string({ unit: "binary", maxLength: 6 })), { maxLength: 25 });
  const property = fc.property(texts, (words) => {
    expect(judged(words.join(" "))).toBeNull();
  });
  fc.assert(property, { numRuns: 1000 });
}, 300_000);
