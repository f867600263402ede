// The lowered project to a Plan: every part in an order that layout does not change.

import { Bug } from "../grammar/unreachable.ts";
import { builtInEvents } from "./built-in.ts";
import { hashOf } from "./hash.ts";
import type { Catalog } from "./ir/catalog.ts";
import type { Load } from "./ir/load.ts";
import type { Plan, ProjectSettings } from "./ir/plan.ts";
import type { LoweredProject } from "./lower/project.ts";
import { byName } from "./order.ts";
import type { Scope } from "./scope.ts";

export function planOf(project: LoweredProject): Plan {
  const {
    scope,
    segments,
    scores,
    funnels,
    derived,
    programs,
    policies,
    webhooks,
    reports,
    emails,
    vocabularies,
    loads,
    files,
    moves,
  } = project;
  const plan: Omit<Plan, "hash" | "files"> = {
    format: 1,
    project: settingsOf(scope),
    catalog: catalogOf(scope),
    segments,
    scores,
    funnels,
    derived,
    emails,
    vocabularies,
    policies,
    webhooks,
    reports,
    programs,
    loads: loads.toSorted(inLoadOrder),
    moves,
  };
  // What they hold is in the hash already, by the digests of the attachments.
  return { ...plan, files, hash: hashOf(plan) };
}

const loadRanks = ["contact", "company", "list", "topic", "event"] as const;

/** Contacts first, since rows of people who are not there are rejected; then by name and path. */
function inLoadOrder(left: Load, right: Load): number {
  const key = ({ target, name, path }: Load) => `${loadRanks.indexOf(target.kind)} ${name} ${path}`;
  return key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0;
}

function settingsOf({ settings }: Scope): ProjectSettings {
  const { hasCurrency: _, isWhole: __, holidays: ___, ...project } = settings;
  return project;
}

export function catalogOf({ contact, company, shared, topics }: Scope): Catalog {
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
