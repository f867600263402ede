// Vocabularies: the words of one value of a field, and what `words.` may name in a mail.

import type { Term, Vocabulary } from "../../grammar/ast/declaration.ts";
import type { Name, Text } from "../../grammar/ast/expr.ts";
import { diagnose } from "../../grammar/diagnostics/table.ts";
import { repeated } from "../catalog.ts";
import type { Operand } from "../checked.ts";
import type { CheckedVocabulary } from "../checked-people.ts";
import type { Context } from "../context.ts";
import type { Report, Scope } from "../scope.ts";
import type { Words } from "../template.ts";
import { typeWords } from "../type-words.ts";
import { fieldNamed } from "./operand.ts";

/** A word stands in mails where a term is written, so it is never empty. */
export function checkVocabulary(report: Report, { name, terms }: Vocabulary): CheckedVocabulary {
  for (const { text, span } of repeated(terms.map((term) => term.name))) {
    report(diagnose("E231", span, { what: "The word", name: text }));
  }
  for (const word of terms.flatMap(({ singular, plural }) => (plural ? [singular, plural] : [singular]))) {
    if (wordOf(word).trim() === "") report(diagnose("E279", word.span, { name: name.text }));
  }
  return { name: name.text, terms: new Map(terms.map((term) => [term.name.text, entryOf(term)])) };
}

const entryOf = ({ singular, plural }: Term) => ({ singular: wordOf(singular), plural: plural && wordOf(plural) });

const wordOf = (word: Name | Text): string => (word.kind === "name" ? word.text : word.value);

/** The field that `words from` names; null where its values cannot be names of vocabularies, which is reported. */
export function checkWordsFrom(scope: Scope, report: Report, name: Name): Operand | null {
  const context: Context = { scope, report, place: { kind: "segment" }, parameters: new Map(), event: null };
  const field = fieldNamed(context, name);
  if (!field || (!field.type.isList && namable.has(field.type.scalar.kind))) return field;
  context.report(diagnose("E282", name.span, { name: name.text, is: typeWords(field.type) }));
  return null;
}

const namable: ReadonlySet<string> = new Set(["enum", "text", "country"]);

/** The one named `default` stands in for values without a vocabulary of their own, and for people without a value. */
const standIn = "default";

/** What a mail may name behind `words.`. `isKnown`: whether everybody who gets the mail has a value in the field. */
export function wordsFrom(
  vocabularies: ReadonlyMap<string, CheckedVocabulary>,
  { name, type }: Operand,
  isKnown: boolean,
): Words {
  const values = type.scalar.kind === "enum" ? type.scalar.values : null;
  const own = values ?? [...vocabularies.keys()].filter((vocabulary) => vocabulary !== standIn);
  const others = [...(values ? [] : [`any other \`${name}\``]), ...(isKnown ? [] : [`an unknown \`${name}\``])];
  const entryIn = (vocabulary: string, word: string) => vocabularies.get(vocabulary)?.terms.get(word);
  const lackingOf = (word: string): readonly string[] => {
    const hasStandIn = typeof entryIn(standIn, word)?.plural === "string";
    const lacks = (value: string) => {
      const entry = entryIn(value, word);
      return entry ? entry.plural === null : !hasStandIn;
    };
    return [...own.filter(lacks).map((value) => `\`${value}\``), ...(hasStandIn ? [] : others)];
  };
  const words = [...own, standIn].flatMap((value) => [...(vocabularies.get(value)?.terms.keys() ?? [])]);
  return { names: new Set(words), lackingOf };
}
