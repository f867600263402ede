// What a pack builds on: fields of the contact and properties of events that a project must have, of a type that fits.

import type { Contact, EventDecl, FieldDef, TypeNode, Use } from "../../grammar/ast/declaration.ts";
import type { Edit } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import type { Span } from "../../grammar/span.ts";
import { insert, replace, suggested } from "../fixes.ts";
import type { Report } from "../scope.ts";

type Table = Contact | EventDecl;

/** A field that the project's table lacks. */
export interface Gap {
  readonly table: Table;
  readonly field: FieldDef;
  /** As the pack writes it. */
  readonly text: string;
}

/** A field of the project with a type that is of no use to the pack. */
export interface Misfit {
  readonly own: FieldDef;
  /** The type as the pack writes it. */
  readonly wanted: string;
}

export interface Lacks {
  readonly gaps: readonly Gap[];
  readonly misfits: readonly Misfit[];
}

export const nothing: Lacks = { gaps: [], misfits: [] };

/** `source` gives the text of a span. A table that could not be read whole lacks nothing for certain. */
export function lacksOf(wanted: Table, own: Table, source: (span: Span) => string): Lacks {
  if (own.recovered || own.fields.some(({ recovered }) => recovered)) return nothing;
  const written = (span: Span) => source(span).replaceAll(/\s+/g, " ");
  const gaps: Gap[] = [];
  const misfits: Misfit[] = [];
  for (const field of wanted.fields) {
    const found = own.fields.find(({ name }) => name.text === field.name.text);
    if (!found) gaps.push({ table: own, field, text: written(field.span) });
    else if (!fits(found.type, field.type)) misfits.push({ own: found, wanted: written(field.type.span) });
  }
  return { gaps, misfits };
}

/** Whether it may be unknown is left to the project: conditions hold for known values only. */
function fits(own: TypeNode, wanted: TypeNode): boolean {
  if (own.scalar !== wanted.scalar || own.list !== wanted.list) return false;
  const values = new Set(own.values.map(({ text }) => text));
  return wanted.values.every(({ text }) => values.has(text));
}

export function reportLacks(
  report: Report,
  use: Use,
  pack: string,
  { gaps, misfits }: Lacks,
  source: (span: Span) => string,
): void {
  if (gaps.length > 0) {
    const edits = gaps.map((gap) => declaration(gap, source(gap.table.span).includes("\n")));
    const fix = suggested(gaps.length === 1 ? "Declare it" : "Declare them", ...edits);
    report(diagnose("E290", use.name.span, { pack, needs: gaps.map(inWords) }, { fixes: [fix] }));
  }
  for (const { own, wanted } of misfits) {
    const related = [{ span: use.span, text: "the pack" }];
    const fixes = [suggested(`Write \`${wanted}\``, replace(own.type.span, wanted))];
    report(diagnose("E291", own.type.span, { pack, name: own.name.text, wanted }, { fixes, related }));
  }
}

function inWords({ table, text }: Gap): string {
  const place = table.kind === "event" ? `event \`${table.name.text}\`` : `\`${table.kind}\``;
  return `\`${text}\` in ${place}`;
}

/** Behind the last field of its table, on a line of its own where that table has lines. */
function declaration({ table, text }: Gap, hasLines: boolean): Edit {
  const last = table.fields.at(-1);
  if (last) return insert("after", last.span, `${hasLines ? "\n" : ""}  ${text}`);
  const end = table.span.end - 1;
  return { span: { file: table.span.file, start: end, end }, text: `${text} ` };
}

/** The table as if it had them, so that what is lacking is reported once. */
export function withFields<T extends Table>(table: T, fields: readonly FieldDef[]): T {
  if (fields.length === 0) return table;
  const names = new Set<string>();
  const once = fields.filter(({ name }) => !names.has(name.text) && names.add(name.text));
  return { ...table, fields: [...table.fields, ...once] };
}
