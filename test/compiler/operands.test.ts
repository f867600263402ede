// The type of everything that a condition can read, and whether it may be unknown: derived from LANGUAGE.md §3.

import { describe, expect, test } from "vitest";
import type { Checked, Operand } from "../../compiler/checked.ts";
import { checkWithPrelude } from "./project.ts";
import { describeType } from "./describe.ts";

function operandIn(node: Checked | undefined): Operand {
  if (node?.kind !== "known") throw new Error(`not checked: ${node?.kind}`);
  return node.operand;
}

/** Its type in the words of a declaration: `money EUR?`. */
function typeOf(operand: string, more = ""): string {
  const { project, found } = checkWithPrelude(`${more}\nsegment Asked where ${operand} is known`);
  expect(found.map(({ text }) => text)).toEqual([]);
  return describeType(operandIn(project.segments.get("Asked")?.where).type);
}

const events = `
event rated < stars number  took duration  share percent?  held_on date?  labels list of text?  mood one of (good, bad) >
event paid < price money USD  note text exact? >`;

describe("a score, a stage and an anniversary", () => {
  const more = `
score Fit < opened adds 1 >
funnel Life < stage lead  stage mql when score Fit >= 50  stage customer when in Customers >
funnel Late < stage mql when score Fit >= 50  stage customer when in Customers >`;
  // Rule 14: a score is never unknown; a funnel is the highest stage that holds, one without `when` always does.
  test.each([
    ["score Fit", "number"],
    ["stage Life", "one of (lead, mql, customer)"],
    ["stage Late", "one of (mql, customer)?"],
    ["anniversary of joined", "date"],
    ["anniversary of created", "date"],
    ["anniversary of renewal", "date?"],
  ])("%s is %s", (operand, type) => {
    expect(typeOf(operand, more)).toBe(type);
  });
});

describe("an aggregate", () => {
  // Rule 1: a count or sum of nothing is 0; average, lowest, highest, first and last of nothing are unknown.
  test.each([
    ["count of rated", "number"],
    ["count of rated where (stars > 3) in 30d", "number"],
    ["count of distinct rated.mood", "number"],
    ["count of distinct rated.share ever", "number"],
    ["sum of rated.stars", "number"],
    ["sum of rated.took in 1y", "duration"],
    ["sum of paid.price", "money USD"],
    ["sum of purchased.amount since 2026-01-01", "money EUR"],
    ["average of rated.stars", "number?"],
    ["average of purchased.amount in last year", "money EUR?"],
    ["lowest rated.held_on", "date?"],
    ["lowest rated.at", "datetime?"],
    ["highest rated.share", "percent?"],
    ["highest paid.note", "text exact?"],
    ["first rated", "datetime?"],
    ["last rated where (mood = good) in today", "datetime?"],
    ["last rated.at", "datetime?"],
    ["last rated.mood", "one of (good, bad)?"],
    ["last rated.stars", "number?"],
    ["first rated.labels", "list of text?"],
    ["last visited.url", "url?"],
    ["last signed_up.plan", "one of (free, team)?"],
  ])("%s is %s", (operand, type) => {
    expect(typeOf(operand, events)).toBe(type);
  });
});
