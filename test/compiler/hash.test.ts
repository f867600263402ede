// Hashes are of meaning: layout, comments, docs and order never change them; meaning does.

import { describe, expect, test } from "vitest";
import { planWithPrelude } from "./project.ts";

const source = `
segment Quiet where not purchased in 90d and (vip is yes or seats >= 3)
segment Big where seats >= 100
email hello < subject "Hello"  text "Hi"  topic tips >
program p <
  why "Because"
  start when signed_up
  goal purchased
  send hello
  wait 3d
  if in Big then < send welcome >
>
load signed_up from csv "s.csv" < contact from c  at from t  plan from p >
`;
const plan = planWithPrelude(source);

describe("the hash of a plan", () => {
  test("is the same for another layout, with comments, docs, another reason and another order", () => {
    const lines = source.trim().split("\n");
    const loads = lines.filter((line) => line.startsWith("load"));
    const others = lines.filter((line) => !line.startsWith("load") && !line.startsWith("segment"));
    const segments = lines.filter((line) => line.startsWith("segment")).toReversed();
    const moved = [...loads, "## People who buy nothing", ...segments, "# mails", ...others].join("\n\n   ");
    const other = moved.replace('why "Because"', 'why "It works"').replace("wait 3d", "wait 3 days  # a pause");
    expect(planWithPrelude(other).hash).toBe(plan.hash);
  });
  test("is the same with parentheses that change nothing", () => {
    const more = source.replace("not purchased in 90d and", "(not (purchased in 90d)) and");
    expect(planWithPrelude(more).hash).toBe(plan.hash);
  });
  test.each([
    ["in 90d", "in 91d"],
    ["seats >= 3)", "seats > 3)"],
    ["vip is yes or", "vip is no or"],
    ["wait 3d", "wait 72h"],
    ["in Big then", "not in Big then"],
    ['text "Hi"', 'text "Ho"'],
    ["plan from p", "plan from q"],
    ["goal purchased", "goal shipped"],
  ])("changes when `%s` becomes `%s`", (from, to) => {
    expect(source).toContain(from);
    expect(planWithPrelude(source.replace(from, to)).hash).not.toBe(plan.hash);
  });
});

describe("the hash of a part", () => {
  const hashes = (text: string) => {
    const { segments, programs, emails } = planWithPrelude(text);
    return new Map([
      ...segments.map(({ id, hash }) => [id, hash] as const),
      ...programs.map(({ name, hash }) => [name, hash] as const),
      ...emails.map(({ name, hash }) => [name, hash] as const),
    ]);
  };
  const changed = (from: string, to: string) => {
    const [before, after] = [hashes(source), hashes(source.replace(from, to))];
    return [...before].filter(([name, hash]) => after.get(name) !== hash).map(([name]) => name);
  };
  test("changes with that part alone", () => {
    expect(changed("in 90d", "in 91d")).toEqual(["Quiet"]);
    expect(changed("wait 3d", "wait 4d")).toEqual(["p"]);
    expect(changed('text "Hi"', 'text "Ho"')).toEqual(["hello"]);
  });
  test("of a segment changes with what it reads", () => {
    const two = "segment A where in B\nsegment B where seats > 3\n";
    const [before, after] = [hashes(two), hashes(two.replace("3", "4"))];
    expect(before.get("A")).not.toBe(after.get("A"));
  });
});
