// Types and tables from the declarations of contact, company and events.

import type { Contact, EventDecl, FieldDef, TypeNode } from "../grammar/ast/declaration.ts";
import { diagnose } from "../grammar/diagnostics/table.ts";
import type { CompanyTable, ContactTable, EventTable, Field } from "./ir/catalog.ts";
import type { Report, Settings } from "./scope.ts";
import type { Scalar, Type } from "./types.ts";

export function typeOf(node: TypeNode, settings: Settings, report: Report): Type {
  return { scalar: scalarOf(node, settings, report), isList: node.list, isNullable: node.nullable };
}

function scalarOf(node: TypeNode, settings: Settings, report: Report): Scalar {
  switch (node.scalar) {
    case "text":
      return { kind: "text", isExact: node.exact };
    case "money":
      if (!node.currency && !settings.hasCurrency) report(diagnose("E323", node.span, { found: "money" }));
      return { kind: "money", currency: node.currency?.text ?? settings.currency };
    case "one of":
      for (const value of repeated(node.values)) {
        report(diagnose("E231", value.span, { what: "The value", name: value.text }));
      }
      return { kind: "enum", values: [...new Set(node.values.map(({ text }) => text))] };
    default:
      return { kind: node.scalar };
  }
}

/** Those whose text, in any letter case, an earlier one has. */
export function repeated<N extends { readonly text: string }>(names: readonly N[]): readonly N[] {
  const seen = new Set<string>();
  return names.filter(({ text }) => {
    const isRepeated = seen.has(text.toLowerCase());
    seen.add(text.toLowerCase());
    return isRepeated;
  });
}

export function fieldOf(def: FieldDef, settings: Settings, report: Report): Field {
  const type = typeOf(def.type, settings, report);
  // Keys compare byte for byte, so the type says so.
  const isText = def.key && type.scalar.kind === "text";
  return {
    name: def.name.text,
    type: isText ? { ...type, scalar: { kind: "text", isExact: true } } : type,
    isKey: def.key,
    doc: def.doc,
  };
}

function fieldsOf(defs: readonly FieldDef[], settings: Settings, report: Report): readonly Field[] {
  const twice = new Set(repeated(defs.map(({ name }) => name)));
  for (const name of twice) report(diagnose("E231", name.span, { what: "The field", name: name.text }));
  return defs.filter(({ name }) => !twice.has(name)).map((def) => fieldOf(def, settings, report));
}

/** Reports a missing, a second or an uncertain key; the first one counts. */
function keyOf(node: Contact, report: Report): string {
  const keys = node.fields.filter(({ key }) => key);
  if (keys.length === 0) report(diagnose("E311", headOf(node), { what: node.kind, count: 0 }));
  for (const { name } of keys.slice(1)) {
    report(diagnose("E311", name.span, { what: node.kind, count: keys.length }));
  }
  for (const { name, type } of keys) {
    if (type.nullable || type.list) report(diagnose("E313", type.span, { name: name.text }));
  }
  return keys[0]?.name.text ?? "";
}

/** `contact` or `company` alone, so that a finding about the whole does not underline it all. */
function headOf(node: Contact) {
  return { ...node.span, end: node.span.start + node.kind.length };
}

export function isDamaged(node: Contact | EventDecl): boolean {
  return node.recovered || node.fields.some(({ recovered }) => recovered);
}

export function contactTable(node: Contact, settings: Settings, report: Report): ContactTable {
  const fields = fieldsOf(node.fields, settings, report);
  const first = (kind: Scalar["kind"]) =>
    fields.find(({ type }) => type.scalar.kind === kind && !type.isList)?.name ?? null;
  const address = first("email");
  if (address === null) report(diagnose("E312", headOf(node), {}));
  return {
    fields,
    key: keyOf(node, report),
    address: address ?? "",
    zone: first("timezone"),
    country: first("country"),
  };
}

export function companyTable(node: Contact, settings: Settings, report: Report): CompanyTable {
  return { fields: fieldsOf(node.fields, settings, report), key: keyOf(node, report) };
}

/** `contact.company` holds the company's key. */
export function checkCompany(node: Contact, { fields }: ContactTable, report: Report): void {
  const key = node.fields.find((field) => field.key);
  const link = fields.find(({ name }) => name === "company");
  const isFit = link && !link.type.isList && link.type.scalar.kind === key?.type.scalar;
  if (key && !isFit) report(diagnose("E314", headOf(node), { key: key.name.text }));
}

export function eventTable(node: EventDecl, settings: Settings, report: Report): EventTable {
  const keys = node.fields.filter(({ key }) => key);
  for (const { name } of keys.slice(1)) {
    report(diagnose("E311", name.span, { what: node.name.text, count: keys.length }));
  }
  for (const { name } of node.fields.filter(({ name }) => /^(contact|at)$/i.test(name.text))) {
    report(diagnose("E237", name.span, { name: name.text }));
  }
  return {
    name: node.name.text,
    fields: fieldsOf(node.fields, settings, report),
    key: keys[0]?.name.text ?? null,
    isBuiltIn: false,
    isMail: false,
  };
}
