// The style of the house as a test: who may import whom, how long things may get, and what never appears.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isPack, isPlace, isProduct, wrongEdges } from "./rooms.ts";
import * as rules from "./rules.ts";
import { type Code, codeOf, type Edge, edgesOf, findCycle, reachedFrom, readCode } from "./tree.ts";

const all = readCode();
const product = rules.onlyProduct(all);
const edges = all.flatMap(edgesOf);
const paths = new Set(all.map(({ path }) => path));
const isInside = ({ to }: Edge) => paths.has(to);

describe("imports", () => {
  test("follow the direction of the house, each library behind its door", () => {
    expect(wrongEdges(edges, paths)).toEqual([]);
  });
  test("form no ring", () => {
    expect(findCycle(edges.filter(isInside))).toBeNull();
  });
  test("reach every file of the product from what it offers, every other from a test or a script", () => {
    const offered = reachedFrom(["runtime/index.ts", "runtime/cli/main.ts"], edges);
    const unused = product.map(({ path }) => path).filter((path) => !offered.has(path));
    const scripts = /\.(test|bench|fuzz)\.tsx?$|-child\.ts$|\.mjs$|^vitest\.config\.ts$/;
    const started = reachedFrom(
      [...paths].filter((path) => scripts.test(path)),
      edges,
    );
    const stray = [...paths].filter((path) => !isProduct(path) && !started.has(path));
    expect({ unused, stray }).toEqual({ unused: [], stray: [] });
  });
});

test("code is in the rooms of the house only", () => {
  expect([...paths].filter((path) => !isPlace(path))).toEqual([]);
  expect(product.map(({ path }) => path).filter((path) => !/\.tsx?$/.test(path))).toEqual([]);
});

describe("there is no", () => {
  test("file longer than 400 lines", () => expect(rules.longFiles(all)).toEqual([]));
  test("function longer than 60 lines", () => expect(rules.longFunctions(product)).toEqual([]));
  test("any", () => expect(rules.anys(all)).toEqual([]));
  test("default or star export", () => expect(rules.namelessExports(product)).toEqual([]));
  test("clock or chance outside the ports", () => expect(rules.clocksAndChance(product)).toEqual([]));
  test("process outside the command's main file, and no other way out", () =>
    expect(rules.wayOut(product)).toEqual([]));
  test("SQL that reads a clock, chance or a zone", () => expect(rules.wildSql(product)).toEqual([]));
  test("vague word in a name", () => {
    expect(rules.vagueFiles(product)).toEqual([]);
    expect(rules.vagueNames(product)).toEqual([]);
  });
  test("export that nobody uses", () => expect(rules.deadExports(all)).toEqual([]));
  test("excuse", () => expect(rules.excuses(all)).toEqual([]));
});

test("what the package needs to run is what the product imports", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const named = edges.filter(({ from, to }) => isProduct(from) && !paths.has(to) && !/^node:/.test(to) && !isPack(to));
  const used = new Set(
    named.map(({ to }) =>
      to
        .split("/")
        .slice(0, to.startsWith("@") ? 2 : 1)
        .join("/"),
    ),
  );
  const missing = [...used].filter((name) => !(name in dependencies) && !(name in devDependencies));
  const unused = Object.keys(dependencies).filter((name) => !used.has(name));
  expect({ missing, unused }).toEqual({ missing: [], unused: [] });
});

