// A hundred tests, as a project of some size has them: how long the whole run takes. Target: 30 s on two cores.

import { readdirSync, readFileSync } from "node:fs";
import { isZone } from "../../compiler/calendar.ts";
import { compileTests } from "../../compiler/compile.ts";
import { runTests } from "../../runtime/sources/testing.ts";

const wanted = 100;
const runs = 3;
const folder = "examples/onboarding";

const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".cdz"))
  .map((path) => ({ path, text: readFileSync(`${folder}/${path}`, "utf8") }));
const world = {
  library: [],
  isZone,
  body: (path: string) => ({ kind: "text", path, text: readFileSync(`${folder}/${path}`, "utf8") }) as const,
};
const { suite, sources: texts } = compileTests(sources, world);
if (!suite) throw new Error(`${folder} has errors`);
const { tests: own } = suite;
const tests = Array.from({ length: wanted }, (_, index) => own[index % own.length]).filter(
  (test) => test !== undefined,
);

const stopwatch = () => performance.now();
const times: number[] = [];
for (let run = 0; run < runs; run++) {
  const start = stopwatch();
  const ran = await runTests({ suite, tests, sources: texts, hasCoverage: false, stopwatch });
  if (!ran.ok || ran.value.results.some(({ outcome }) => outcome !== "passed")) throw new Error("a test failed");
  times.push((stopwatch() - start) / 1000);
  console.log(`${tests.length} tests of ${folder}: ${times.at(-1)?.toFixed(1)} s`);
}
const median = times.toSorted((left, right) => left - right)[Math.floor(runs / 2)];
console.log(`median ${median?.toFixed(1)} s (target 30 s)`);
