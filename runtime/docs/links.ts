// Where each declaration stands in the pages.

import type { Dictionary } from "../../compiler/describe/dictionary.ts";
import type { Reference, ReferenceKind } from "../../compiler/describe/uses.ts";
import { html, type Markup } from "../markup.ts";

export interface Links {
  /** null where the pages have no place for it, as for what is built in. */
  readonly href: (reference: Reference) => string | null;
  /** The name, as a link where there is one. */
  readonly link: (reference: Reference) => Markup;
  /** What a load fills: a table, an event, a list or a topic. */
  readonly target: (name: string) => Markup;
}

const files: Readonly<Record<ReferenceKind, string>> = {
  field: "people.html",
  "company field": "people.html",
  event: "events.html",
  segment: "segments.html",
  email: "emails.html",
  program: "programs.html",
  list: "rules.html",
  topic: "rules.html",
  score: "rules.html",
  funnel: "rules.html",
  team: "rules.html",
  webhook: "rules.html",
  policy: "rules.html",
  report: "rules.html",
};

export function anchorsOf(dictionary: Dictionary): Links {
  const known = new Set(declared(dictionary).map(keyOf));
  const href = (reference: Reference): string | null => (known.has(keyOf(reference)) ? hrefOf(reference) : null);
  const link = (reference: Reference): Markup => {
    const place = href(reference);
    return place === null ? html`${reference.name}` : html`<a href="${place}">${reference.name}</a>`;
  };
  const target = (name: string): Markup => {
    if (name === "contact" || name === "company") return html`<a href="people.html">${name}</a>`;
    const kinds = ["event", "list", "topic"] as const;
    const kind = kinds.find((candidate) => known.has(keyOf({ kind: candidate, name })));
    return link({ kind: kind ?? "event", name });
  };
  return { href, link, target };
}

const keyOf = ({ kind, name }: Reference): string => `${kind} ${name}`;
const hrefOf = ({ kind, name }: Reference): string => `${files[kind]}#${kind.replace(" ", "-")}-${name}`;

function declared({ contact, company, events, segments, emails, programs, rules }: Dictionary): readonly Reference[] {
  const all = (kind: ReferenceKind, entries: readonly { readonly name: string }[]): readonly Reference[] =>
    entries.map(({ name }) => ({ kind, name }));
  return [
    ...all("field", contact?.fields ?? []),
    ...all("company field", company?.fields ?? []),
    ...all("event", events),
    ...all("segment", segments),
    ...all("email", emails),
    ...all("program", programs),
    ...rules.flatMap(({ kind, name }): readonly Reference[] => {
      if (kind === "vocabulary") return [];
      return [{ kind: kind === "derived" ? "field" : kind, name }];
    }),
  ];
}

const kindWords: Partial<Record<ReferenceKind, string>> = { "company field": "company" };

/** `segment Loyal, program hello`; null where there are none. */
export function references(found: readonly Reference[], links: Links): Markup | null {
  if (found.length === 0) return null;
  const parts = found.map((reference, index) => {
    const kind = kindWords[reference.kind] ?? reference.kind;
    return html`${index === 0 ? "" : ", "}<span class="quiet">${kind}</span> ${links.link(reference)}`;
  });
  return html`${parts}`;
}
