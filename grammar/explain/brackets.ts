// Brackets of other languages: braces, square brackets, and ours in each other's place.

import type { IToken } from "chevrotain";
import type { Fix } from "../diagnostics/entry.ts";
import { diagnose } from "../diagnostics/table.ts";
import { stand } from "../slips.ts";
import * as t from "../tokens.ts";
import type { Case, Verdict } from "./place.ts";

const closers: Readonly<Record<string, string>> = { "{": "}", "[": "]", "(": ")", "<": ">" };
/** What a bracket may have been meant for: how it opens, and how it closes. */
type Meant = readonly [open: string, close: string];
const block: Meant = ["<", ">"];
const condition: Meant = ["then <", ">"];
const group: Meant = ["(", ")"];
const where: Meant = ["where", ""];
const meanings: ReadonlyMap<string, readonly Meant[]> = new Map(
  Object.entries({
    "{": [block, condition, group, where],
    "[": [group, block],
    "(": [block, condition],
    "<": [where, group],
  }),
);
const foreign = new Set(["{", "["]);

export function otherBrackets(place: Case): Verdict | null {
  const opener = place.found;
  if (opener === null) return null;
  for (const meant of meanings.get(opener.image) ?? []) {
    const verdict = readAs(place, opener, meant);
    if (verdict !== null) return verdict;
  }
  return null;
}

function readAs(place: Case, opener: IToken, meant: Meant): Verdict | null {
  const { tokens } = place.stop;
  // Who writes braces writes them everywhere, and it is one mistake.
  const isForeign = foreign.has(opener.image);
  const first = pairAt(tokens, place.index);
  const pairs = isForeign ? pairsFrom(tokens, place.index) : first === null ? [] : [first];
  const changed = new Map<number, string>(
    pairs.flatMap(([open, close]) => [
      [open, meant[0]],
      [close, meant[1]],
    ]),
  );
  if (changed.size === 0) changed.set(place.index, meant[0]);
  const mended = tokens.flatMap((token, index) => {
    const text = changed.get(index);
    return text === undefined ? [token] : standing(token, text);
  });
  // Brackets of ours stand for what they are, unless all is well with others in their place.
  if (!isForeign && !place.isWhole(mended)) return null;
  if (!place.accepts(mended, place.index + standing(opener, meant[0]).length)) return null;
  const edits = [...changed].map(([index, text]) => ({ span: place.spanOf(tokens[index] ?? null), text }));
  const words = meant[1] === "" ? `write ${meant[0]}` : `write ${meant[0]} and ${meant[1]}`;
  const fixes: readonly Fix[] = first === null ? [] : [{ kind: "safe", text: words, edits }];
  const closed = first === null ? null : (tokens[first[1]] ?? null);
  const related = closed === null ? [] : [{ span: place.spanOf(closed), text: "and here" }];
  const params = { found: opener.image, instead: [meant[0]] };
  return { diagnostic: diagnose("E128", place.spanOf(opener), params, { fixes, related }), mended };
}

const typeOf: ReadonlyMap<string, typeof t.Lt> = new Map(
  Object.entries({ "<": t.Lt, ">": t.Gt, "(": t.Open, ")": t.Close }),
);
const standing = (near: IToken, text: string): readonly IToken[] =>
  text.split(" ").flatMap((image) => (image === "" ? [] : stand(near, typeOf.get(image) ?? t.wordType(image), image)));

type Pair = readonly [open: number, close: number];

/** A bracket and the one that closes it, with those between them in pairs; null where it is never closed. */
function pairAt(tokens: readonly IToken[], start: number): Pair | null {
  const open = tokens[start]?.image ?? "";
  const close = closers[open];
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    const image = tokens[index]?.image;
    if (image === open) depth++;
    else if (image === close) depth--;
    if (depth === 0) return [start, index];
  }
  return null;
}

function pairsFrom(tokens: readonly IToken[], start: number): readonly Pair[] {
  const open = tokens[start]?.image;
  return tokens.flatMap((token, index) => {
    const pair = index >= start && token.image === open ? pairAt(tokens, index) : null;
    return pair === null ? [] : [pair];
  });
}
