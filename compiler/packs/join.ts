// Joins what packs bring to what the project declares: the project's own comes first, and must have what a pack builds on.

import type { Contact, EventDecl, FieldDef, Use } from "../../grammar/ast/declaration.ts";
import type { Declaration } from "../../grammar/ast/file.ts";
import type { Name } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import type { Report } from "../scope.ts";
import { lacksOf, nothing, reportLacks, withFields } from "./needs.ts";
import { packName, type UsedPack } from "./parse.ts";

type Table = Contact | EventDecl;
type Named = Declaration & { readonly name: Name };

/** Declarations of the project and of its packs, no name twice because of a pack. `source` gives the text of a span. */
export function joinPacks(
  own: readonly Declaration[],
  packs: readonly UsedPack[],
  source: (span: Span) => string,
  report: Report,
): readonly Declaration[] {
  if (packs.length === 0) return own;
  const taken = namesOf(own);
  const brought = new Map<string, Declaration>();
  const lacking = new Map<Table, FieldDef[]>();
  for (const { use, file } of packs) {
    const pack = packName(file.source);
    const all = file.declarations.map((node) => meet(node, taken, source));
    for (const { node, key, mine, lacks } of all) {
      if (mine && isTable(mine.node)) {
        lacking.set(mine.node, [...(lacking.get(mine.node) ?? []), ...lacks.gaps.map(({ field }) => field)]);
      }
      if (node.kind === "contact" || node.kind === "company" || node.kind === "use") continue;
      if (!mine) brought.set(key, brought.get(key) ?? node);
      else if (lacks.gaps.length + lacks.misfits.length === 0) replaced(report, pack, use, mine);
    }
    const gaps = all.flatMap(({ lacks }) => lacks.gaps);
    const misfits = all.flatMap(({ lacks }) => lacks.misfits);
    reportLacks(report, use, pack, { gaps, misfits }, source);
  }
  const whole = own.map((node) => (isTable(node) ? withFields(node, lacking.get(node) ?? []) : node));
  return [...whole, ...brought.values()];
}

/** A declaration of a pack beside the project's own of that name. */
function meet(node: Declaration, taken: ReadonlyMap<string, Taken>, source: (span: Span) => string) {
  const key = keyOf(node) ?? `${node.span.file} ${node.span.start}`;
  const mine = taken.get(key);
  const lacks = isTable(node) && mine && isTable(mine.node) ? lacksOf(node, mine.node, source) : nothing;
  return { node, key, mine, lacks };
}

interface Taken {
  readonly node: Declaration;
  readonly name: string;
  readonly span: Span;
}

/** Every name that the project declares, by its space; contact fields share theirs with events, segments and lists. */
function namesOf(own: readonly Declaration[]): ReadonlyMap<string, Taken> {
  const taken = new Map<string, Taken>();
  for (const node of own) {
    const key = keyOf(node);
    if (key !== null && !taken.has(key)) taken.set(key, { node, ...named(node) });
    if (node.kind !== "contact") continue;
    for (const { name } of node.fields)
      taken.set(`shared ${fold(name.text)}`, { node, name: name.text, span: name.span });
  }
  return taken;
}

function named(node: Declaration): { readonly name: string; readonly span: Span } {
  return isNamed(node) ? { name: node.name.text, span: node.name.span } : { name: node.kind, span: node.span };
}

const fold = (name: string) => name.toLowerCase();
const isNamed = (node: Declaration): node is Named => "name" in node && node.kind !== "project";
const isTable = (node: Declaration): node is Table =>
  node.kind === "contact" || node.kind === "company" || node.kind === "event";
const shared: ReadonlySet<Declaration["kind"]> = new Set(["event", "segment", "list", "derived"]);

function keyOf(node: Declaration): string | null {
  if (node.kind === "contact" || node.kind === "company") return node.kind;
  if (!isNamed(node) || node.kind === "use" || node.kind === "test") return null;
  return `${shared.has(node.kind) ? "shared" : node.kind} ${fold(node.name.text)}`;
}

function replaced(report: Report, pack: string, use: Use, { name, span, node }: Taken): void {
  const related = [{ span: use.span, text: "the pack" }];
  const kind = node.kind === "contact" ? "contact field" : node.kind;
  report(diagnose("W870", span, { name, pack, kind }, { related }));
}
