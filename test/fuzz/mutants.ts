// Texts that are nearly Cadenza: declarations of the examples and golden files, cut, doubled, swapped and spliced.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lex } from "../../grammar/lex.ts";
import { parse } from "../../grammar/parse.ts";
import { randomFrom } from "../grammar/sentences.ts";

/** Every declaration of every .cdz file below the folders. */
export function readCorpus(folders: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".cdz")) continue;
      const text = readFileSync(join(folder, name), "utf8");
      for (const { span } of parse({ path: name, text }).file.declarations) found.add(text.slice(span.start, span.end));
    }
  }
  return [...found].sort();
}

/** What breaks readers of text: odd characters, brackets, quotes, marks of templates and comments, numbers at their limits. */
const nasty: readonly string[] = [
  ...'\u0000|\u200b|\u202e|\ufeff|\ud800|\u{1f600}|\u00f6|\t|\r|\r\n|\n\n|#|##|# allow W401 because x\n|"|"\n|\'|\u201c|\\|{{|}}|{% if %}|{{ x | y: }}'.split(
    "|",
  ),
  ..."<|>|(|)|,|;|.|?|=|!=|==|<>|>>|&&|@|3m|-|1e9|99999999999999999999|0.0000000000000001|9999999999y|00:00|2026-02-30|100.1%|constructor|__proto__|toString".split(
    "|",
  ),
];

interface Piece {
  readonly start: number;
  readonly end: number;
}

/** One change of a text, by dice. */
function changed(text: string, corpus: readonly string[], random: () => number): string {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const tokens: readonly Piece[] = lex({ path: "a.cdz", text }).tokens.map(({ startOffset, image }) => ({
    start: startOffset,
    end: startOffset + image.length,
  }));
  const one = pick(tokens) ?? { start: 0, end: text.length };
  const other = pick(tokens) ?? one;
  const [first, last] = one.start <= other.start ? [one, other] : [other, one];
  const word = text.slice(one.start, one.end);
  switch (Math.floor(random() * 9)) {
    case 0:
      return `${text.slice(0, one.start)}${text.slice(one.end)}`;
    case 1:
      return `${text.slice(0, one.end)} ${word}${text.slice(one.end)}`;
    case 2:
      return text.slice(0, first.start) + text.slice(last.start, last.end) + text.slice(first.end);
    case 3:
      return text.slice(0, one.start) + (pick(nasty) ?? "") + text.slice(one.end);
    case 4:
      return text.slice(0, one.start) + (pick(nasty) ?? "") + text.slice(one.start);
    case 5:
      return text.slice(0, one.end);
    case 6:
      return text.slice(0, first.start) + text.slice(last.end);
    case 7: {
      const guest = pick(corpus) ?? "";
      return text.slice(0, one.start) + guest.slice(0, Math.floor(random() * guest.length)) + text.slice(one.end);
    }
    default:
      return (
        text.slice(0, last.end) +
        ` ${text.slice(first.start, last.end)}`.repeat(Math.floor(random() * 4)) +
        text.slice(last.end)
      );
  }
}

/** The text of a seed: some declarations with some changes. */
export function mutant(seed: number, corpus: readonly string[]): string {
  const random = randomFrom(seed);
  const count = 1 + Math.floor(random() * 2);
  const parts = Array.from({ length: count }, () => corpus[Math.floor(random() * corpus.length)] ?? "");
  let text = parts.join(random() < 0.8 ? "\n" : " ");
  for (let left = 1 + Math.floor(random() * 4); left > 0; left--) text = changed(text, corpus, random).slice(0, 2000);
  return text;
}
