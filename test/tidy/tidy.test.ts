// The style of the house as a test: who may import whom, how long things may get, and what never appears.

import { describe, expect, test } from "vitest";
import ts from "typescript";
import { type Code, type Edge, edgesOf, findCycle, readCode, walk } from "./tree.ts";

const product = readCode(["grammar", "compiler", "stdlib", "runtime"]);
const all = [...product, ...readCode(["test", "examples"])];
const productEdges = product.flatMap(edgesOf);

const lines = (code: Code, node: ts.Node) =>
  code.tree.getLineAndCharacterOfPosition(node.getEnd()).line -
  code.tree.getLineAndCharacterOfPosition(node.getStart(code.tree)).line +
  1;

function places(codes: readonly Code[], matches: (node: ts.Node, code: Code) => boolean): readonly string[] {
  return codes.flatMap((code) => {
    const found: string[] = [];
    walk(code.tree, (node) => {
      if (!matches(node, code)) return;
      const { line } = code.tree.getLineAndCharacterOfPosition(node.getStart(code.tree));
      found.push(`${code.path}:${line + 1}`);
    });
    return found;
  });
}

/** The room a file is in: what the rules of import speak about. */
function room(path: string): string {
  const parts = path.split("/");
  if (parts[0] !== "runtime") return parts[0] ?? "";
  return parts.length > 2 ? `runtime/${parts[1]}` : `runtime/${(parts[1] ?? "").replace(/\.ts$/, "")}`;
}

const shared = ["runtime/ports", "runtime/failures", "runtime/snapshot"];
const below: Readonly<Record<string, readonly string[]>> = {
  grammar: [],
  compiler: ["grammar"],
  stdlib: ["grammar", "compiler"],
  "runtime/ports": ["compiler"],
  "runtime/failures": ["runtime/ports"],
  "runtime/engine": ["grammar", "compiler", "stdlib", ...shared],
  "runtime/store": ["grammar", "compiler", "stdlib", "runtime/engine", ...shared],
  "runtime/mail": ["grammar", "compiler", "stdlib", "runtime/engine", ...shared],
  "runtime/serve": ["grammar", "compiler", "stdlib", "runtime/engine", ...shared],
  "runtime/sim": ["grammar", "compiler", "stdlib", "runtime/engine", ...shared],
  "runtime/cli": ["runtime/index", "runtime/tui"],
  "runtime/tui": ["runtime/index"],
};
const rootOfRuntime = [
  "grammar",
  "compiler",
  "stdlib",
  "runtime/engine",
  "runtime/store",
  "runtime/mail",
  "runtime/serve",
  "runtime/sim",
];

function mayImport(from: string, to: string): boolean {
  const allowed = below[from];
  if (from === to) return true;
  if (allowed) return allowed.includes(to);
  return from.startsWith("runtime/") && (rootOfRuntime.includes(to) || !(to in below) || shared.includes(to));
}

const owners: Readonly<Record<string, (path: string) => boolean>> = {
  chevrotain: (path) => room(path) === "grammar",
  "@duckdb/node-api": (path) => room(path) === "runtime/store",
  "mailgun.js": (path) => room(path) === "runtime/mail",
  react: (path) => room(path) === "runtime/tui",
  ink: (path) => room(path) === "runtime/tui",
  commander: (path) => room(path) === "runtime/cli",
  luxon: (path) => ["compiler/calendar.ts", "runtime/engine/schedule.ts"].includes(path),
};

const isInside = (edge: Edge) => /\.tsx?$/.test(edge.to);

describe("imports", () => {
  test("follow the direction of the house", () => {
    const wrong = productEdges
      .filter(isInside)
      .filter(({ from, to }) => !mayImport(room(from), room(to)))
      .map(({ from, to }) => `${from} must not import ${to}`);
    expect(wrong).toEqual([]);
  });
  test("keep each library behind its door", () => {
    const wrong = productEdges
      .filter(({ from, to }) => owners[to] !== undefined && !owners[to](from))
      .map(({ from, to }) => `${from} must not import ${to}`);
    expect(wrong).toEqual([]);
  });
  test("form no ring", () => {
    expect(findCycle(all.flatMap(edgesOf).filter(isInside))).toBeNull();
  });
  test("reach every file", () => {
    const targets = new Set(all.flatMap(edgesOf).map(({ to }) => to));
    const entries =
      /^(runtime\/index\.ts|runtime\/cli\/main\.ts|test\/.*\.(test|bench)\.tsx?|test\/support\/.*-child\.ts)$/;
    expect(all.map(({ path }) => path).filter((path) => !entries.test(path) && !targets.has(path))).toEqual([]);
  });
  test("know a ring when they see one", () => {
    const edges = [
      { from: "a.ts", to: "b.ts" },
      { from: "b.ts", to: "c.ts" },
      { from: "c.ts", to: "a.ts" },
    ];
    expect(findCycle(edges)).toEqual(["a.ts", "b.ts", "c.ts", "a.ts"]);
  });
});

describe("sizes", () => {
  test("no file is longer than 400 lines", () => {
    expect(all.filter(({ text }) => text.trimEnd().split("\n").length > 400).map(({ path }) => path)).toEqual([]);
  });
  test("no function is longer than 60 lines", () => {
    const long = places(product, (node, code) => ts.isFunctionLike(node) && lines(code, node) > 60);
    expect(long).toEqual([]);
  });
});

describe("words that never appear", () => {
  test("any", () => {
    expect(places(all, (node) => node.kind === ts.SyntaxKind.AnyKeyword)).toEqual([]);
  });
  test("default and star exports", () => {
    const wrong = places(
      product,
      (node) =>
        ts.isExportAssignment(node) ||
        (ts.isExportDeclaration(node) && !node.exportClause) ||
        (ts.canHaveModifiers(node) &&
          (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.DefaultKeyword)),
    );
    expect(wrong).toEqual([]);
  });
  test("the clock and chance outside the ports", () => {
    const reads = places(product, (node, code) => {
      if (code.path === "runtime/system-clock.ts") return false;
      if (ts.isNewExpression(node)) return node.expression.getText(code.tree) === "Date" && !node.arguments?.length;
      if (!ts.isCallExpression(node)) return false;
      return /^(Date\.now|Math\.random|performance\.now|crypto\.randomUUID|randomUUID|randomBytes)$/.test(
        node.expression.getText(code.tree),
      );
    });
    expect(reads).toEqual([]);
  });
  test("process outside the command's main file", () => {
    const reads = places(
      product,
      (node, code) =>
        code.path !== "runtime/cli/main.ts" &&
        ts.isPropertyAccessExpression(node) &&
        ts.isIdentifier(node.expression) &&
        node.expression.text === "process",
    );
    expect(reads).toEqual([]);
  });
  test("vague words in file names", () => {
    const vague =
      /(^|[-/])(manager|helper|helpers|util|utils|handler|processor|service|data|info|do|base|common)(-|\.tsx?$)/;
    expect(product.filter(({ path }) => vague.test(path)).map(({ path }) => path)).toEqual([]);
  });
  test("casts of the compiler's silence", () => {
    const wrong = all.filter(
      ({ text, path }) => path !== "test/tidy/tidy.test.ts" && /@ts-(ignore|nocheck|expect-error)/.test(text),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});
