// Placeholders of mails, checked against what is known of everybody who gets them.

import type { Related } from "../../grammar/diagnostics/entry.ts";
import type { EventTable } from "../ir/catalog.ts";
import { either, isKnown, type Known, nothing } from "../known.ts";
import type { Sending } from "../lint/flow.ts";
import type { Report, Scope } from "../scope.ts";
import { checkTemplate, type TemplateField } from "../template.ts";
import type { CheckedEmail } from "./email.ts";
import { wordsFrom } from "./vocabulary.ts";

/** `isWhole`: false where a program could not be read, so that a send in it may be missing here. */
export function checkPlaceholders(
  scope: Scope,
  report: Report,
  emails: readonly CheckedEmail[],
  sendings: readonly Sending[],
  isWhole: boolean,
): void {
  // What a mail may show cannot be told while a table cannot be read.
  if (!scope.contact || scope.isLost("contact", ["company", "event"])) return;
  const events = [...scope.shared.values()].flatMap((shared) => (shared.kind === "event" ? [shared.table] : []));
  const byEmail = new Map<string, Sending[]>(emails.map(({ name }) => [name, []]));
  for (const sending of sendings) byEmail.get(sending.email)?.push(sending);
  for (const { name, templates, wordsFrom: source } of emails) {
    const sends = byEmail.get(name) ?? [];
    const starts = sends.map(({ program }) => program.starts);
    const hasAllSends = isWhole && !scope.isLost(name, []);
    const canBeAny = sends.length === 0 || starts.some((start) => !start.isWhole) || !hasAllSends;
    const fields = fieldsFor(scope, canBeAny ? events : starts.flatMap((start) => start.events));
    const known = withDerived(scope, provenFor(sends, hasAllSends));
    const given = new Set(known === "all" ? fields.map((field) => field.name) : known);
    const isLost = (path: string) => mayBeDeclared(scope, path);
    const words = source && wordsFrom(scope, source, !source.type.isNullable || isKnown(known, source.name));
    const unsafe = (field: string) => unsafeSends(sends, field);
    for (const { text, at } of templates) {
      for (const diagnostic of checkTemplate({ text, at, fields, words, isLost, known: given, unsafe }))
        report(diagnostic);
    }
  }
}

/** Whether the name may be a derived field's or a word's whose declaration could not be read. */
function mayBeDeclared({ shared, derived, isLost }: Scope, path: string): boolean {
  const [first = "", ...rest] = path.split(".");
  if (first === "words") return rest.some((part) => isLost(part, ["vocabulary"]));
  return isLost(first, ["derived"]) || (shared.get(first)?.kind === "derived field" && !derived.has(first));
}

/** Where a field is known, so is a derived field that stands for it alone. */
function withDerived({ derived }: Scope, known: Known): Known {
  if (known === "all") return known;
  const all = new Set(known);
  // Used ones come before their users.
  for (const { name, source } of derived.values()) if (source && all.has(source.name)) all.add(name);
  return all;
}

/** More places than a reader would look at are not listed. */
const mostPlaces = 3;

/** The sends that reach people of whom the field may be unknown. */
function unsafeSends(sends: readonly Sending[], field: string): readonly Related[] {
  return sends
    .filter(({ known }) => !isKnown(known, field))
    .slice(0, mostPlaces)
    .map(({ program, span }) => ({
      span,
      text: `\`${program.name}\` sends it here to people whose \`${field}\` may be unknown`,
    }));
}

/** What is proven at every send; nothing for a mail that no program sends. */
function provenFor(sends: readonly Sending[], hasAllSends: boolean): Known {
  if (!hasAllSends) return "all";
  return sends.length === 0 ? nothing : sends.map(({ known }) => known).reduce(either);
}

/** Everything that a placeholder may name: the contact's fields, the derived ones, the company's, and those of the starting event. */
function fieldsFor({ contact, company, derived }: Scope, events: readonly EventTable[]): readonly TemplateField[] {
  const own = [...(contact?.fields ?? []), ...derived.values()].map(({ name, type }) => ({ name, type }));
  const others = [
    ...(company?.fields ?? []).map(({ name, type }) => ({ name: `company.${name}`, type })),
    ...events.flatMap(({ fields }) => fields.map(({ name, type }) => ({ name: `event.${name}`, type }))),
  ];
  return [...own, ...others.map(({ name, type }) => ({ name, type: { ...type, isNullable: true } }))];
}
