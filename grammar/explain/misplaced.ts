// Parts that belong to another kind of declaration, and steps that other products have.

import { diagnose } from "../diagnostics/table.ts";
import { textOf } from "../habits/pattern.ts";
import * as t from "../tokens.ts";
import type { Case, Verdict } from "./place.ts";

/** How the parts of a declaration start that are often sought in another one. */
const homes: readonly (readonly [words: string, home: string])[] = [
  ["quiet hours", "policy"],
  ["at most", "policy"],
  ["never send", "policy"],
  ["no sending", "policy"],
  ["send only", "policy"],
  ["time zone", "project"],
  ["postal address", "project"],
  ["first weekday", "project"],
  ["currency", "project"],
  ["language", "project"],
  ["start when", "program"],
  ["exit when", "program"],
  ["hold out", "program"],
  ["goal", "program"],
  ["subject", "email"],
  ["body", "email"],
  ["preview text", "email"],
  ["stage", "funnel"],
];
/** How far a part that stands in the wrong place can go. */
const longest = 8;

/** `quiet hours 20:00 to 08:00` in a program */
export function misplaced(place: Case): Verdict | null {
  const here = kindOfBlock(place);
  if (here === null || !place.expected.includes(t.Gt)) return null;
  const words = place.stop.tokens.slice(place.index, place.index + 2).map(({ image }) => image);
  const [phrase, home] = homes.find(([start]) => start.split(" ").every((word, index) => word === words[index])) ?? [];
  if (phrase === undefined || home === undefined || home === here) return null;
  const count = phrase.split(" ").length;
  const last = place.stop.tokens[place.index + count - 1] ?? null;
  const span = { ...place.span, end: place.spanOf(last).end };
  return { diagnostic: diagnose("E283", span, { found: phrase, home, here }), mended: leftOut(place, count) };
}

function leftOut(place: Case, least: number) {
  for (let count = least; count <= longest; count++) {
    const mended = place.rewrite(place.index, count, []);
    if (mended !== null && place.isWhole(mended)) return mended;
  }
  return null;
}

const kinds = new Set(["program", "email", "policy", "project", "funnel", "report"]);
/** The word that the outermost open block starts with. */
function kindOfBlock(place: Case): string | null {
  const opener = place.openers[0];
  if (opener === undefined || place.openers.length > 1) return null;
  const at = place.stop.tokens.indexOf(opener);
  const before = place.stop.tokens.slice(Math.max(0, at - 4), at);
  return before.findLast(({ image }) => kinds.has(image))?.image ?? null;
}

/** `cc "boss@shop.example"` */
export function copyOfMail(place: Case): Verdict | null {
  const { found, index } = place;
  const value = place.stop.tokens[index + 1];
  if (!found || !/^(b?cc|to|recipient|recipients)$/i.test(found.image) || kindOfBlock(place) !== "email") return null;
  const isNamed = value !== undefined && (value.tokenType === t.Str || t.canBeName(value));
  const mended = place.rewrite(index, isNamed ? 2 : 1, []);
  if (mended === null) return null;
  const span = isNamed ? { ...place.span, end: place.spanOf(value).end } : place.span;
  const fixes = [{ kind: "suggested", text: `remove ${found.image}`, edits: [{ span, text: "" }] } as const];
  const what = /cc$/i.test(found.image) ? "copy" : "recipient";
  return { diagnostic: diagnose("E289", place.span, { found: found.image, what }, { fixes }), mended };
}

/** `send sms "Hello"`, `webhook "https://crm.example"` */
export function otherChannel(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const at = [place.index, place.index - 1, place.index - 2].find((index) => channelAt(tokens, index));
  if (at === undefined || place.openers.length === 0) return null;
  const isHook = /^(webhook|post)$/i.test(tokens[at]?.image ?? "");
  const end = tokens.slice(at).findIndex(({ tokenType }) => tokenType === t.Str);
  const count = end > 0 && end < 4 ? end + 1 : isHook ? 1 : 2;
  const mended = place.rewrite(at, count, []);
  if (mended === null) return null;
  const words = tokens.slice(at, isHook ? at + 1 : at + 2);
  const span = { ...place.spanOf(words[0] ?? null), end: place.spanOf(words.at(-1) ?? null).end };
  const what = isHook ? "hook" : "channel";
  return { diagnostic: diagnose("E289", span, { found: textOf(words), what }), mended };
}

function channelAt(tokens: Case["stop"]["tokens"], at: number): boolean {
  const [word, next] = [tokens[at]?.image.toLowerCase() ?? "", tokens[at + 1]];
  if (/^(webhook|post)$/.test(word)) return next?.tokenType === t.Str;
  return word === "send" && /^(sms|push|whatsapp|slack|text|notification|letter|postcard)$/i.test(next?.image ?? "");
}

/** `add tag "vip"`, `tag "vip"` */
export function tagStep(place: Case): Verdict | null {
  const { tokens } = place.stop;
  const at = /^tags?$/.test(place.found?.image ?? "") ? place.index : place.index + 1;
  const start = /^(add|remove|apply|assign|give|set)$/.test(tokens[at - 1]?.image ?? "") ? at - 1 : at;
  if (!/^tags?$/.test(tokens[at]?.image ?? "") || start > place.index || place.openers.length === 0) return null;
  const value = tokens[at + 1];
  const end = value !== undefined && (value.tokenType === t.Str || t.canBeName(value)) ? at + 2 : at + 1;
  const mended = place.rewrite(start, end - start, []);
  if (mended === null) return null;
  const words = tokens.slice(start, at + 1);
  const span = { ...place.spanOf(words[0] ?? null), end: place.spanOf(words.at(-1) ?? null).end };
  return { diagnostic: diagnose("E159", span, { found: textOf(words) }), mended };
}
