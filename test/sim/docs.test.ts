// The page about tests: its example passes, and with one expectation turned round it prints what the page shows.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { countTests, renderTests } from "../../runtime/sources/test-report.ts";
import { runProject } from "./project.ts";

const read = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), "utf8");
const page = read("language/tests.md");
const block = (language: string) => page.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
const run = (text: string) =>
  runProject([
    { path: "tests.cdz", text },
    { path: "shop.cdz", text: read("shop.cdz") },
  ]);

test("its example passes", async () => {
  const { report } = await run(block("cadenza"));
  expect(countTests(report)).toEqual({ tests: 2, passed: 2, failed: 0 });
});

test("a failure looks as it says", async () => {
  const changed = block("cadenza").replace(/expect ben was sent nudge .*/, "expect ben was not sent nudge");
  const { report, sources } = await run(changed);
  expect(renderTests(report, sources)).toContain(block("text"));
});