// A rule that never fails shows nothing: here each meets what it forbids.
describe("the rule on imports sees", () => {
  const files = new Set([
    ...["grammar/a.ts", "compiler/a.ts", "stdlib/a.ts", "runtime/ports.ts", "runtime/open.ts", "runtime/index.ts"],
    ...["runtime/engine/a.ts", "runtime/store/a.ts", "runtime/mail/a.ts", "runtime/sim/a.ts", "runtime/cli/a.ts"],
    ...["runtime/tui/a.ts", "test/support/a.ts"],
  ]);
  const cases: readonly (readonly [from: string, line: string])[] = [
    ["grammar/b.ts", 'import { a } from "../compiler/a.ts"'],
    ["grammar/b.ts", 'import type { A } from "../compiler/a.ts"'],
    ["grammar/b.ts", 'export { a } from "../compiler/a.ts"'],
    ["grammar/b.ts", 'type A = import("../compiler/a.ts").A'],
    ["grammar/b.ts", "const a = await import(`../compiler/a.ts`)"],
    ["grammar/b.ts", 'import a = require("../compiler/a.ts")'],
    ["grammar/b.ts", 'import { a } from "../compiler/a.js"'],
    ["compiler/b.ts", 'import { a } from "../stdlib/a.ts"'],
    ["compiler/b.ts", 'import hygiene from "../stdlib/hygiene.cdz"'],
    ["stdlib/b.ts", 'import shop from "../docs/shop.cdz"'],
    ["compiler/b.ts", 'import { open } from "cadenza"'],
    ["compiler/b.ts", 'import { a } from "../runtime/engine/a.ts"'],
    ["compiler/b.ts", 'import { readFileSync } from "node:fs"'],
    ["runtime/engine/b.ts", 'import { a } from "../store/a.ts"'],
    ["runtime/engine/b.ts", 'import { open } from "../open.ts"'],
    ["runtime/store/b.ts", 'import { a } from "../mail/a.ts"'],
    ["runtime/mail/b.ts", 'import { a } from "../sim/a.ts"'],
    ["runtime/store/b.ts", 'import { open } from "../index.ts"'],
    ["runtime/open.ts", 'import { a } from "./index.ts"'],
    ["runtime/open.ts", 'import { a } from "./cli/a.ts"'],
    ["runtime/open.ts", 'import { a } from "../test/support/a.ts"'],
    ["runtime/ports.ts", 'import { a } from "./engine/a.ts"'],
    ["runtime/cli/b.ts", 'import { a } from "../engine/a.ts"'],
    ["runtime/cli/b.ts", 'import { open } from "../open.ts"'],
    ["runtime/cli/b.ts", 'import { a } from "../tui/a.ts"'],
    ["runtime/tui/b.ts", 'import { a } from "../cli/a.ts"'],
    ["compiler/b.ts", 'import { Lexer } from "chevrotain"'],
    ["runtime/engine/b.ts", 'import { a } from "@duckdb/node-bindings"'],
    ["runtime/engine/b.ts", 'import { a } from "mailgun.js/definitions"'],
    ["runtime/cli/b.ts", 'import { jsx } from "react/jsx-runtime"'],
    ["runtime/engine/dates.ts", 'import { DateTime } from "luxon"'],
    ["runtime/mail/b.ts", 'import { a } from "left-pad"'],
    ["runtime/store/b.ts", 'import { createRequire } from "node:module"'],
    ["runtime/store/b.ts", 'import { env } from "node:process"'],
    ["runtime/store/b.ts", 'import { readFileSync } from "fs"'],
  ];
  for (const [from, line] of cases) {
    test(`${from}: ${line}`, () => expect(wrongEdges(edgesOf(codeOf(from, line)), files)).toHaveLength(1));
  }
  test("and lets pass what is allowed", () => {
    const lines =
      'import { a } from "../index.ts"; const b = await import("../tui/a.ts"); type C = import("commander").Command';
    expect(wrongEdges(edgesOf(codeOf("runtime/cli/b.ts", lines)), files)).toEqual([]);
  });
  test("a room that does not exist", () => {
    expect(["runtime/jobs/a.ts", "runtime/engine.d/a.ts", "lib/a.ts", "a.ts"].filter(isPlace)).toEqual([]);
  });
  test("a ring, of types too", () => {
    const ring = [
      codeOf("grammar/a.ts", 'import type { B } from "./b.ts"'),
      codeOf("grammar/b.ts", 'type C = import("./c.ts").C'),
      codeOf("grammar/c.ts", 'export { a } from "./a.ts"'),
    ];
    expect(findCycle(ring.flatMap(edgesOf))).toEqual(["grammar/a.ts", "grammar/b.ts", "grammar/c.ts", "grammar/a.ts"]);
  });
});

