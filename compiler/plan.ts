// The checked project to a Plan: every part in an order that layout does not change.

import { Bug } from "../grammar/unreachable.ts";
import { builtInEvents } from "./built-in.ts";
import type { CheckedProject } from "./check/project.ts";
import { hashOf } from "./hash.ts";
import type { Catalog } from "./ir/catalog.ts";
import type { Plan, ProjectSettings } from "./ir/plan.ts";
import { segmentsOf } from "./lower/segments.ts";
import type { Scope } from "./scope.ts";

export function planOf({ scope, segments }: CheckedProject): Plan {
  const lowered = segmentsOf(segments);
  for (const { name, parameters } of segments.values()) {
    const fallbacks = parameters.flatMap(({ fallback }) => (fallback ? [fallback] : []));
    if (fallbacks.length === parameters.length) lowered.require(name, fallbacks);
  }
  const plan: Omit<Plan, "hash"> = {
    format: 1,
    project: settingsOf(scope),
    catalog: catalogOf(scope),
    segments: lowered.all(),
    emails: [],
    programs: [],
    loads: [],
  };
  return { ...plan, hash: hashOf(plan) };
}

function settingsOf({ settings }: Scope): ProjectSettings {
  const { hasCurrency: _, ...project } = settings;
  return project;
}

/** Sorts by name, so that moving a declaration to another place changes nothing. */
export function byName<N extends { readonly name: string }>(parts: readonly N[]): readonly N[] {
  return parts.toSorted((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
}

function catalogOf({ contact, company, shared, topics }: Scope): Catalog {
  if (!contact) throw new Bug("a project without contact reached its plan");
  const entries = [...shared.values()];
  const declared = entries.flatMap((entry) => (entry.kind === "event" && !entry.table.isBuiltIn ? [entry.table] : []));
  const lists = entries.flatMap((entry) =>
    entry.kind === "list" ? [{ name: entry.node.name.text, title: entry.node.title?.value ?? null }] : [],
  );
  const entriesOfTopics = [...topics.values()].map(({ name, title, consent }) => ({
    name: name.text,
    title: title.value,
    consent,
  }));
  return {
    contact,
    company,
    events: [...builtInEvents, ...byName(declared)],
    lists: byName(lists),
    topics: byName(entriesOfTopics),
  };
}
