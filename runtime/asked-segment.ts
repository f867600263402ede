// A segment as a person names it at the command line, who may ask for arguments that the project itself never uses.

import type { Plan } from "../compiler/ir/plan.ts";
import type { Diagnostic } from "../grammar/diagnostics/entry.ts";
import { isError } from "../grammar/diagnostics/table.ts";
import type { SourceFile } from "../grammar/span.ts";
import type { Result } from "./ports.ts";
import type { ProjectFolder } from "./sources/project.ts";
import { compileProject, segmentNamed } from "./sources/project-plan.ts";

export type AskedSegment =
  /** `plan` holds the segment under `id`; `name` is what people call it. */
  | { readonly kind: "segment"; readonly plan: Plan; readonly id: string; readonly name: string }
  /** The segment is there, its arguments are not as it takes them. */
  | {
      readonly kind: "wrong arguments";
      readonly diagnostics: readonly Diagnostic[];
      readonly sources: readonly SourceFile[];
    };

const form = /^([A-Za-z_]\w*)\s*(?:\((?:[^()"]|"(?:[^"\\]|\\.)*")*\))?$/;
const askedPath = "command line";
/** The code of a name that no segment or list has. */
const unknownName = "E220";

/**
 * Finds a segment of the plan, one with arguments (`Quiet(60d)`), or the built-in one. For what the plan does not hold
 * yet the project is compiled anew, with one segment more that asks for it. F117 where there is no such segment.
 */
export function askedSegment(folder: ProjectFolder, plan: Plan, name: string): Result<AskedSegment> {
  const known = segmentNamed(plan, name);
  if (known.ok) return found(plan, known.value, known.value);
  const wanted = name.trim();
  if (!form.test(wanted)) return known;
  const asking = freeName(folder.sources);
  const extra = { path: askedPath, text: `segment ${asking} where in ${wanted}` };
  const compiled = compileProject({ ...folder, sources: [...folder.sources, extra] });
  if (compiled.plan === null) {
    const wrong = compiled.diagnostics.filter((one) => one.span.file === askedPath && isError(one));
    if (wrong.length === 0 || wrong.some(({ code }) => code === unknownName)) return known;
    return { ok: true, value: { kind: "wrong arguments", diagnostics: wrong, sources: compiled.sources } };
  }
  const where = compiled.plan.segments.find(({ id }) => id === asking)?.where;
  if (where?.kind === "in segment") return found(compiled.plan, where.segment, where.segment);
  return where?.kind === "suppressed" ? found(compiled.plan, asking, "Suppressed") : known;
}

function found(plan: Plan, id: string, name: string): Result<AskedSegment> {
  return { ok: true, value: { kind: "segment", plan, id, name } };
}

/** A name that stands nowhere in the sources. */
export function freeName(sources: readonly SourceFile[]): string {
  const text = sources.map((source) => source.text.toLowerCase()).join("\n");
  let name = "asked";
  while (text.includes(name)) name += "_";
  return name;
}
