// Hashes are of meaning: layout, comments, docs and order never change them; meaning does.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lex } from "../../grammar/lex.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { readProject } from "../../runtime/sources/project.ts";
import { compileProject } from "../../runtime/sources/project-plan.ts";
import { runs } from "../random.ts";
import { valueFrom } from "../support/scratch.ts";
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

/** The same words with other blanks, line breaks and comments between them. */
function relaid({ path, text }: SourceFile, draw: () => number): SourceFile {
  let [laid, end] = ["", 0];
  for (const { startOffset, image } of lex({ path, text }).tokens) {
    const isApart = startOffset > end || laid === "";
    const gap = [" ", "\n", "\n\n    ", "  # a word\n", "\n## A doc comment.\n", "\t"][draw() % 6] ?? " ";
    laid += (isApart ? gap : "") + image;
    end = startOffset + image.length;
  }
  return { path, text: laid };
}

test.each(["onboarding", "leads", "cdnow", "starter"])("layout and comments never change %s", (name) => {
  const folder = valueFrom(readProject(new URL(`../../examples/${name}`, import.meta.url).pathname));
  const plain = compileProject(folder).plan;
  expect(plain).not.toBeNull();
  const isSame = (draws: readonly number[]) => {
    let index = 0;
    const draw = () => draws[index++ % draws.length] ?? 0;
    const sources = folder.sources.map((source) => relaid(source, draw)).toSorted(() => (draw() % 2 === 0 ? 1 : -1));
    expect(sources.map(({ text }) => text)).not.toEqual(folder.sources.map(({ text }) => text));
    expect(compileProject({ ...folder, sources }).plan?.hash).toBe(plain?.hash);
  };
  fc.assert(fc.property(fc.array(fc.nat(1000), { minLength: 30, maxLength: 90 }), isSame), { numRuns: runs(5) });
});
