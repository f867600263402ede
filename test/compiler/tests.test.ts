// Tests of a project: no part of its plan, and none of them makes the compiler throw.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileTests } from "../../compiler/compile.ts";
import type { Clause } from "../../grammar/ast/suite.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import { parse } from "../../grammar/parse.ts";
import { planWithPrelude, prelude, world } from "./project.ts";

const good = readFileSync(new URL("../golden/compiler/good-test.cdz", import.meta.url), "utf8");
const tests = (text: string) => {
  const sources = [
    { path: "prelude.cdz", text: prelude },
    { path: "main.cdz", text },
  ];
  return compileTests(sources, world);
};

test("tests are no part of the plan, nor of its hash", () => {
  const without = good.slice(0, good.indexOf("test "));
  expect(planWithPrelude(good).hash).toBe(planWithPrelude(without).hash);
  expect(tests(good).suite?.plan?.hash).toBe(planWithPrelude(without).hash);
});

test("each clause knows its moment", () => {
  const clauses = tests(good).suite?.tests[0]?.clauses ?? [];
  const moments = clauses.map(({ kind, at }) => `${new Date(at).toISOString().slice(0, 16)} ${kind}`);
  expect(moments).toContain("2026-03-02T09:00 people");
  // Nine o'clock of the project's clocks, here an hour before noon of the person's.
  expect(moments).toContain("2026-03-03T11:00 happened");
  expect(moments.filter((moment) => moment.endsWith(" wait"))).toEqual([
    "2026-03-04T11:00 wait",
    "2026-03-20T08:00 wait",
  ]);
});

test("values are what the database reads", () => {
  const clauses = tests(good).suite?.tests[0]?.clauses ?? [];
  const ana = clauses.find((clause) => clause.kind === "people");
  const row = ana?.kind === "people" ? ana.row : [];
  const values = Object.fromEntries(row.map(({ field, value }) => [field.name, value]));
  const fixed = (value: string | readonly string[] | null) => ({ kind: "fixed", value });
  expect(values).toMatchObject({
    email: fixed("ana@x.example"),
    role: fixed("user"),
    seats: fixed("3"),
    arr: fixed("120"),
    share: fixed("10"),
    vip: fixed("true"),
    tags: fixed(["a", "b"]),
    renewal: fixed("2026-05-01"),
    created: fixed("2026-02-25 09:00:00.000"),
    joined: fixed("2026-03-02"),
    pause: fixed("259200"),
  });
});

describe("every clause that the grammar has", () => {
  const read = (path: string) => readFileSync(new URL(`../golden/${path}`, import.meta.url), "utf8");
  const kindOf = (clause: Clause): string => {
    const part =
      "act" in clause ? clause.act : "state" in clause ? clause.state : "outcome" in clause ? clause.outcome : "";
    return `${clause.kind} ${typeof part === "string" ? part : part.kind}`;
  };
  const clausesIn = (text: string) =>
    parse({ path: "main.cdz", text }).file.declarations.flatMap((node) => (node.kind === "test" ? node.clauses : []));
  const shown = [good, read("compiler/good-test-by-hand.cdz")];
  test("is in one of these tests", () => {
    const all = clausesIn(read("grammar/examples/alternatives-programs.cdz")).map(kindOf);
    expect(new Set(all).size).toBeGreaterThan(25);
    expect([...new Set(all)].filter((kind) => !shown.flatMap(clausesIn).map(kindOf).includes(kind))).toEqual([]);
  });
  test.each(shown)("and is carried out", (text) => {
    const clauses = clausesIn(text).filter(({ kind }) => kind !== "now is");
    const [test] = tests(text).suite?.tests ?? [];
    // Whoever is named for the first time by what is the case is there by that.
    expect(test?.clauses.filter(({ kind }) => kind !== "people").length).toBe(
      clauses.filter(({ kind }) => kind !== "given contact" && kind !== "given people").length,
    );
  });
});

describe("whatever is written in a test", () => {
  const token = /"(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z0-9_]*|\d[\w:.%-]*|[<>=!]=|[^\s]/g;
  const places = [...good.matchAll(token)].map(({ index, 0: word }) => ({ start: index, end: index + word.length }));
  const words = [...new Set([...good.matchAll(token)].map(([word]) => word))];
  const strange = ["0", "-1", "1e9", "9999-12-31", "2026-02-30", "0d", "999999y", '""', "nobody", "unknown", "(", ">"];
  test("it compiles or is reported", () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...words, ...strange), ({ start, end }, word) => {
        const { suite, diagnostics } = tests(good.slice(0, start) + word + good.slice(end));
        expect(suite === null).toBe(diagnostics.some(isError));
      }),
      { numRuns: 400 },
    );
  });
  test("one word less gives one error at most", () => {
    const many = places.flatMap(({ start, end }) => {
      // How often the parser speaks is its own affair.
      const found = tests(good.slice(0, start) + good.slice(end)).diagnostics.filter(
        (each) => isError(each) && !/^E(1|20)/.test(each.code),
      );
      return found.length > 1
        ? [`${good.slice(start, end)} at ${start}: ${found.map(({ code, text }) => `${code} ${text}`).join(" | ")}`]
        : [];
    });
    expect(many).toEqual([]);
  });
});
