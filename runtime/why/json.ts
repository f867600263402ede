// An answer to `why` as other tools read it: every instant as ISO 8601 in UTC.

import type { Why, WhyFact, WhyPart } from "./answer.ts";

export function whyJson({ at, tree, ...why }: Why): object {
  const { contact, segment, isMember } = why;
  return { contact, segment, now: iso(at), isMember, tree: partJson(tree) };
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function partJson({ facts, of, ...part }: WhyPart): object {
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
