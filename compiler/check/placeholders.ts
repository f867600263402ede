// Placeholders of mails, checked against what is known of everybody who gets them.

import type { Related } from "../../grammar/diagnostics/entry.ts";
import type { EventTable } from "../ir/catalog.ts";
import { both, either, isKnown, type Known, knownWhere, nothing, type Proofs } from "../known.ts";
import type { Sending } from "../lint/flow.ts";
import type { Report, Scope } from "../scope.ts";
import { checkTemplate, type TemplateField } from "../template.ts";
import type { CheckedEmail } from "./email.ts";
import type { Template } from "./email-text.ts";
import type { People } from "./people.ts";
import { wordsFrom } from "./vocabulary.ts";

export interface Mailings {
  readonly emails: readonly CheckedEmail[];
  readonly sendings: readonly Sending[];
  readonly proofs: Proofs;
  /** False where a program could not be read, so that a send in it may be missing here. */
  readonly isWhole: boolean;
}

export function checkPlaceholders(
  { scope, vocabularies }: Pick<People, "scope" | "vocabularies">,
  report: Report,
  mailings: Mailings,
): void {
  // What a mail may show cannot be told while a table cannot be read.
  if (!scope.contact || scope.isLost("", ["contact", "company", "event"])) return;
  const events = [...scope.shared.values()].flatMap((shared) => (shared.kind === "event" ? [shared.table] : []));
  const byEmail = new Map<string, Sending[]>(mailings.emails.map(({ name }) => [name, []]));
  for (const sending of mailings.sendings) byEmail.get(sending.email)?.push(sending);
  for (const email of mailings.emails) {
    const sends = byEmail.get(email.name) ?? [];
    const starts = sends.map(({ program }) => program.starts);
    const hasAllSends = mailings.isWhole && !scope.isLost(email.name, []);
    const canBeAny = sends.length === 0 || starts.some((start) => !start.isWhole) || !hasAllSends;
    const fields = fieldsFor(scope, canBeAny ? events : starts.flatMap((start) => start.events));
    const isLost = (path: string) => mayBeDeclared(scope, path);
    for (const { templates, reached, unsent } of formsOf(email, sends, mailings.proofs)) {
      const proven = !hasAllSends ? "all" : sends.length === 0 ? unsent : provenFor(reached);
      const known = withDerived(scope, proven);
      const given = new Set(known === "all" ? fields.map((field) => field.name) : known);
      const words = wordsOf(vocabularies, email, known);
      const unsafe = (field: string) => unsafeSends(reached, field);
      for (const { text, at } of templates) {
        for (const found of checkTemplate({ text, at, fields, words, isLost, known: given, unsafe })) report(found);
      }
    }
  }
}

function wordsOf(vocabularies: People["vocabularies"], { wordsFrom: source }: CheckedEmail, known: Known) {
  return source && wordsFrom(vocabularies, source, !source.type.isNullable || isKnown(known, source.name));
}

/** Whether the name may be a derived field's or a word's whose declaration could not be read. */
function mayBeDeclared({ shared, derived, vocabularies, isLost }: Scope, path: string): boolean {
  const [first = "", ...rest] = path.split(".");
  if (first === "words") {
    const isDamaged = [...vocabularies.values()].some(({ recovered }) => recovered);
    return isDamaged || rest.some((part) => isLost(part, ["vocabulary"]));
  }
  return isLost(first, ["derived"]) || (shared.get(first)?.kind === "derived field" && !derived.has(first));
}

/** Where a field is known, so is every derived field that stands for it alone, and the other way round. */
function withDerived({ derived }: Scope, known: Known): Known {
  if (known === "all") return known;
  const fields = [...derived.values()];
  const sources = fields.flatMap(({ name, source }) => (source && known.has(name) ? [source.name] : []));
  const all = new Set([...known, ...sources]);
  for (const { name, source } of fields) if (source && all.has(source.name)) all.add(name);
  return all;
}

/** An email as somebody gets it: as it is, or with what a variant replaces. */
interface Form {
  readonly templates: readonly Template[];
  /** The sends by which people get it, with what is known of them. */
  readonly reached: readonly Sending[];
  /** What is known where no program sends the email yet. */
  readonly unsent: Known;
}

/** Whoever gets a variant by its condition fulfils it, and none of those before it; who gets the email itself, none at all. */
function formsOf({ wording, variants }: CheckedEmail, sends: readonly Sending[], proofs: Proofs): readonly Form[] {
  const form = (variant: (typeof variants)[number] | null, chosen: Known | null): Form => {
    const { subject, preview, body } = variant?.wording ?? wording;
    const parts = [subject ?? wording.subject, preview ?? wording.preview, (body ?? wording.body)?.template];
    const reached = sends.flatMap((sending) => {
      if (sending.variant !== null) return sending.variant === variant?.name ? [sending] : [];
      return chosen === null ? [] : [{ ...sending, known: both(sending.known, chosen) }];
    });
    return { templates: parts.flatMap((part) => part ?? []), reached, unsent: chosen ?? nothing };
  };
  let passed: Known = nothing;
  const forms = variants.map((variant) => {
    const { when } = variant;
    if (!when) return form(variant, null);
    const chosen = both(passed, knownWhere(when, true, proofs));
    passed = both(passed, knownWhere(when, false, proofs));
    return form(variant, chosen);
  });
  return [...forms, form(null, passed)];
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

/** What is proven at every send. A form that nobody gets, of a mail that is sent, shows nothing to anybody. */
function provenFor(sends: readonly Sending[]): Known {
  return sends.map(({ known }) => known).reduce(either, "all");
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
