// Reads the project's code as a graph of files, for the tidy test.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import ts from "typescript";

const root = new URL("../../", import.meta.url);

export interface Edge {
  readonly from: string;
  /** A path inside the project, or what the import names. */
  readonly to: string;
  /** True where the file is loaded only when it is asked for, or never, being wanted for its types. */
  readonly isLazy: boolean;
}
export interface Code {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const skipped = new Set(["node_modules", "dist", "golden", "coverage", "tmp"]);
const codeFile = /\.[cm]?[jt]sx?$/;

function pathsBelow(folder: string): readonly string[] {
  return readdirSync(new URL(folder, root), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || skipped.has(entry.name)) return [];
    if (entry.isDirectory()) return pathsBelow(`${folder}${entry.name}/`);
    // A declaration of what files are made of is no code.
    return codeFile.test(entry.name) && !entry.name.endsWith(".d.ts") ? [`${folder}${entry.name}`] : [];
  });
}

export function codeOf(path: string, text: string): Code {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** All code of the project, in whatever folder: none can be added where nothing looks. */
export function readCode(): readonly Code[] {
  return pathsBelow("").map((path) => codeOf(path, readFileSync(new URL(path, root), "utf8")));
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** Where a rule is broken, as `path:line`. */
export function places(codes: readonly Code[], matches: (node: ts.Node, code: Code) => boolean): readonly string[] {
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

interface Named {
  /** null where it is worked out at run time, so that nothing can be known of it. */
  readonly specifier: string | null;
  readonly isLazy: boolean;
}

function named(node: ts.Node | undefined, isLazy: boolean): Named {
  return { specifier: node && ts.isStringLiteralLike(node) ? node.text : null, isLazy };
}

/** What a node imports, in each way the language has; null where it imports nothing. */
function importOf(node: ts.Node): Named | null {
  if (ts.isImportDeclaration(node)) return named(node.moduleSpecifier, node.importClause?.isTypeOnly === true);
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return named(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isExternalModuleReference(node)) return named(node.expression, false);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return named(node.arguments[0], true);
  }
  if (ts.isImportTypeNode(node)) return named(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node, true);
  return null;
}

/** Imports whose target is not written out. */
export const isOpenImport = (node: ts.Node): boolean => importOf(node)?.specifier === null;

const pathFrom = (path: string, specifier: string) => normalize(join(dirname(path), specifier));

/** The names that a file takes from others, as `path name`; where a file is loaded lazily, what is taken out of it. */
export function importedNames(code: Code): readonly string[] {
  const names: string[] = [];
  walk(code.tree, (node) => {
    const { specifier } = importOf(node) ?? {};
    if (typeof specifier !== "string") return;
    const path = pathFrom(code.path, specifier);
    for (const name of bindingsOf(node)) names.push(`${path} ${name}`);
  });
  return names;
}

const nameOf = ({ name, propertyName }: ts.ImportOrExportSpecifier | ts.BindingElement) =>
  (propertyName ?? name).getText();

function bindingsOf(node: ts.Node): readonly string[] {
  if (ts.isImportDeclaration(node)) {
    const bindings = node.importClause?.namedBindings;
    if (!bindings) return [];
    return ts.isNamedImports(bindings) ? bindings.elements.map(nameOf) : membersUsed(bindings.name);
  }
  if (ts.isExportDeclaration(node)) {
    return node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements.map(nameOf) : [];
  }
  const declared = ts.findAncestor(node, ts.isVariableDeclaration)?.name;
  return declared && ts.isObjectBindingPattern(declared) ? declared.elements.map(nameOf) : [];
}

/** Of a whole file that was imported under one name, what is read of it. */
function membersUsed(alias: ts.Identifier): readonly string[] {
  const members: string[] = [];
  walk(alias.getSourceFile(), (node) => {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === alias.text) members.push(node.name.text);
  });
  return members;
}

export function edgesOf(code: Code): readonly Edge[] {
  const edges: Edge[] = [];
  walk(code.tree, (node) => {
    const { specifier, isLazy } = importOf(node) ?? {};
    if (typeof specifier !== "string" || isLazy === undefined) return;
    const to = specifier.startsWith(".") ? pathFrom(code.path, specifier) : specifier;
    edges.push({ from: code.path, to, isLazy });
  });
  return edges;
}

/** A ring of files that import each other, be it for types alone, or null. */
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

/** The files that can be reached from these. */
export function reachedFrom(entries: readonly string[], edges: readonly Edge[]): ReadonlySet<string> {
  const reached = new Set<string>(entries);
  // A set that grows while it is walked is walked to its new end.
  for (const file of reached) for (const edge of edges) if (edge.from === file) reached.add(edge.to);
  return reached;
}
