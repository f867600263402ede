// The rooms of the house and its doors: who may import whom, and which room holds which library.

import type { Edge } from "./tree.ts";

const base = [
  "runtime/ports.ts",
  "runtime/failures",
  "runtime/snapshot.ts",
  "runtime/report.ts",
  "runtime/printable.ts",
];
const language = ["grammar", "compiler", "stdlib"];
const behindEngine = [...language, ...base, "runtime/engine"];
const inner = [
  ...behindEngine,
  "runtime/markup.ts",
  "runtime/findings",
  "runtime/store",
  "runtime/mail",
  "runtime/calls",
  "runtime/serve",
  "runtime/sim",
  "runtime/docs",
  "runtime/doctor",
  "runtime/why",
  "runtime/planning",
  "runtime/reports",
  "runtime/table.ts",
];

/** What the public interface is made of, beside the files right below `runtime`. */
const open = ["runtime/sources", "runtime/simulation", "runtime/ingest", "runtime/preserving"];
const behindOpen = [...inner, "runtime/*", ...open];

/** Per room what it may import besides itself; a room that is not named here is none. */
const below: Readonly<Record<string, readonly string[]>> = {
  grammar: [],
  compiler: ["grammar"],
  stdlib: ["grammar", "compiler"],
  "runtime/ports.ts": ["compiler"],
  "runtime/failures": ["runtime/ports.ts"],
  "runtime/snapshot.ts": ["runtime/ports.ts"],
  "runtime/report.ts": ["runtime/ports.ts"],
  "runtime/printable.ts": [],
  "runtime/table.ts": ["runtime/printable.ts"],
  "runtime/markup.ts": [],
  "runtime/engine": [...language, ...base],
  "runtime/store": behindEngine,
  "runtime/mail": behindEngine,
  "runtime/calls": behindEngine,
  "runtime/serve": [...behindEngine, "runtime/markup.ts"],
  "runtime/findings": [...language, ...base],
  "runtime/sim": behindEngine,
  "runtime/docs": [...language, ...base, "runtime/markup.ts"],
  "runtime/why": behindEngine,
  "runtime/planning": behindEngine,
  "runtime/doctor": behindEngine,
  "runtime/reports": [...behindEngine, "runtime/table.ts"],
  ...Object.fromEntries(open.map((name) => [name, behindOpen])),
  "runtime/*": behindOpen,
  "runtime/index.ts": behindOpen,
  "runtime/cli": ["runtime/index.ts"],
  "runtime/tui": ["runtime/index.ts"],
};

/** The room a file is in; files right below `runtime` share one, but for those that have a row of their own. */
export function room(path: string): string {
  const [top = "", second = "", third] = path.split("/");
  if (top !== "runtime") return top;
  if (third !== undefined) return `runtime/${second}`;
  return path in below ? path : "runtime/*";
}

export const isProduct = (path: string): boolean => /^(grammar|compiler|stdlib|runtime)\//.test(path);
/** Where code may be at all. */
export const isPlace = (path: string): boolean =>
  isProduct(path) ? room(path) in below : /^(test|examples)\/|^(build\.mjs|vitest\.config\.ts)$/.test(path);

const isCore = (path: string) => [...language, "runtime/engine"].includes(room(path));
const isIn =
  (...rooms: readonly string[]) =>
  (path: string) =>
    rooms.includes(room(path));

/** Per library, by the start of its name, the files it may be used in; one that is not named here has no door yet. */
const doors: readonly (readonly [library: RegExp, opens: (path: string) => boolean])[] = [
  [/^(chevrotain|@chevrotain)$/, isIn("grammar")],
  [/^@duckdb$/, isIn("runtime/store")],
  [/^iconv-lite$/, isIn("runtime/store")],
  [/^liquidjs$/, (path) => /^compiler\/template[-.]/.test(path) || room(path) === "runtime/mail"],
  [/^(mailgun\.js|nodemailer|markdown-it|html-to-text|htmlparser2|juice)$/, isIn("runtime/mail")],
  [/^(react|ink|string-width)$/, isIn("runtime/tui")],
  [/^diff$/, (path) => path === "runtime/sources/unified-diff.ts"],
  [/^commander$/, isIn("runtime/cli")],
  // It is loaded with the first pattern, which an import cannot do.
  [/^(re2js|node:module)$/, (path) => path === "compiler/pattern.ts"],
  [/^luxon$/, (path) => ["compiler/calendar.ts", "runtime/engine/schedule.ts"].includes(path)],
  [/^node:(http|net)$/, isIn("runtime/serve")],
  [/^node:dns$/, (path) => path === "runtime/doctor/names.ts"],
  [/^node:child_process$/, (path) => path === "runtime/store/byte-copy.ts"],
  [/^node:(crypto)$/, () => true],
  [/^node:(async_hooks|buffer|events|fs|os|path|stream|url)$/, (path) => !isCore(path)],
];

function mayImport({ from, to, isLazy }: Edge): boolean {
  const [own, other] = [room(from), room(to)];
  return (
    own === other || (below[own] ?? []).includes(other) || (own === "runtime/cli" && other === "runtime/tui" && isLazy)
  );
}

/** A pack is text of the library's own. */
export const isPack = (path: string): boolean => /^stdlib\/\w+\.cdz$/.test(path);

function mayUse({ from, to }: Edge): boolean {
  if (isPack(to)) return room(from) === "stdlib";
  const [library = ""] = to.split("/");
  return doors.some(([name, opens]) => name.test(library) && opens(from));
}

/** Imports of the product that break the order of the house. `paths`: all files there are. */
export function wrongEdges(edges: readonly Edge[], paths: ReadonlySet<string>): readonly string[] {
  return edges
    .filter(({ from }) => isProduct(from))
    .filter((edge) => (paths.has(edge.to) ? !mayImport(edge) : !mayUse(edge)))
    .map(({ from, to }) => `${from} must not import ${to}`);
}
