// What an edit changes, declaration by declaration, and how far each change reaches. Layout and comments change nothing.

import { canonical } from "../../compiler/hash.ts";
import type { Plan, ProjectSettings } from "../../compiler/ir/plan.ts";
import { byName } from "../../compiler/order.ts";
import type { Category, How, PlannedChange } from "./foreseen.ts";
import { programChanges } from "./program-differences.ts";

/** A kind of declaration: how far a change of one reaches, and what of it is mere text. */
interface Kind {
  readonly kind: string;
  readonly of: (plan: Plan) => readonly Named[];
  readonly category: Category;
  /** Parts that only say what mails show. */
  readonly texts: readonly string[];
}
interface Named {
  readonly name: string;
}

const kinds: readonly Kind[] = [
  { kind: "segment", of: segmentsOf, category: "audience", texts: [] },
  { kind: "score", of: ({ scores }) => scores.map(own), category: "audience", texts: [] },
  { kind: "funnel", of: ({ funnels }) => funnels.map(own), category: "audience", texts: [] },
  { kind: "derived field", of: ({ derived }) => derived, category: "audience", texts: [] },
  {
    kind: "email",
    of: emailsOf,
    category: "meaning",
    texts: ["subject", "body", "sender", "replyTo", "previewText", "wordsFrom", "attachments", "texts"],
  },
  { kind: "vocabulary", of: ({ vocabularies }) => vocabularies, category: "text-only", texts: [] },
  { kind: "policy", of: ({ policies }) => policies, category: "meaning", texts: [] },
  { kind: "webhook", of: ({ webhooks }) => webhooks, category: "meaning", texts: [] },
  { kind: "report", of: ({ reports }) => reports, category: "text-only", texts: [] },
  { kind: "topic", of: ({ catalog }) => catalog.topics.map(titled), category: "meaning", texts: ["shown"] },
  { kind: "list", of: ({ catalog }) => catalog.lists.map(titled), category: "audience", texts: ["shown"] },
  {
    kind: "event",
    of: ({ catalog }) => catalog.events.filter(({ isBuiltIn }) => !isBuiltIn),
    category: "meaning",
    texts: [],
  },
  { kind: "load statement", of: loadsOf, category: "meaning", texts: [] },
];

/** A segment is known by its id; what it reads of others is told there. */
function segmentsOf({ segments }: Plan): readonly Named[] {
  return segments.map(({ id, where }) => ({ name: id, where }));
}

/** Without what it reads of others. */
function own<T extends Named>(declared: T & { readonly reads: readonly string[] }): Named {
  const { reads: _, ...rest } = declared;
  return rest;
}

/** What variants say is told apart from when they hold. */
function emailsOf({ emails }: Plan): readonly Named[] {
  return emails.map(({ variants, ...email }) => ({
    ...email,
    variants: variants.map(({ name, when }) => ({ name, when })),
    texts: variants.map(({ when: _, ...text }) => text),
  }));
}

/** Titles are shown, and so left out of every hash, but these are shown to people. */
function titled<T extends Named & { readonly title: string | null }>({ title, ...rest }: T) {
  return { ...rest, name: rest.name, shown: title };
}

function loadsOf({ loads }: Plan): readonly Named[] {
  return loads.map((load) => ({ ...load, name: `${load.name} from ${load.path}` }));
}

/** Settings that say what mails show, and nothing else. */
const shownSettings: readonly (keyof ProjectSettings)[] = ["sender", "postalAddress"];

const words: Readonly<Record<string, string>> = {
  body: "its text",
  subject: "its subject",
  sender: "its sender",
  replyTo: "its reply address",
  previewText: "its preview text",
  wordsFrom: "where its words come from",
  texts: "what its variants say",
  variants: "which variants there are and who gets them",
  topic: "its topic",
  isTransactional: "whether it is transactional",
  skipsCaps: "whether caps hold it back",
  where: "its condition",
  rules: "its rules",
  segment: "whom it is for",
  terms: "its words",
  shown: "its title",
  consent: "whether it is opt in or opt out",
  halfLife: "how fast points decay",
  stages: "its stages",
  url: "its address",
};

/** All that `next` means otherwise than `live`; `live` null: everything is new. */
export function differences(live: Plan | null, next: Plan): readonly PlannedChange[] {
  const declared = kinds.flatMap((kind) => changesOf(kind, live ? kind.of(live) : [], kind.of(next)));
  return [
    ...settingChanges(live, next),
    ...contactChanges(live, next),
    ...declared,
    ...programChanges(live?.programs ?? [], next.programs),
  ];
}

function changesOf(kind: Kind, before: readonly Named[], after: readonly Named[]): readonly PlannedChange[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return byName(names.map((name) => ({ name }))).flatMap(({ name }): readonly PlannedChange[] => {
    const [was, is] = [before, after].map((all) => all.find((one) => one.name === name));
    if (was && is) {
      const parts = partsThatDiffer(was, is);
      if (parts.length === 0) return [];
      const category = parts.every((part) => kind.texts.includes(part)) ? "text-only" : kind.category;
      return [{ kind: kind.kind, name, how: "changed", category, what: partWords(parts) }];
    }
    const how: How = is ? "new" : "removed";
    return [{ kind: kind.kind, name, how, category: kind.category, what: null }];
  });
}

/** Names of the parts in which two declarations differ; where none is known by name, `its definition`. */
export function partsThatDiffer(was: object, is: object): readonly string[] {
  const [before, after] = [new Map(Object.entries(was)), new Map(Object.entries(is))];
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((name) => !silentParts.has(name));
  return names.filter((name) => canonical(before.get(name) ?? null) !== canonical(after.get(name) ?? null));
}

/** Parts that mean nothing by themselves, as for hashes. */
const silentParts: ReadonlySet<string> = new Set(["span", "doc", "title", "why", "owner", "hash"]);

export function partWords(parts: readonly string[]): string {
  return [...new Set(parts.map((part) => words[part] ?? "its definition"))].join(", ");
}

function settingChanges(live: Plan | null, next: Plan): readonly PlannedChange[] {
  if (!live) return [];
  const parts = partsThatDiffer(live.project, next.project);
  if (parts.length === 0) return [];
  const isShown = (part: string) => shownSettings.some((setting) => setting === part);
  const category: Category = parts.every(isShown) ? "text-only" : "meaning";
  const named = { zone: "time zone", firstWeekday: "first weekday", postalAddress: "postal address" };
  const shown = parts.map((part) => new Map(Object.entries(named)).get(part) ?? part);
  return [{ kind: "project", name: next.project.name, how: "changed", category, what: `its ${shown.join(", ")}` }];
}

function contactChanges(live: Plan | null, next: Plan): readonly PlannedChange[] {
  if (!live) return [];
  return (["contact", "company"] as const).flatMap((table): readonly PlannedChange[] => {
    const [was, is] = [live.catalog[table], next.catalog[table]];
    if (canonical(was) === canonical(is)) return [];
    const how: How = was === null ? "new" : is === null ? "removed" : "changed";
    const what = how === "changed" ? "its fields" : null;
    return [{ kind: table, name: table, how, category: "meaning", what }];
  });
}
