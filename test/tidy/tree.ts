// Reads the project's TypeScript as a graph of files, for the tidy test.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import ts from "typescript";

export const root = new URL("../../", import.meta.url);

export interface Edge {
  readonly from: string;
  /** A path inside the project, or a package's name. */
  readonly to: string;
}
export interface Code {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const skipped = new Set(["node_modules", "dist", ".git", "golden", "coverage"]);

function pathsBelow(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, root), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : pathsBelow(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

export function readCode(folders: readonly string[]): readonly Code[] {
  return folders.flatMap(pathsBelow).map((path) => {
    const text = readFileSync(new URL(path, root), "utf8");
    return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
  });
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return normalize(join(dirname(from), specifier));
}

function specifierOf(node: ts.Node): string | null {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
    return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : null;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const first = node.arguments[0];
    return first && ts.isStringLiteral(first) ? first.text : null;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return node.argument.literal.text;
  }
  return null;
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

export function edgesOf(code: Code): readonly Edge[] {
  const edges: Edge[] = [];
  walk(code.tree, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== null) edges.push({ from: code.path, to: resolve(code.path, specifier) });
  });
  return edges;
}

/** A ring of files that import each other, or null. */
export function findCycle(edges: readonly Edge[]): readonly string[] | null {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | null => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (finished.has(file)) return null;
    path.push(file);
    for (const target of next.get(file) ?? []) {
      const found = visit(target);
      if (found) return found;
    }
    path.pop();
    finished.add(file);
    return null;
  };
  for (const file of next.keys()) {
    const found = visit(file);
    if (found) return found;
  }
  return null;
}
