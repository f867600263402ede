// Names: what was probably meant, packs, and what the parser could not read.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { nearest } from "../../compiler/similar.ts";
import { distance } from "../../grammar/near.ts";
import { compileWithPrelude, prelude, world } from "./project.ts";

describe("the distance of two words", () => {
  test.each([
    ["purchased", "purchsed", 1],
    ["role", "roel", 1],
    ["kitten", "sitting", 3],
    ["", "abc", 3],
  ])("%s and %s: %i", (left, right, expected) => {
    expect(distance(left, right)).toBe(expected);
  });
  test("is a distance: none to itself, the same both ways, at most the longer word", () => {
    const word = fc.stringMatching(/^[a-z_]{0,9}$/);
    fc.assert(
      fc.property(word, word, (left, right) => {
        expect(distance(left, left)).toBe(0);
        expect(distance(left, right)).toBe(distance(right, left));
        expect(distance(left, right)).toBeLessThanOrEqual(Math.max(left.length, right.length));
        expect(distance(left, right) === 0).toBe(left === right);
      }),
    );
  });
  test("decides which name is offered, and that none is where none is near", () => {
    expect(nearest("welcom", ["tips", "welcome", "welcoming"])).toBe("welcome");
    expect(nearest("ROLE", ["rule", "role"])).toBe("role");
    expect(nearest("xyz", ["tips", "welcome"])).toBeNull();
    expect(nearest("ab", ["cd"])).toBeNull();
  });
});

describe("packs", () => {
  const library = [{ path: "stdlib/calm.cdz", text: "segment VeryQuiet where not purchased in 1y\n" }];
  const sources = (text: string) => [
    { path: "prelude.cdz", text: prelude },
    { path: "main.cdz", text },
  ];
  test("bring their declarations where they are used", () => {
    const { plan } = compile(sources("use calm\nsegment A where in VeryQuiet"), { ...world, library });
    expect(plan?.segments.map(({ id }) => id)).toContain("VeryQuiet");
  });
  test("bring nothing where they are not", () => {
    const { diagnostics } = compile(sources("segment A where in VeryQuiet"), { ...world, library });
    expect(diagnostics.map(({ code }) => code)).toEqual(["E220"]);
  });
  test("that do not exist are named, with the one that was meant", () => {
    const { diagnostics } = compile(sources("use clam"), { ...world, library });
    expect(diagnostics).toMatchObject([{ code: "E223", fixes: [{ edits: [{ text: "calm" }] }] }]);
  });
});

describe("a name whose declaration cannot be read", () => {
  test("is not missing, while others still are", () => {
    const broken = "segment Broken where seats >= \nsegment A where in Broken\n";
    const codes = compileWithPrelude(`${broken}email x < subject "x" text "y" topic nws >`).diagnostics;
    expect(codes.map(({ code }) => code).filter((code) => code === "E220")).toHaveLength(1);
    expect(codes.filter(({ text }) => text.includes("Broken"))).toEqual([]);
  });
  test("is missing where it stands in a comment only", () => {
    const { diagnostics } = compileWithPrelude("# Lost is no segment\nlist x y\nprogram p for Lost < send welcome >\n");
    expect(diagnostics.map(({ text }) => text).filter((text) => text.includes("`Lost`"))).toHaveLength(1);
  });
});