describe("the rule sees", () => {
  const long = (count: number) => "\n".repeat(count);
  const cases: readonly (readonly [
    rule: (codes: readonly Code[]) => readonly string[],
    path: string,
    lines: readonly string[],
  ])[] = [
    [rules.longFiles, "grammar/a.ts", [`a${long(400)}b`]],
    [
      rules.longFunctions,
      "grammar/a.ts",
      [`function a() {${long(60)}}`, `const a = () => {${long(60)}}`, `class A { b() {${long(60)}} }`],
    ],
    [rules.anys, "grammar/a.ts", ["let a: any", "let a: readonly any[]", "const b = a as any"]],
    [
      rules.namelessExports,
      "grammar/a.ts",
      [
        "export default 1",
        "export default function a() {}",
        "export { a as default }",
        'export * from "./b.ts"',
        'export * as b from "./b.ts"',
        "export = a",
      ],
    ],
    [
      rules.clocksAndChance,
      "grammar/a.ts",
      [
        ...[
          "Date.now()",
          "const now = Date.now",
          'Date["now"]()',
          "new Date()",
          "new Date",
          "Date()",
          "new Date(...[])",
        ],
        ...["const D = Date", "Math.random()", "const { random } = Math", "performance.now()", "DateTime.now()"],
        ...[
          "setTimeout(a, 1)",
          "new Date(1).getHours()",
          "format.formatToParts()",
          "new Intl.DateTimeFormat().format()",
        ],
        ...['import { randomUUID } from "node:crypto"', 'import * as c from "node:crypto"'],
      ],
    ],
    [
      rules.wayOut,
      "runtime/cli/run.ts",
      [
        ...[
          "process.env.A",
          "const { env } = process",
          'process["env"]',
          "globalThis.process.env",
          "crypto.randomUUID()",
        ],
        ...[
          'console.log("a")',
          'fetch("a")',
          "await import(name)",
          "a = process",
          "f(process)",
          "const { a = process } = b",
        ],
      ],
    ],
    [
      rules.wildSql,
      "runtime/engine/a.ts",
      [
        '"SELECT now()"',
        "`SELECT random() AS r`",
        "`SELECT a, current_timestamp`",
        '"SET TimeZone = 1"',
        "`a NOT IN (SELECT b)`",
      ],
    ],
    [rules.vagueFiles, "grammar/parse-util.ts", ["a"]],
    [
      rules.vagueNames,
      "grammar/a.ts",
      ["export const dataOf = 1", "export function handler() {}", "export interface BaseNode {}"],
    ],
    [rules.deadExports, "grammar/a.ts", ["export const a = 1", "export interface A {}"]],
    [rules.excuses, "grammar/a.ts", ["// TODO later", "// @ts-ignore"]],
  ];
  for (const [rule, path, lines] of cases) {
    for (const line of lines) {
      test(`${rule.name}: ${line.replaceAll(/\n+/g, "…")}`, () => expect(rule([codeOf(path, line)])).not.toEqual([]));
    }
  }
  test("and lets pass what only looks alike", () => {
    const lines = [
      "const a: Date = new Date(instant); Date.parse(b); Date.UTC(2026, 1); Math.max(1, 2); clock.now(); x.Date;",
      "type D = Date; interface E { process: string; Date: Date } f({ process: 1 }); const { process: g } = h;",
      'import { createHash } from "node:crypto"; DateTime.fromMillis(a); format.format(b); "right now (today)";',
    ];
    const code = [codeOf("runtime/engine/a.ts", lines.join("\n"))];
    expect([rules.clocksAndChance, rules.wayOut, rules.wildSql].flatMap((rule) => rule(code))).toEqual([]);
  });
});
