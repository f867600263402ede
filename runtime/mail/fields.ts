// Names and types of everything that the mails of a project can show, as the compiler checks placeholders against.

import type { Catalog } from "../../compiler/ir/catalog.ts";
import type { TemplateField } from "../../compiler/template.ts";

/** The contact's fields, derived ones included, `company.…`, and `event.…` of the events that start the program which sends the mail. */
export function templateFields(
  catalog: Catalog,
  derived: readonly TemplateField[],
  startEvents: readonly string[],
): readonly TemplateField[] {
  const own = [...catalog.contact.fields, ...derived].map(({ name, type }) => ({ name, type }));
  const starts = catalog.events.filter(({ name }) => startEvents.includes(name));
  const others = [
    ...(catalog.company?.fields ?? []).map(({ name, type }) => ({ name: `company.${name}`, type })),
    ...starts.flatMap(({ fields }) => fields.map(({ name, type }) => ({ name: `event.${name}`, type }))),
  ];
  return [...own, ...others.map(({ name, type }) => ({ name, type: { ...type, isNullable: true } }))];
}
