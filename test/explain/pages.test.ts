// The pages of the codes: every code has one, its examples show what they claim, and what is printed is up to date.
// `npm run docs` writes docs/codes.json and docs/codes.md anew.

import { describe, expect, test } from "vitest";
import { codes } from "../../grammar/diagnostics/table.ts";
import { failureCodes } from "../../runtime/failures/failures.ts";
import { failureExamples } from "./failure-examples.ts";
import { codesMarkdown } from "./markdown.ts";
import { allPages, exampleFiles, examplesOf, saidOf, shop, withoutPage } from "./pages.ts";

test("every code has a page", () => {
  const wanted = withoutPage().map(
    (code) =>
      `Write docs/codes/${code}.cdz: a line "# avoid" and source that gives ${code} alone, a line "# prefer" and the same without it; then npm run docs.`,
  );
  expect(wanted).toEqual([]);
  const unshown = failureCodes.filter((code) => !(code in failureExamples));
  expect(unshown.map((code) => `Add ${code} to test/explain/failure-examples.ts; then npm run docs.`)).toEqual([]);
});

test("every page is of a code", () => {
  const known: readonly string[] = codes;
  expect(exampleFiles.filter((code) => !known.includes(code))).toEqual([]);
});

test("the shop of the examples has no findings", () => {
  expect(saidOf({ text: shop, isAlone: true })).toEqual([]);
});

describe("the examples of", () => {
  test.each(exampleFiles)("%s: avoid gives that code alone, prefer gives nothing", (code) => {
    const { avoid, prefer } = examplesOf(code);
    expect([...new Set(saidOf(avoid, code).map((found) => found.code))]).toEqual([code]);
    expect(saidOf(prefer, code).map((found) => `${found.code} ${found.text}`)).toEqual([]);
  });
});

test("docs/codes.json and docs/codes.md are what today's tables and examples say", async () => {
  const pages = allPages();
  await expect(`${JSON.stringify({ version: 1, pages }, null, 2)}\n`).toMatchFileSnapshot("../../docs/codes.json");
  await expect(codesMarkdown(pages, shop)).toMatchFileSnapshot("../../docs/codes.md");
});
