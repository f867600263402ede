// What `words.…` stands for in a mail to somebody.

import type { Vocabulary } from "../../compiler/ir/plan.ts";
import type { Type } from "../../compiler/types.ts";
import type { Cell } from "../ports.ts";
import { Formatted } from "./values.ts";

export type WordsScope = Readonly<Record<string, Formatted>>;

/** Takes the place of a vocabulary for values, and for people without a value, that have none of their own. */
const standIn = "default";

/** `words` of a template, by the value of the field that an email has its words from. */
export function wordsIn(vocabularies: readonly Vocabulary[], type: Type): (value: Cell | undefined) => WordsScope {
  const isExact = type.scalar.kind === "text" && type.scalar.isExact;
  const fold = (name: string) => (isExact ? name : name.trim().toLowerCase());
  const named = (name: string) => vocabularies.find((vocabulary) => fold(vocabulary.name) === name) ?? null;
  const made = new Map<Vocabulary | null, WordsScope>();
  return (value) => {
    const own = typeof value === "string" ? named(fold(value)) : null;
    const known = made.get(own) ?? scopeOf(vocabularies, own);
    made.set(own, known);
    return known;
  };
}

function scopeOf(vocabularies: readonly Vocabulary[], own: Vocabulary | null): WordsScope {
  const other = vocabularies.find(({ name }) => name === standIn);
  const scope: Record<string, Formatted> = Object.create(null);
  for (const { name } of vocabularies.flatMap(({ terms }) => terms)) {
    const term = termOf(own, name) ?? termOf(other, name) ?? { singular: name, plural: null };
    const parts = term.plural === null ? {} : { plural: term.plural };
    scope[name] = new Formatted({ text: term.singular, plain: term.singular, parts });
  }
  return scope;
}

const termOf = (vocabulary: Vocabulary | null | undefined, name: string) =>
  vocabulary?.terms.find((term) => term.name === name);
