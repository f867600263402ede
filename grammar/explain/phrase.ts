// A phrase of the table around the place where the parser stopped.

import type { IToken } from "chevrotain";
import type { PhraseCode } from "../diagnostics/habits.ts";
import type { Fix } from "../diagnostics/entry.ts";
import { diagnose } from "../diagnostics/table.ts";
import { fill, type Match, matchAt, readingsOf, standIns, textOf, tokensOf } from "../habits/pattern.ts";
import { phrases } from "../habits/phrases.ts";
import type { Phrase } from "../habits/rows.ts";
import { stand } from "../slips.ts";
import type { Case, Verdict } from "./place.ts";

/** Made on first use: most files have no mistake. */
let readings: readonly { readonly phrase: Phrase; readonly reading: ReturnType<typeof readingsOf>[number] }[] | null =
  null;
function allReadings(): NonNullable<typeof readings> {
  readings ??= phrases.flatMap((phrase) => readingsOf(phrase.written).map((reading) => ({ phrase, reading })));
  return readings;
}

/** What people say, in the words of the language. */
export function habitual(place: Case): Verdict | null {
  for (const { phrase, reading } of allReadings()) {
    const length = reading.filter((test) => test !== null).length;
    // The parser stops inside the phrase, or right behind it where its words could be read as names.
    for (let start = Math.max(0, place.index - length); start <= place.index; start++) {
      const match = matchAt(reading, place.stop.tokens, start);
      const verdict = match && meaning(place, start, match, phrase);
      if (verdict) return verdict;
    }
  }
  return null;
}

function meaning(place: Case, start: number, match: Match, { code, meant, isSure }: Phrase): Verdict | null {
  const texts = meant.flatMap((template) => fill(template, match) ?? []);
  const readable = texts.flatMap((text) => {
    const mended = mend(place, start, match, text);
    return mended === null || (needsWhole.has(code) && !place.isWhole(mended)) ? [] : [{ text, mended }];
  });
  const whole = readable.length > 1 ? readable.filter(({ mended }) => place.isFaultless(mended)) : [];
  const likely = whole.length > 0 ? whole : furthest(place, readable);
  const [first] = likely;
  if (first === undefined) return null;
  const instead = likely.map(({ text }) => text);
  const kind = isSure && likely.length === 1 ? "safe" : "suggested";
  const { tokens, texts: shorter } = differing(code, tokensOf(match), instead);
  return { diagnostic: rewritten(place, tokens, code, shorter, kind), mended: first.mended };
}

/** Where nothing is without a fault, what can be read on from the furthest. */
function furthest<T extends { readonly mended: readonly IToken[] }>(place: Case, readable: readonly T[]): readonly T[] {
  if (readable.length < 2) return readable;
  const reaches = readable.map(({ mended }) => place.reach(mended));
  return readable.filter((_, index) => reaches[index] === Math.max(...reaches));
}

/** A sign less or parentheses more fit too often to be believed where the rest does not go on from them. */
const needsWhole: ReadonlySet<PhraseCode> = new Set<PhraseCode>(["E128", "E131", "E142"]);
/** One word in the place of another is shown alone; the others are clearer with what stands around them. */
const shownAlone: ReadonlySet<PhraseCode> = new Set<PhraseCode>(["E131", "E133", "E134"]);

function differing(code: PhraseCode, tokens: readonly IToken[], texts: readonly string[]) {
  let [from, to] = [0, tokens.length];
  let shorter = texts;
  if (!shownAlone.has(code)) return { tokens, texts };
  for (let image = tokens[from]?.image; to - from > 1 && shorter.every((text) => text.startsWith(`${image} `)); ) {
    shorter = shorter.map((text) => text.slice((image?.length ?? 0) + 1));
    image = tokens[++from]?.image;
  }
  for (let image = tokens[to - 1]?.image; to - from > 1 && shorter.every((text) => text.endsWith(` ${image}`)); ) {
    shorter = shorter.map((text) => text.slice(0, -(image?.length ?? 0) - 1));
    image = tokens[--to - 1]?.image;
  }
  return { tokens: tokens.slice(from, to), texts: shorter };
}

function mend(place: Case, start: number, match: Match, text: string): readonly IToken[] | null {
  const [first, ...others] = tokensOf(match);
  if (first === undefined) return null;
  const last = others.at(-1) ?? first;
  const whole = { ...first, endOffset: last.endOffset ?? 0 };
  const phrase = standIns(text, match, (type, image) => stand(whole, type, image));
  return place.rewrite(start, others.length + 1, phrase);
}

/** The finding that `tokens` are written otherwise, with a fix for each way. */
export function rewritten(
  place: Case,
  tokens: readonly IToken[],
  code: PhraseCode,
  instead: readonly string[],
  kind: Fix["kind"],
) {
  const [first = null] = tokens;
  const span = { ...place.spanOf(first), end: place.spanOf(tokens.at(-1) ?? first).end };
  const found = textOf(tokens);
  // A sign may stand right behind a word, and a word may not.
  const isGlued = place.stop.tokens.some((token) => token.endOffset === span.start - 1);
  const fixes = instead.map((text): Fix => {
    const words = text === "" ? `remove ${found}` : `write ${text}`;
    return { kind, text: words, edits: [{ span, text: isGlued && /^\w/.test(text) ? ` ${text}` : text }] };
  });
  return diagnose(code, span, { found, instead }, { fixes });
}
