// From a project folder to its plan, and what can be asked of a plan without a database.

import { calendarOf, isZone } from "../../compiler/calendar.ts";
import { compile } from "../../compiler/compile.ts";
import type { Plan } from "../../compiler/ir/plan.ts";
import type { Program } from "../../compiler/ir/program.ts";
import { nearest } from "../../compiler/similar.ts";
import { bind } from "../../compiler/sql/bind.ts";
import { printMembers } from "../../compiler/sql/print.ts";
import type { Param, Sql } from "../../compiler/sql/sql.ts";
import type { World } from "../../compiler/world.ts";
import type { Diagnostic } from "../../grammar/diagnostics/entry.ts";
import { isError } from "../../grammar/diagnostics/table.ts";
import type { SourceFile } from "../../grammar/span.ts";
import { packs } from "../../stdlib/packs.ts";
import { failure } from "../failures/failures.ts";
import type { Failure, Instant, Result } from "../ports.ts";
import type { ProjectFolder } from "./project.ts";

export interface CompiledProject {
  /** null where an error forbids running. */
  readonly plan: Plan | null;
  readonly diagnostics: readonly Diagnostic[];
  /** Every text that diagnostics point into, mail bodies among them. */
  readonly sources: readonly SourceFile[];
}

/** What compiling a folder needs to know of the world. */
export function worldOf({ body, contents }: ProjectFolder): World {
  return { library: packs, isZone, body, contents };
}

/** Compiles sources that need no mail body files. */
export function compileSources(sources: readonly SourceFile[]): CompiledProject {
  return compile(sources, { library: packs, isZone, body: () => ({ kind: "missing" }) });
}

/** Compiles a project folder; files that are no text are findings too. */
export function compileProject(folder: ProjectFolder): CompiledProject {
  // What is missing cannot be told where no file could be read.
  if (folder.sources.length === 0) return { plan: null, diagnostics: folder.unreadable, sources: [] };
  const compiled = compile(folder.sources, worldOf(folder));
  return {
    ...compiled,
    plan: folder.unreadable.some(isError) ? null : compiled.plan,
    diagnostics: [...folder.unreadable, ...compiled.diagnostics],
  };
}

/** Statement and parameters in words that a person can read. */
export interface ShownSql {
  readonly text: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Longer lists are counted: zones of all countries would hide the statement. */
const mostShown = 12;

function paramText(param: Param): string {
  if (param.kind === "instant" && param.value !== null) return new Date(param.value).toISOString();
  if (param.kind === "moment") return JSON.stringify(param.moment);
  if (param.kind === "texts" && param.value.length > mostShown) return `${param.value.length} texts`;
  return JSON.stringify(param.value);
}

export function shownSql(sql: Sql): ShownSql {
  const params = Object.entries(sql.params).map(([name, param]) => [name, paramText(param)]);
  return { text: sql.text, params: Object.fromEntries(params) };
}

/** Of the plan's segments the one with that id, `Customers` or `Quiet(60d)`, or with that name in other letter case. */
export function segmentNamed(plan: Plan, name: string): Result<string> {
  const plain = plainId(name);
  const found = plan.segments.find(({ id }) => plainId(id) === plain);
  return found ? { ok: true, value: found.id } : noSegment(plan, name);
}

function noSegment(plan: Plan, name: string): { readonly ok: false; readonly failure: Failure } {
  const near = nearest(
    name,
    plan.segments.map(({ id }) => id),
  );
  return { ok: false, failure: failure("F117", { kind: "segment", name, near }) };
}

/** Without blanks and letter case, neither of which tells two segments apart except inside quotes. */
function plainId(id: string): string {
  return id
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part) => (part.startsWith('"') ? part : part.replaceAll(/\s/g, "").toLowerCase()))
    .join("");
}

/** The SQL of a segment at an instant. */
export function segmentSql(plan: Plan, name: string, at: Instant): Result<ShownSql> {
  const found = segmentNamed(plan, name);
  if (!found.ok) return found;
  const calendar = calendarOf(plan.project.zone, plan.project.firstWeekday);
  return { ok: true, value: shownSql(bind(printMembers(plan, found.value), calendar, at)) };
}

export function programNamed(plan: Plan, name: string): Result<Program> {
  const found = plan.programs.find((program) => program.name.toLowerCase() === name.toLowerCase());
  if (found) return { ok: true, value: found };
  const near = nearest(
    name,
    plan.programs.map((program) => program.name),
  );
  return { ok: false, failure: failure("F117", { kind: "program", name, near }) };
}
