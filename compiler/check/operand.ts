// What a condition reads: fields, the company's fields, properties of events.

import type { Name } from "../../grammar/ast/expr.ts";
import type { Fix } from "../../grammar/diagnostics/entry.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { declaredProperties } from "../built-in.ts";
import type { CheckedAggregate, CheckedTerm, Operand } from "../checked.ts";
import type { Context } from "../context.ts";
import { insert, replace, safe, suggested } from "../fixes.ts";
import type { EventTable, Field } from "../ir/catalog.ts";
import { kindOf, namesOf, type Scope } from "../scope.ts";
import { listed } from "../type-words.ts";
import type { Type } from "../types.ts";

const datetime: Type = { scalar: { kind: "datetime" }, isList: false, isNullable: false };

/** A contact field by its name; inside `where (…)` a property of the event. */
export function fieldNamed(context: Context, name: Name): Operand | null {
  if (context.event) return propertyNamed(context, name);
  const { scope } = context;
  const shared = scope.shared.get(name.text);
  if (shared?.kind === "field") {
    const { type } = shared.field;
    return { term: { kind: "field", name: name.text, type }, type, name: name.text };
  }
  if (shared?.kind === "derived field") return derivedField(context, name);
  if (!scope.contact) return null;
  const is = context.parameters.has(name.text) ? "a parameter" : kindOf(scope, name.text);
  if (is === null) {
    const names = [...namesOf(scope, "field"), ...namesOf(scope, "derived field")];
    return missing(context, name, { what: "field", starters: ["contact", "derived"] }, names);
  }
  const word = scope.scores.has(name.text) ? "score" : scope.funnels.has(name.text) ? "stage" : null;
  const fixes = word === null ? [] : [safe(`Write \`${word} ${name.text}\``, insert("before", name.span, `${word} `))];
  context.report(diagnose("E222", name.span, { name: name.text, is, wanted: "a field" }, { fixes }));
  return null;
}

/** null where its type could not be told, which is reported where it is declared. */
function derivedField({ scope }: Context, { text }: Name): Operand | null {
  const field = scope.derived.get(text);
  return field ? { term: { kind: "derived", field }, type: field.type, name: text } : null;
}

/** What a name should have stood for, and the words that start declarations of that kind. */
export interface Wanted {
  readonly what: string;
  readonly starters: readonly string[];
}

/** Reports a name that stands for nothing, with the one that was probably meant. */
export function missing(
  context: Pick<Context, "scope" | "report">,
  name: Name,
  { what, starters }: Wanted,
  names: Iterable<string>,
): null {
  if (context.scope.isLost(name.text, starters)) return null;
  const fixes = nearestFix(context.scope, name, names);
  context.report(diagnose("E220", name.span, { what, name: name.text }, { fixes }));
  return null;
}

/** The name that was probably meant, to be written in its place. */
export function nearestFix(scope: Scope, name: Name, names: Iterable<string>): readonly Fix[] {
  const near = scope.nearest(name.text, names);
  return near === null ? [] : [suggested(`Write \`${near}\``, replace(name.span, near))];
}

function propertyNamed(context: Context, name: Name): Operand | null {
  const { event, scope } = context;
  if (!event) return null;
  if (name.text === "at") return { term: { kind: "occurred at" }, type: datetime, name: "at" };
  const field = event.fields.find((field) => field.name === name.text);
  if (field)
    return { term: { kind: "property", name: field.name, type: field.type }, type: field.type, name: name.text };
  const is = kindOf(scope, name.text);
  // A field of the contact may be a property, too, of an event that could not be read whole.
  if (scope.isLost("", ["event"])) return null;
  if (is !== null && is !== "a topic" && is !== "an email") return outsideWhere(context, name, is);
  const what = `property of \`${event.name}\` called`;
  return missing(context, name, { what, starters: ["event"] }, [...event.fields.map((field) => field.name), "at"]);
}

export function outsideWhere(context: Context, name: Name, is: string): null {
  const event = context.event?.name ?? "";
  context.report(diagnose("E233", name.span, { name: name.text, is, event }));
  return null;
}

export function companyField(context: Context, name: Name): Operand | null {
  const { company } = context.scope;
  const field = company?.fields.find((field) => field.name === name.text);
  if (!field) {
    const what = company ? "field of `company` called" : "`company` declaration with a field";
    const names = company?.fields.map((field) => field.name) ?? [];
    return missing(context, name, { what, starters: ["company"] }, names);
  }
  // The company of a contact may be unknown, and with it all its fields.
  const type = { ...field.type, isNullable: true };
  return { term: { kind: "company field", name: field.name, type }, type, name: `company.${name.text}` };
}

export function startProperty(context: Context, name: Name): Operand | null {
  const { place, scope } = context;
  if (place.kind === "segment") {
    context.report(diagnose("E234", name.span, { name: name.text }));
    return null;
  }
  const { events: starting, isWhole } = place.starts;
  const found = starting.flatMap((event) =>
    event.fields.filter((field) => field.name === name.text).map((field) => ({ event: event.name, field })),
  );
  const first = found[0];
  if (!first || found.some(({ field }) => !isSame(field, first.field))) {
    if (!isWhole || scope.isLost(name.text, ["event"])) return null;
    const names = starting.map((event) => event.name);
    const events = names.length === 0 ? "no event starts it" : `it is started by ${listed(names)}`;
    const near = scope.nearest(
      name.text,
      starting.flatMap(({ fields }) => fields.map((field) => field.name)),
    );
    const fixes = near === null ? [] : [suggested(`Write \`${near}\``, replace(name.span, near))];
    context.report(diagnose("E238", name.span, { name: name.text, events }, { fixes }));
    return null;
  }
  const type = { ...first.field.type, isNullable: true };
  const events = found.map(({ event }) => event);
  return { term: { kind: "start property", name: name.text, type, events }, type, name: `event.${name.text}` };
}

/** Whether a property of that name means the same in two events. */
function isSame(left: Field, right: Field): boolean {
  return (
    JSON.stringify(left.type.scalar) === JSON.stringify(right.type.scalar) && left.type.isList === right.type.isList
  );
}

/** The kind of declaration whose names are the values of what is read; null for any other values. */
export function declaredBy(context: Context, term: CheckedTerm): string | null {
  const of = (event: EventTable | null, property: string | null): string | null =>
    event?.isMail && property !== null && declaredProperties.has(property) ? property : null;
  if (term.kind === "property") return of(context.event, term.name);
  if (term.kind === "derived") return term.field.source && declaredBy(context, term.field.source.term);
  return term.kind === "aggregate" && isPicked(term) ? of(term.event, term.property) : null;
}

/** Whether its value is a value of the property, not one that is computed. */
const isPicked = ({ function: name }: CheckedAggregate): boolean =>
  name === "first" || name === "last" || name === "lowest" || name === "highest";
