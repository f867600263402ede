// Which page is found, which code is offered instead, and the families, on pages of our own.

import { describe, expect, test } from "vitest";
import { type CodePage, codeFamilies, codePageOf } from "../../runtime/sources/code-pages.ts";

const page = (code: string): CodePage => ({
  code,
  severity: "error",
  text: "",
  why: "",
  avoid: null,
  at: null,
  prefer: null,
});
const pages = ["F119", "E310", "W320", "E330", "E101", "W401", "X100"].map(page);

function offered(asked: string): string {
  const found = codePageOf(pages, asked);
  return found.ok ? `page ${found.value.code}` : found.failure.text;
}

describe("a code", () => {
  test.each([
    ["E310", "page E310"],
    [" w401 ", "page W401"],
    // One letter away, and of those the nearest number.
    ["E390", "There is no code `E390`. Did you mean `E330`?"],
    ["E401", "There is no code `E401`. Did you mean `W401`?"],
    ["E3100", "There is no code `E3100`. Did you mean `E310`?"],
    ["F99", "There is no code `F99`. Did you mean `F119`?"],
    ["everything", "There is no code `everything`."],
    ["", "There is no code ``."],
  ])("%s", (asked, expected) => {
    expect(offered(asked)).toBe(expected);
  });
});

test("families come in a fixed order, each by its numbers, and nothing is left out", () => {
  expect(
    codeFamilies(pages).map(({ title, pages: own }) => `${title}: ${own.map(({ code }) => code).join(" ")}`),
  ).toEqual([
    "Words and punctuation: E101",
    "Types, unknowns and units: E310 W320 E330",
    "Meaning: W401",
    "What stops a command: F119",
    "Others: X100",
  ]);
});
