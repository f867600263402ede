// The pages that explain codes: how they are found, and the families they belong to.

import { distance } from "../../grammar/near.ts";
import { failure } from "../failures/failures.ts";
import type { Result } from "../ports.ts";

export interface CodePage {
  readonly code: string;
  readonly severity: "error" | "warning" | "hint" | "failure";
  /** The sentence that stands beside the code, as it is said of the example. */
  readonly text: string;
  /** Why it matters, and what to do. */
  readonly why: string;
  /** Source that gives this code and no other; null where none can be shown. */
  readonly avoid: string | null;
  /** The part of it that the finding points at, on one line; both count from 0. Null where it points at the whole. */
  readonly at: { readonly line: number; readonly start: number; readonly end: number } | null;
  /** The same without it. */
  readonly prefer: string | null;
}

export interface CodeFamily {
  readonly title: string;
  readonly pages: readonly CodePage[];
}

/** By the first digit of a code; failures have families of their own. */
const families: readonly (readonly [starts: RegExp, title: string])[] = [
  [/^[EWH]1/, "Words and punctuation"],
  [/^[EWH]2/, "Structure and names"],
  [/^[EWH]3/, "Types, unknowns and units"],
  [/^[EWH]4/, "Meaning"],
  [/^[EWH]5/, "Programs"],
  [/^[EWH]6/, "Emails"],
  [/^[EWH]7/, "Delivery and consent"],
  [/^[EWH]8/, "The project and its loads"],
  [/^F/, "What stops a command"],
];

/** All pages by family, each family by code; one that no family takes comes last. */
export function codeFamilies(pages: readonly CodePage[]): readonly CodeFamily[] {
  const sorted = pages.toSorted((left, right) => (numberOf(left.code) < numberOf(right.code) ? -1 : 1));
  const named = families.map(([starts, title]) => ({ title, pages: sorted.filter(({ code }) => starts.test(code)) }));
  const others = sorted.filter(({ code }) => !families.some(([starts]) => starts.test(code)));
  return [...named, { title: "Others", pages: others }].filter((family) => family.pages.length > 0);
}

/** `E301` and `W320` stand in the order of their numbers. */
const numberOf = (code: string): string => `${code.slice(1)}${code.slice(0, 1)}`;

/** The page of a code, in any letter case; F180 with the nearest code where there is none. */
export function codePageOf(pages: readonly CodePage[], asked: string): Result<CodePage> {
  const code = asked.trim().toUpperCase();
  const found = pages.find((page) => page.code === code);
  if (found) return { ok: true, value: found };
  return { ok: false, failure: failure("F180", { code: asked, near: nearestCode(code, pages) }) };
}

/** The fewest letters away, and of these the nearest number. */
function nearestCode(code: string, pages: readonly CodePage[]): string | null {
  const number = Number(/\d+/.exec(code)?.[0] ?? Number.NaN);
  const away = (page: CodePage) => [distance(code, page.code), Math.abs(Number(page.code.slice(1)) - number)] as const;
  const ranked = pages.map((page) => ({ code: page.code, away: away(page) }));
  const near = ranked.filter((candidate) => candidate.away[0] <= 2 && !Number.isNaN(candidate.away[1]));
  const [best] = near.toSorted((one, other) => one.away[0] - other.away[0] || one.away[1] - other.away[1]);
  return best?.code ?? null;
}
