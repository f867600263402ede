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
  const { project, found } = checkWithPrelude(`${more}\nsegment Wanted where ${operand} is known`);
  expect(found.map(({ text }) => text)).toEqual([]);
  return describeType(operandIn(project.segments.get("Wanted")?.where).type);
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

describe("a derived field", () => {
  const more = `
event spent < dollars money USD  mood one of (good, bad)? >
score Fit < opened adds 1 >
funnel Life < stage lead  stage mql when score Fit >= 50 >
funnel Late < stage mql when score Fit >= 50 >
derived product = last purchased.product`;
  test.each([
    // One operand or aggregate: its type, and unknown where that is.
    ["seats", "number?"],
    ["created", "datetime"],
    ["tags", "list of text"],
    ["company.employees", "number?"],
    ["company.domain", "text exact?"],
    ["score Fit", "number"],
    ["stage Life", "one of (lead, mql)"],
    ["stage Late", "one of (mql)?"],
    ["anniversary of renewal", "date?"],
    ["anniversary of joined", "date"],
    ["count of purchased in 90d", "number"],
    ["sum of spent.dollars ever", "money USD"],
    ["last purchased", "datetime?"],
    ["product", "text?"],
    // The first that is known: unknown only where all are.
    ["first known of (seats, company.employees)", "number?"],
    ["first known of (seats, score Fit)", "number"],
    ["first known of (seats, count of purchased)", "number"],
    ["first known of (product, first_name)", "text?"],
    ["first known of (first_name, id)", "text"],
    ["first known of (company.domain, id)", "text exact"],
    ["first known of (role, stage Late)", "one of (decision_maker, influencer, user, mql)?"],
    ["first known of (renewal, anniversary of joined)", "date"],
    ["first known of (arr, lowest purchased.amount)", "money EUR?"],
    // A choice: bare words make an enum; unknown where nothing says otherwise.
    ["small when seats < 10, big when seats > 99", "one of (small, big)?"],
    [
      "small when seats < 10, big when seats > 99, small when vip is yes otherwise middle",
      "one of (small, big, middle)",
    ],
    ['"A" when vip is yes', "text?"],
    ['"A" when vip is yes otherwise "B"', "text"],
    ["1 when vip is yes otherwise -2.5", "number"],
    ["monday when vip is yes otherwise EUR", "one of (monday, EUR)"],
  ])("%s is %s", (body, type) => {
    expect(typeOf("asked", `${more}\nderived asked = ${body}`)).toBe(type);
  });
  test("is read by others wherever they stand", () => {
    const chain =
      "derived asked = middle\nderived middle = first known of (last_one, seats)\nderived last_one = score Fit";
    expect(typeOf("asked", `${more}\n${chain}`)).toBe("number");
    expect(typeOf("anniversary of asked", `${more}\nderived asked = last purchased`)).toBe("date?");
  });
});

test("a score gives points for each occurrence of a bare event, and once for anything else", () => {
  const { project, found } = checkWithPrelude(`score Fit <
    opened adds 1 up to 10
    clicked welcome where (link = "x") in 30d subtracts 2.5
    purchased at least 2 times adds 3
    not purchased adds 4
    purchased followed by shipped within 1d adds 5
    vip is yes adds 6
    (signed_up or purchased) adds 7
    halves every 30d
  >`);
  expect(found).toEqual([]);
  const [score] = project.scores;
  expect(score?.rules.map(({ points, cap, isPerOccurrence }) => [points, cap, isPerOccurrence])).toEqual([
    [1, 10, true],
    [-2.5, null, true],
    [3, null, false],
    [4, null, false],
    [5, null, false],
    [6, null, false],
    [7, null, false],
  ]);
  expect(score?.halves).toEqual({ amount: 30, unit: "d" });
});

describe("a start by a change", () => {
  const triggers = (when: string) => {
    const { project } = checkWithPrelude(`program p < why "x"  start when ${when}  goal purchased  send welcome >`);
    return project.programs[0]?.triggers.map(({ kind }) => kind);
  };
  // Rule 15: one bare event or bare `f changed` makes a branch an event; with a window it is a condition.
  test.each([
    ["role changed", ["change"]],
    ["role changed and role = user", ["change"]],
    ["role changed or signed_up", ["change", "event"]],
    ["role changed in 30d", ["edge"]],
    ["signed_up and role changed in 30d", ["event"]],
    ["signed_up followed by purchased within 1d", ["edge"]],
    ["not (role changed)", ["edge"]],
  ])("%s", (when, kinds) => {
    expect(triggers(when)).toEqual(kinds);
  });
});
