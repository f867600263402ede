// A run that is interrupted ends soon, with what had come to its end.

import { expect, test } from "vitest";
import { isZone } from "../../compiler/calendar.ts";
import { compileTests } from "../../compiler/compile.ts";
import { runTests } from "../../runtime/sources/testing.ts";
import { valueFrom } from "../support/scratch.ts";

const declarations = `
project p < time zone "UTC"  currency EUR  sender "ana@p.example"  postal address "Street 1" >
contact < id text key  email email >
topic tips "Tips" opt out
email monthly_news < subject "Month"  text "Now."  topic tips >
segment LastMonth where visited in last month
program monthly < why "x"  start when in LastMonth  exit when unsubscribed  send monthly_news >
`;
const short = (title: string) => `test "${title}" < given ana  expect 0 in LastMonth >\n`;
const long = 'test "long" < given ana  after 10y  expect 0 in LastMonth >\n';

/** Runs one test after the other, and interrupts when the clock is read for the nth time: at the start or the end of a test. */
async function interrupted(tests: string, reading: number) {
  const sources = [{ path: "a.cdz", text: declarations + tests }];
  const { suite } = compileTests(sources, { library: [], isZone, body: () => ({ kind: "missing" }) });
  if (!suite) throw new Error("the project has errors");
  const controller = new AbortController();
  let readings = 0;
  const stopwatch = () => {
    if (++readings === reading) controller.abort();
    return readings;
  };
  const request = { suite, tests: suite.tests, sources, hasCoverage: false, stopwatch, lanes: 1 };
  const { results } = valueFrom(await runTests({ ...request, signal: controller.signal }));
  return results.map(({ title, outcome }) => `${title}: ${outcome}`);
}

test("between two tests", async () => {
  expect(await interrupted(short("one") + short("two") + short("three"), 4)).toEqual(["one: passed", "two: passed"]);
});

test("in the middle of one, which then has no result", async () => {
  expect(await interrupted(short("one") + long + short("three"), 3)).toEqual(["one: passed"]);
});
