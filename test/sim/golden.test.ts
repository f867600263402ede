// The golden folder of tests: each file is run, and what `cadenza test` prints of it is kept beside it.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { countTests, renderTests } from "../../runtime/sources/test-report.ts";
import { runWithPrelude } from "./project.ts";

const folder = new URL("../golden/tests/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".cdz"));

describe("golden", () => {
  for (const file of files) {
    test(file, async () => {
      const text = readFileSync(new URL(file, folder), "utf8");
      const { report, sources } = await runWithPrelude(text);
      const printed = `${text.trimEnd()}\n\n=== printed\n${renderTests(report, sources)}`;
      await expect(printed).toMatchFileSnapshot(`../golden/tests/${file.replace(/\.cdz$/, ".expected")}`);
      if (file.startsWith("good")) expect(countTests(report)).toMatchObject({ failed: 0 });
    }, 60_000);
  }
});
