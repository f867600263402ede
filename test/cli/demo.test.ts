// What the README's first command runs, for its first days.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the demo makes its people, mails them and prints its funnel", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["examples/onboarding/demo.mjs"], {
    env: { ...process.env, DEMO_DAYS: "5" },
  });
  expect(stdout).toMatch(/load {3}320,000 rows, 0 rejected\n/);
  expect(stdout).toMatch(/run {4}5 virtual days, 21 ticks, [1-9]\d* mails written as \.eml\n/);
  expect(stdout).toMatch(/^entered +[1-9]/m);
}, 120_000);
