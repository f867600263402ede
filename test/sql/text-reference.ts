// Texts and lists as the language reads them, worked out letter by letter and item by item.

import type { Scalar } from "../../compiler/types.ts";

type Value = string | number | boolean | null;

export const fold = (text: string) => text.replace(/^ +| +$/g, "").toLowerCase();

/** Stands between the items of a list, which is one text in these worlds. */
const between = "\u001f";

export function listOf(items: readonly (string | number)[]): string {
  return items.join(between);
}

/** Instants and numbers as numbers, all else as text; of an unknown list none. */
export function itemsOf(list: Value, scalar: Scalar): readonly (string | number)[] {
  if (list === null || list === "") return [];
  const isNumber = scalar.kind === "number" || scalar.kind === "datetime";
  return String(list)
    .split(between)
    .map((item) => (isNumber ? Number(item) : item));
}

/** Whether the whole text is as the glob says. */
export function isLikeGlob(text: string, glob: string): boolean {
  return letters([...text], [...glob]);
}

function letters(text: readonly string[], glob: readonly string[]): boolean {
  const [wanted, ...rest] = glob;
  if (wanted === undefined) return text.length === 0;
  if (wanted === "*") return letters(text, rest) || (text.length > 0 && letters(text.slice(1), glob));
  const [letter, ...behind] = text;
  return letter !== undefined && (wanted === "?" || wanted === letter) && letters(behind, rest);
}

export const pieces = ["ac", " AC", "gmbh ", "Acme", "R", "%", "_", "me G", "ä"];
export const globs = [
  "ac*",
  "*GMBH",
  "A?me",
  "*c?e*",
  "acme",
  "????",
  " ac* ",
  "100%",
  "100_",
  "*$*",
  "\\*",
  "?rger",
  "*",
  "a*",
  "*E*",
  "?*",
];
/** Read alike by RE2 and by JavaScript. */
export const patterns = [
  "^ac",
  "e$",
  "A.me",
  "m+",
  "(gmbh|ger)",
  "\\D$",
  "^\\S+$",
  "o'n|100%",
  "Ä",
  "^[A-Z ]+$",
  "b\\b",
  "",
];

export function isFound(text: string, pattern: string, by: "text" | "exact"): boolean {
  return by === "text"
    ? new RegExp(pattern, "iu").test(text.replace(/^ +| +$/g, ""))
    : new RegExp(pattern, "u").test(text);
}
