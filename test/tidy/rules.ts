// What never appears in the code, rule by rule: each finds the places where it is broken.

import ts from "typescript";
import { isProduct } from "./rooms.ts";
import { type Code, importedNames, isOpenImport, places, walk } from "./tree.ts";

const lineCount = (code: Code, node: ts.Node) =>
  code.tree.getLineAndCharacterOfPosition(node.getEnd()).line -
  code.tree.getLineAndCharacterOfPosition(node.getStart(code.tree)).line +
  1;

export const longFiles = (codes: readonly Code[]): readonly string[] =>
  codes.filter(({ text }) => text.trimEnd().split("\n").length > 400).map(({ path }) => path);

export const longFunctions = (codes: readonly Code[]): readonly string[] =>
  places(codes, (node, code) => ts.isFunctionLike(node) && lineCount(code, node) > 60);

export const anys = (codes: readonly Code[]): readonly string[] =>
  places(codes, (node) => node.kind === ts.SyntaxKind.AnyKeyword);

function hasModifier(node: ts.Node, wanted: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === wanted);
}

const isExported = (node: ts.Node) => hasModifier(node, ts.SyntaxKind.ExportKeyword);

/** `export default`, `export =`, `export { x as default }`, `export *`, `export * as x`. */
export const namelessExports = (codes: readonly Code[]): readonly string[] =>
  places(
    codes,
    (node) =>
      ts.isExportAssignment(node) ||
      hasModifier(node, ts.SyntaxKind.DefaultKeyword) ||
      (ts.isExportSpecifier(node) && node.name.text === "default") ||
      (ts.isExportDeclaration(node) && (!node.exportClause || ts.isNamespaceExport(node.exportClause))),
  );

/** A use of a name that nothing around it declares to be something else: no property, no key, no type. */
function isFree(node: ts.Node, name: string): node is ts.Identifier {
  if (!ts.isIdentifier(node) || node.text !== name) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent) || ts.isParameter(parent)) return parent.initializer === node;
  return !ts.isTypeNode(parent) && !ts.isTypeElement(parent) && !ts.isQualifiedName(parent);
}

/** The member that is read of a name: `now` in `Date.now`; null where it is used in any other way. */
function memberOf(node: ts.Identifier): string | null {
  const { parent } = node;
  return ts.isPropertyAccessExpression(parent) ? parent.name.text : null;
}

function isMadeOf(node: ts.Identifier): boolean {
  const { parent } = node;
  if (!ts.isNewExpression(parent) || parent.expression !== node) return false;
  const [first] = parent.arguments ?? [];
  return first !== undefined && !ts.isSpreadElement(first);
}

const ownClock = "runtime/system-clock.ts";
const localTime = /^(get(Date|Day|FullYear|Hours|Milliseconds|Minutes|Month|Seconds|TimezoneOffset)|resolvedOptions)$/;
const timers = ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"];

/** Reads of the machine's clock, its zone, its timers or its source of chance. */
export const clocksAndChance = (codes: readonly Code[]): readonly string[] =>
  places(codes, (node, { path }) => {
    if (path === ownClock) return false;
    if (isFree(node, "Date")) return !isMadeOf(node) && !["parse", "UTC"].includes(memberOf(node) ?? "");
    if (isFree(node, "Math")) return [null, "random"].includes(memberOf(node));
    if (isFree(node, "DateTime")) return ["now", "local", "utc"].includes(memberOf(node) ?? "");
    if (isFree(node, "performance")) return memberOf(node) !== "clearMeasures";
    if (timers.some((name) => isFree(node, name))) return true;
    if (ts.isImportDeclaration(node)) return isChance(node);
    if (ts.isPropertyAccessExpression(node)) return localTime.test(node.name.text);
    return ts.isCallExpression(node) && node.arguments.length === 0 && isFormat(node.expression);
  });

/** Without a date, these take the present one. */
const isFormat = (node: ts.Node) => ts.isPropertyAccessExpression(node) && /^format(ToParts)?$/.test(node.name.text);

