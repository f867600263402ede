// An answer to `why` as other tools read it: every instant as ISO 8601 in UTC.

import type { Why, WhyChange, WhyFact, WhyPart } from "./answer.ts";

export function whyJson({ contact, segment, at, isMember, tree, flip, next }: Why): object {
  const changes = flip.changes?.map(changeJson) ?? null;
  const nextJson = next.kind === "at" ? { ...next, at: iso(next.at) } : next;
  return { contact, segment, now: iso(at), isMember, tree: partJson(tree), flip: { ...flip, changes }, next: nextJson };
}

export const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export function partJson({ facts, of, ...part }: WhyPart): object {
  return { ...part, facts: facts.map(factJson), of: of.map(partJson) };
}

function factJson(fact: WhyFact): object {
  switch (fact.kind) {
    case "window":
      return { ...fact, from: iso(fact.from), until: iso(fact.until) };
    case "event":
    case "since":
      return { ...fact, at: iso(fact.at) };
    default:
      return fact;
  }
}

function changeJson(change: WhyChange): object {
  if (change.kind === "more") return { ...change, at: iso(change.at) };
  if (change.kind !== "fewer") return change;
  return { ...change, events: change.events.map(({ id, at }) => ({ id, at: iso(at) })) };
}
