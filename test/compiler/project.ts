// Compiles small projects for tests: sources in memory, mail bodies from a map.

import { readFileSync } from "node:fs";
import { isZone } from "../../compiler/calendar.ts";
import { type CheckedProject, checkProject } from "../../compiler/check/project.ts";
import { type Compiled, compile } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import { parseAll } from "../../compiler/packs/parse.ts";
import { resolve } from "../../compiler/resolve.ts";
import type { Body, Contents, World } from "../../compiler/world.ts";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { position, type Span } from "../../grammar/span.ts";
import { packs } from "../../stdlib/packs.ts";

const bodies: Readonly<Record<string, Body>> = {
  "mail/hello.md": { kind: "text", path: "mail/hello.md", text: "Hello {{ first_name | default: 'you' }},\n\nbye.\n" },
  "mail/broken.md": {
    kind: "text",
    path: "mail/broken.md",
    text: "Hello,\n\n{{ frist_name }} of {{ company.plan }}\n",
  },
  "mail/page.html": { kind: "text", path: "mail/page.html", text: "<p>{{ email }}</p>\n" },
  "mail/locked.md": { kind: "unreadable", reason: "permission denied" },
  "../secret.md": { kind: "outside" },
  "files/terms.pdf": { kind: "no text", reason: "it is not UTF-8 text" },
  "files/folder": { kind: "unreadable", reason: "it is not a file" },
  "data/holidays.csv": {
    kind: "text",
    path: "data/holidays.csv",
    text: 'day,country\r\n2026-12-25\r\n"2026-10-03", "DE"\r\n\r\n2026-07-04;US\r\n',
  },
  "data/wrong.csv": {
    kind: "text",
    path: "data/wrong.csv",
    text: "2026-12-25\n25.12.2026\n2026-02-30,DE\n",
  },
  "data/nowhere.csv": {
    kind: "text",
    path: "data/nowhere.csv",
    text: '2026-12-25\n"2026-10-03"; "Germany"\n2026-07-04,us\n',
  },
};

function contentsOf(path: string): Contents {
  const body = bodies[path] ?? { kind: "missing" };
  if (body.kind === "text") return { kind: "bytes", bytes: Buffer.from(body.text) };
  return body.kind === "no text" ? { kind: "bytes", bytes: Buffer.from([0x25, 0xff, 0xfe]) } : body;
}

export const world: World = {
  library: packs,
  isZone,
  body: (path) => bodies[path] ?? { kind: "missing" },
  contents: contentsOf,
};

/** A contact, a company, events, a list and topics that most cases build on. */
export const prelude = readFileSync(new URL("../golden/compiler/prelude.txt", import.meta.url), "utf8");
const preludeFile = { path: "prelude.cdz", text: prelude };

export function compileOne(text: string): Compiled {
  return compile([{ path: "main.cdz", text }], world);
}

/** The text as a second file beside the prelude. */
export function compileWithPrelude(text: string): Compiled {
  const sources = [preludeFile, { path: "main.cdz", text }];
  const compiled = compile(sources, world);
  // Nobody need use all that the prelude offers.
  const isIdle = ({ code, span }: Diagnostic) => code === "W841" && span.file === "prelude.cdz";
  return { ...compiled, diagnostics: compiled.diagnostics.filter((found) => !isIdle(found)) };
}

/** The plan of a text that must have no errors. */
export function planWithPrelude(text: string): Plan {
  const { plan, diagnostics } = compileWithPrelude(text);
  if (!plan) throw new Error(diagnostics.map(({ code, text }) => `${code} ${text}`).join("\n"));
  return plan;
}

export function place(text: string, { start, end }: Span): string {
  const [from, until] = [position(text, start), position(text, end)];
  return `${from.line}:${from.column}-${until.line}:${until.column}`;
}

/** The checked tree of a text beside the prelude, with what was reported on the way. */
export function checkWithPrelude(text: string): {
  readonly project: CheckedProject;
  readonly found: readonly Diagnostic[];
} {
  const sources = [preludeFile, { path: "main.cdz", text }];
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
  const parsed = parseAll(sources, world.library);
  found.push(...parsed.diagnostics);
  const project = checkProject(resolve(parsed, isZone, report), world, report);
  return { project, found };
}
