// A pattern that the compiler takes is one that the engine can run, and one that it refuses the engine refuses too.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { patternFault } from "../../compiler/pattern.ts";
import { type Duck, duck } from "./duck.ts";

let database: Duck;
beforeAll(async () => {
  database = await duck();
});
afterAll(() => database.close());

async function runs(pattern: string): Promise<boolean> {
  const params = { p: { kind: "text", value: pattern } } as const;
  try {
    await database.rows({ text: "SELECT regexp_matches('abc', $p) AS found", params });
    return true;
  } catch {
    return false;
  }
}

const taken = [
  "",
  "^a+$",
  "a|b|",
  "(a)(b)",
  "[]a]",
  "[^a-z]",
  "\\d{2,3}?",
  "(?i)x",
  "(?P<n>a)",
  "\\pL",
  "[[:alpha:]]",
  "\\.",
  "x{,3}",
];
const refused = [
  "(",
  ")",
  "[a",
  "[z-a]",
  "a**",
  "*a",
  "x{1001}",
  "x{2,1}",
  "\\1",
  "\\y",
  "a\\",
  "(?=a)",
  "(?<!a)b",
  "(?>a)",
  "\\p{Klingon}",
];

describe("a pattern", () => {
  test.each(taken)("%j can be run", async (pattern) => {
    expect([patternFault(pattern), await runs(pattern)]).toEqual([null, true]);
  });
  test.each(refused)("%j cannot be run", async (pattern) => {
    expect([patternFault(pattern) === null, await runs(pattern)]).toEqual([false, false]);
  });
  test("may have a thousand characters, and no more", async () => {
    const longest = "a{1000}".repeat(142);
    expect([patternFault(longest), await runs(longest)]).toEqual([null, true]);
    expect(patternFault("a".repeat(1001))?.reason).toBe("it is longer than 1000 characters");
  });
  test("of any kind runs if it is taken, and its fault lies inside it", async () => {
    const pieces = [
      "a",
      "b-",
      "(",
      ")",
      "(?:",
      "(?i",
      "[",
      "]",
      "[^",
      "*",
      "+",
      "?",
      "{2}",
      "{1001}",
      "|",
      "\\",
      "\\d",
      "\\p{L}",
      "é",
      "^",
      "$",
      ".",
    ];
    const patterns = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(patterns, async (pattern) => {
        const fault = patternFault(pattern);
        expect(fault !== null || (await runs(pattern))).toBe(true);
        if (fault === null) return;
        expect(fault.start).toBeGreaterThanOrEqual(0);
        expect(fault.end).toBeLessThanOrEqual(pattern.length);
        expect(fault.start).toBeLessThan(fault.end);
      }),
      { numRuns: 400 },
    );
  });
});