const settled = new Set(["createHash", "createHmac", "createCipheriv", "createDecipheriv", "timingSafeEqual"]);
/** Of `node:crypto` only what gives the same for the same is taken. */
function isChance({ moduleSpecifier, importClause }: ts.ImportDeclaration): boolean {
  if (!ts.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== "node:crypto") return false;
  const bindings = importClause?.namedBindings;
  return (
    !bindings ||
    !ts.isNamedImports(bindings) ||
    bindings.elements.some((one) => !settled.has((one.propertyName ?? one.name).text))
  );
}

const world = [
  "process",
  "globalThis",
  "global",
  "crypto",
  "console",
  "fetch",
  "WebSocket",
  "Temporal",
  "eval",
  "Function",
];

const doorsOut = new Map([
  ["runtime/cli/main.ts", "process"],
  ["runtime/calls/http.ts", "fetch"],
]);

/** Uses of the process and of whatever else leads past the ports. */
export const wayOut = (codes: readonly Code[]): readonly string[] =>
  places(codes, (node, { path }) => {
    const isDoor = (name: string) => doorsOut.get(path) === name;
    return isOpenImport(node) || world.some((name) => isFree(node, name) && !isDoor(name));
  });

const forbiddenSql =
  /\b(now|random|uuid|gen_random_uuid|today|setseed|get_current_timestamp|current_localtimestamp)\(|\bcurrent_(date|time|timestamp)\b|\bSET\s+(SESSION\s+|GLOBAL\s+|LOCAL\s+)?["']?time_?zone|\bNOT\s+IN\s*\(\s*SELECT\b/i;
const isText = (node: ts.Node): node is ts.LiteralLikeNode =>
  ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);

/** SQL that reads a clock, chance or a zone setting, or that loses rows to NULL. The adapter alone fixes the zone. */
/** The grammar has no SQL but what people write instead of the language. */
const maySay = (path: string): boolean => path === "runtime/store/duckdb.ts" || path.startsWith("grammar/habits/");
export const wildSql = (codes: readonly Code[]): readonly string[] =>
  places(codes, (node, { path }) => isText(node) && forbiddenSql.test(node.text) && !maySay(path));

function exportedNames(code: Code): readonly ts.Identifier[] {
  return code.tree.statements.filter(isExported).flatMap((node) => {
    const names = ts.isVariableStatement(node)
      ? node.declarationList.declarations.map(({ name }) => name)
      : [(node as ts.DeclarationStatement).name];
    return names.filter((name): name is ts.Identifier => name !== undefined && ts.isIdentifier(name));
  });
}

const vague = /^(managers?|helpers?|utils?|handlers?|processors?|services?|data|info|do|base|common)$/i;

export const vagueFiles = (codes: readonly Code[]): readonly string[] =>
  codes.map(({ path }) => path).filter((path) => path.split(/[/.-]/).some((word) => vague.test(word)));

/** Names of what a file exports, cut into words. */
export const vagueNames = (codes: readonly Code[]): readonly string[] =>
  codes.flatMap((code) =>
    exportedNames(code)
      .filter(({ text }) => text.split(/(?=[A-Z])|_/).some((word) => vague.test(word)))
      .map(({ text }) => `${code.path}: ${text}`),
  );

/** Notes to come back, and orders to the compiler to look away. */
export const excuses = (codes: readonly Code[]): readonly string[] =>
  codes
    .filter(({ path }) => !path.startsWith("test/tidy/"))
    .filter(({ text }) => /@ts-(ignore|nocheck|expect-error)|\b(TODO|FIXME|HACK)\b/.test(text))
    .map(({ path }) => path);

export const onlyProduct = (codes: readonly Code[]): readonly Code[] => codes.filter(({ path }) => isProduct(path));

/** Exports that no other file imports and that their own file does not use either. */
export function deadExports(codes: readonly Code[]): readonly string[] {
  const wanted = new Set(codes.flatMap(importedNames));
  return codes.flatMap((code) => {
    const times = new Map<string, number>();
    walk(code.tree, (node) => {
      if (ts.isIdentifier(node)) times.set(node.text, (times.get(node.text) ?? 0) + 1);
    });
    const dead = exportedNames(code).filter(({ text }) => times.get(text) === 1 && !wanted.has(`${code.path} ${text}`));
    return dead.map(({ text }) => `${code.path}: ${text}`);
  });
}
